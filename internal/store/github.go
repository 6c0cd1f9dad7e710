package store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"wtm/internal/secret"
	"wtm/internal/wait"
)

// githubTimeout bounds one request to GitHub.
const githubTimeout = 15 * time.Second

// NewGitHub returns a client of GitHub's API. An empty base is the real API; Actions sets GITHUB_API_URL.
func NewGitHub(base string, token secret.Value) (*github.Client, error) {
	c := github.NewClient(&http.Client{Timeout: githubTimeout, CheckRedirect: sameHost})
	if token != "" {
		c = c.WithAuthToken(token.Reveal())
	}
	if base == "" {
		return c, nil
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + "/")
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, &GitHubError{Op: "reading GITHUB_API_URL", Reason: "it is not an absolute address", hint: "unset GITHUB_API_URL"}
	}
	c.BaseURL = u
	return c, nil
}

// sameHost refuses redirects to another host, which would get the token. GitHub redirects to itself, after a rename.
func sameHost(r *http.Request, via []*http.Request) error {
	if r.URL.Host != via[0].URL.Host || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}

// GitHubError is what GitHub did not do. Its text is ours, but for GitHub's status.
type GitHubError struct {
	Op     string // gerund and object, such as "saving state/tokens.age on branch main"
	Status int    // HTTP status, 0 without an answer
	Reason string

	hint      string
	temporary bool
	err       error
}

func (e *GitHubError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("%s: %s", e.Op, e.Reason)
	}
	return fmt.Sprintf("%s: %s (HTTP %d)", e.Op, e.Reason, e.Status)
}

// Unwrap returns the client's own error.
func (e *GitHubError) Unwrap() error { return e.err }

// Hint names the setting to change.
func (e *GitHubError) Hint() string { return e.hint }

// ExitCode asks for a person unless the fault passes by itself.
func (e *GitHubError) ExitCode() int {
	if e.temporary {
		return 1
	}
	return 3
}

// Temporary reports whether the same call may work a moment later.
func (e *GitHubError) Temporary() bool { return e.temporary }

const permissionHint = "give the job `permissions: contents: write`, and see Settings > Actions > General of the repository"

// explain turns an error of go-github into one of this package. Its own text may quote the whole request.
func explain(op string, err error) error {
	if err == nil {
		return nil
	}
	if abuse, ok := errors.AsType[*github.AbuseRateLimitError](err); ok {
		return &GitHubError{Op: op, Status: abuse.Response.StatusCode, Reason: "GitHub asks for fewer requests", hint: "later: wtm run", temporary: true, err: err}
	}
	if limit, ok := errors.AsType[*github.RateLimitError](err); ok {
		return &GitHubError{Op: op, Status: limit.Response.StatusCode, Reason: "the token's hourly requests are used up", hint: "in an hour: wtm run", temporary: true, err: err}
	}
	answer, ok := errors.AsType[*github.ErrorResponse](err)
	if !ok || answer.Response == nil {
		return &GitHubError{Op: op, Reason: "no answer from GitHub", hint: "https://www.githubstatus.com", temporary: true, err: err}
	}
	e := &GitHubError{Op: op, Status: answer.Response.StatusCode, err: err}
	switch {
	case refusedByRule(answer):
		e.Reason, e.hint = "a rule of the branch refuses direct commits", "set WTM_STATE_BRANCH to a branch without rules, such as state; it is made when it is not there"
	case e.Status == http.StatusUnauthorized:
		e.Reason, e.hint = "GitHub does not accept the token", "set GITHUB_TOKEN, in a workflow to ${{ github.token }}"
	case e.Status == http.StatusForbidden:
		e.Reason, e.hint = "the token may not do this", permissionHint
	case e.Status == http.StatusNotFound:
		e.Reason, e.hint = "there is no such repository, branch or file, or the token may not see it", permissionHint
	case e.Status >= 500:
		e.Reason, e.hint, e.temporary = "GitHub is in trouble", "https://www.githubstatus.com", true
	default:
		e.Reason, e.hint = "GitHub refuses it", "https://docs.github.com/rest"
	}
	return e
}

// refusedByRule recognizes branch protection and rulesets, which answer with 409, 403 or 422 and tell themselves apart by
// text only (https://github.com/orgs/community/discussions/13836).
func refusedByRule(answer *github.ErrorResponse) bool {
	text := strings.ToLower(answer.Message + " " + answer.DocumentationURL)
	for _, sign := range []string{"rule violation", "protected branch", "protected-branches", "pull request", "status check", "approving review", "creations being restricted", "/rules"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// isConflict recognizes the answers that say that somebody else was faster: the file's SHA is another one, or the branch
// has moved or was made meanwhile (measured: https://github.com/pome-sh/digital-twins/pull/400,
// https://github.com/PyGithub/PyGithub/issues/1787).
func isConflict(err error) bool {
	answer, ok := errors.AsType[*github.ErrorResponse](err)
	if !ok || refusedByRule(answer) {
		return false
	}
	if answer.Response != nil && answer.Response.StatusCode == http.StatusConflict {
		return true
	}
	for _, sign := range []string{"but expected", "wasn't supplied", "already exists"} {
		if strings.Contains(answer.Message, sign) {
			return true
		}
	}
	return false
}

// tries is how often a call to GitHub is made in all when the fault may pass.
const tries = 3

// retry makes a call again while its fault may pass, after the pause that GitHub asks for, up to a minute.
func retry(ctx context.Context, sleep func(context.Context, time.Duration) error, op string, call func() error) error {
	pause := time.Second
	for try := 1; ; try++ {
		err := call()
		if err == nil || isConflict(err) {
			return err
		}
		explained := explain(op, err)
		if e, ok := errors.AsType[*GitHubError](explained); !ok || !e.temporary || try == tries {
			return explained
		}
		if abuse, ok := errors.AsType[*github.AbuseRateLimitError](err); ok && abuse.RetryAfter != nil {
			pause = max(pause, min(*abuse.RetryAfter, time.Minute))
		}
		if stopped := sleepFor(ctx, sleep, pause); stopped != nil {
			return explained
		}
		pause *= 2
	}
}

func sleepFor(ctx context.Context, sleep func(context.Context, time.Duration) error, d time.Duration) error {
	if sleep != nil {
		return sleep(ctx, d)
	}
	return wait.For(ctx, d)
}
