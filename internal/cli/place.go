package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wtm/internal/config"
	"wtm/internal/run"
	"wtm/internal/secret"
	"wtm/internal/state"
	"wtm/internal/store"
)

// place is where the sealed state lives.
type place interface {
	run.Store
	// String names it for people.
	String() string
}

// openPlace returns the place that env names: a file, or inside GitHub Actions the repository.
func openPlace(env config.Env) (place, error) {
	standard := "file"
	if env.Actions() {
		standard = "repo"
	}
	switch kind := cmp.Or(env.StateStore, standard); kind {
	case "file":
		return store.File{Path: followed(env.StatePath)}, nil
	case "repo":
		return openRepo(env)
	case "secret":
		return openSecret(env)
	default:
		return nil, &usageError{
			text: fmt.Sprintf("WTM_STATE_STORE is %q, and the stores are file, repo and secret", kind),
			hint: "export WTM_STATE_STORE=file",
		}
	}
}

// followed is the file behind a path: replaced, a link would leave the file that it led to with an old state, and two paths
// to one file would be locked apart.
func followed(path string) string {
	const most = 40 // links in a row, as many as Linux follows
	for range most {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&os.ModeSymlink == 0 {
			break
		}
		target, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			folder, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				break
			}
			target = filepath.Join(folder, target)
		}
		path = target
	}
	return path
}

func openRepo(env config.Env) (place, error) {
	needed := []string{"GITHUB_TOKEN", "GITHUB_REPOSITORY"}
	if env.StateBranch == "" {
		needed = append(needed, "GITHUB_REF_NAME")
	}
	if err := env.Require(needed...); err != nil {
		return nil, err
	}
	owner, name, err := repository(env)
	if err != nil {
		return nil, err
	}
	client, err := store.NewGitHub(env.GitHubAPI, env.GitHubToken)
	if err != nil {
		return nil, err
	}
	return store.Repo{Client: client, Owner: owner, Name: name, Branch: cmp.Or(env.StateBranch, env.RefName), Path: env.StatePath}, nil
}

func openSecret(env config.Env) (place, error) {
	if err := env.Require("WTM_GITHUB_TOKEN", "GITHUB_REPOSITORY"); err != nil {
		return nil, err
	}
	owner, name, err := repository(env)
	if err != nil {
		return nil, err
	}
	client, err := store.NewGitHub(env.GitHubAPI, env.SecretsToken)
	if err != nil {
		return nil, err
	}
	return store.Secret{Client: client, Owner: owner, Name: name, Value: env.StateText}, nil
}

// repository takes GITHUB_REPOSITORY apart.
func repository(env config.Env) (owner, name string, err error) {
	owner, name, ok := strings.Cut(env.Repository, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		return "", "", &usageError{text: fmt.Sprintf("GITHUB_REPOSITORY is %q, and not OWNER/NAME", env.Repository), hint: "https://docs.github.com/en/actions/reference/workflows-and-actions/variables"}
	}
	return owner, name, nil
}

// lock keeps other runs off a place that can be locked. The others find conflicts when they save.
func lock(ctx context.Context, p place) (release func(), err error) {
	if l, ok := p.(interface {
		Lock(context.Context) (func(), error)
	}); ok {
		return l.Lock(ctx)
	}
	return func() {}, nil
}

// stateKey reads WTM_STATE_KEY.
func stateKey(text secret.Value) (state.Key, error) {
	key, err := state.ParseKey(text)
	if err != nil {
		return key, fmt.Errorf("reading WTM_STATE_KEY: %w", err)
	}
	return key, nil
}

// stored is a state as it was loaded.
type stored struct {
	state.State
	// revision is empty when there was none.
	revision store.Revision
}

func load(ctx context.Context, p place, key state.Key) (stored, error) {
	data, revision, err := p.Load(ctx)
	if errors.Is(err, store.ErrNotExist) {
		return stored{State: state.New(time.Now())}, nil
	}
	if err != nil {
		return stored{}, err
	}
	s, err := key.Open(data)
	if err != nil {
		return stored{}, fmt.Errorf("opening the state in %s: %w", p, err)
	}
	return stored{s, revision}, nil
}

// updateTries is how often a change is made again on what somebody else saved meanwhile.
const updateTries = 3

// update loads the state, changes it and saves it, sealed with another key if one is given.
func update(ctx context.Context, p place, key, sealWith state.Key, why string, edit func(stored) state.State) error {
	for try := 1; ; try++ {
		old, err := load(ctx, p, key)
		if err != nil {
			return err
		}
		sealed, err := sealWith.Seal(edit(old))
		if err != nil {
			return fmt.Errorf("sealing the state: %w", err)
		}
		_, err = p.Save(ctx, sealed, old.revision, why)
		if errors.Is(err, store.ErrConflict) && try < updateTries {
			continue
		}
		if err != nil {
			return err
		}
		return nil
	}
}
