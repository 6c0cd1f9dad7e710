package store

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// Repo is a state in a file of a GitHub repository, read and written by the Contents API
// (https://docs.github.com/en/rest/repos/contents). The revision is the file's blob SHA, which makes a save a
// compare-and-swap. It is read from the API and not from a checkout, which may be old.
type Repo struct {
	Client      *github.Client
	Owner, Name string
	// Branch is made, without a parent, when it is not there.
	Branch string
	Path   string
	// Sleep waits between tries; nil waits for real.
	Sleep func(ctx context.Context, d time.Duration) error
}

// String says where the state is, for people.
func (r Repo) String() string {
	return fmt.Sprintf("%s on branch %s of %s/%s", r.Path, r.Branch, r.Owner, r.Name)
}

// Load returns the newest bytes; [ErrNotExist] when there is no such file or branch.
func (r Repo) Load(ctx context.Context) ([]byte, Revision, error) {
	op := "reading " + r.String()
	if strings.ContainsAny(r.Path, "#?%\\") || strings.HasPrefix(r.Path, "/") || slices.Contains(strings.Split(r.Path, "/"), "..") {
		return nil, "", &GitHubError{Op: op, Reason: "it is no path within a repository", hint: "set WTM_STATE_PATH to one such as state/tokens.age"}
	}
	var file *github.RepositoryContent
	err := retry(ctx, r.Sleep, op, func() (err error) {
		file, _, _, err = r.Client.Repositories.GetContents(ctx, r.Owner, r.Name, r.Path, &github.RepositoryContentGetOptions{Ref: r.Branch})
		return err
	})
	if e, ok := errors.AsType[*GitHubError](err); ok && e.Status == http.StatusNotFound {
		if seen := r.visible(ctx); seen != nil {
			return nil, "", seen
		}
		return nil, "", fmt.Errorf("%s: %w", r, ErrNotExist)
	}
	if err != nil {
		return nil, "", explain(op, err)
	}
	if file == nil || file.GetSHA() == "" {
		return nil, "", &GitHubError{Op: op, Reason: "it is a folder and not a file", hint: "set WTM_STATE_PATH to a file such as state/tokens.age"}
	}
	data, err := r.content(ctx, op, file)
	return data, Revision(file.GetSHA()), err
}

// visible tells a missing file from a repository that the token may not see: GitHub answers both with 404.
func (r Repo) visible(ctx context.Context) error {
	op := fmt.Sprintf("looking for repository %s/%s", r.Owner, r.Name)
	return retry(ctx, r.Sleep, op, func() error {
		_, _, err := r.Client.Repositories.Get(ctx, r.Owner, r.Name)
		return err
	})
}

// content returns the file's bytes. Above 1 MB the Contents API leaves them out, and they come as a blob.
func (r Repo) content(ctx context.Context, op string, file *github.RepositoryContent) ([]byte, error) {
	if file.GetEncoding() != "none" {
		text, err := file.GetContent()
		if err != nil {
			return nil, &GitHubError{Op: op, Reason: "the answer is not base64", hint: "https://www.githubstatus.com", temporary: true, err: err}
		}
		return []byte(text), nil
	}
	var data []byte
	err := retry(ctx, r.Sleep, op, func() (err error) {
		data, _, err = r.Client.Git.GetBlobRaw(ctx, r.Owner, r.Name, file.GetSHA())
		return err
	})
	return data, explain(op, err)
}

// Save commits data in place of old, with why as the message. It returns [ErrConflict] when somebody else committed
// meanwhile.
func (r Repo) Save(ctx context.Context, data []byte, old Revision, why string) (Revision, error) {
	op := "saving " + r.String()
	options := &github.RepositoryContentFileOptions{Message: &why, Content: data, Branch: &r.Branch}
	if old != "" {
		options.SHA = new(string(old))
	}
	var made *github.RepositoryContentResponse
	again := false
	err := retry(ctx, r.Sleep, op, func() (err error) {
		made, _, err = r.Client.Repositories.UpdateFile(ctx, r.Owner, r.Name, r.Path, options)
		again = again || err != nil && !isConflict(err)
		return err
	})
	switch {
	case err == nil:
		return Revision(made.GetContent().GetSHA()), nil
	case isStatus(err, http.StatusNotFound): // the branch is not there, or no longer
		return r.create(ctx, op, data, why)
	case !isConflict(err):
		return "", err
	}
	if again { // the answer to an earlier try may have been lost, and not the commit
		if stored, revision, err := r.Load(ctx); err == nil && bytes.Equal(stored, data) {
			return revision, nil
		}
	}
	return "", ErrConflict
}

func isStatus(err error, code int) bool {
	e, ok := errors.AsType[*GitHubError](err)
	return ok && e.Status == code
}

// create makes the branch with the file as its only one, as an orphan: the user's own history stays as it is.
func (r Repo) create(ctx context.Context, op string, data []byte, why string) (Revision, error) {
	if err := r.visible(ctx); err != nil {
		return "", err
	}
	var blob *github.Blob
	var tree *github.Tree
	var commit *github.Commit
	for _, step := range []func() error{
		func() (err error) {
			text := base64.StdEncoding.EncodeToString(data)
			blob, _, err = r.Client.Git.CreateBlob(ctx, r.Owner, r.Name, &github.Blob{Content: &text, Encoding: new("base64")})
			return err
		},
		func() (err error) {
			entry := &github.TreeEntry{Path: &r.Path, Mode: new("100644"), Type: new("blob"), SHA: blob.SHA}
			tree, _, err = r.Client.Git.CreateTree(ctx, r.Owner, r.Name, "", []*github.TreeEntry{entry})
			return err
		},
		func() (err error) {
			commit, _, err = r.Client.Git.CreateCommit(ctx, r.Owner, r.Name, &github.Commit{Message: &why, Tree: tree}, nil)
			return err
		},
		func() error {
			_, _, err := r.Client.Git.CreateRef(ctx, r.Owner, r.Name, &github.Reference{
				Ref: new("refs/heads/" + r.Branch), Object: &github.GitObject{SHA: commit.SHA}})
			return err
		},
	} {
		if err := retry(ctx, r.Sleep, op, step); err != nil {
			if isConflict(err) {
				return "", ErrConflict // somebody else made the branch
			}
			return "", explain(op, err)
		}
	}
	return Revision(blob.GetSHA()), nil
}
