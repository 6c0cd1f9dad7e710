package store_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/githubtest"
	"wtm/internal/githubtest/contract"
	"wtm/internal/secret"
	"wtm/internal/store"
)

const statePath = "state/tokens.age"

// newGitHub returns a fake whose every request is held against GitHub's own description.
func newGitHub(t *testing.T) *githubtest.Server {
	t.Helper()
	g := githubtest.New()
	check, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	g.Check = check
	t.Cleanup(func() {
		g.Close()
		for _, p := range g.Problems() {
			t.Errorf("GitHub was asked wrongly: %s", p)
		}
	})
	return g
}

func newRepo(t *testing.T, g *githubtest.Server, branch string) store.Repo {
	t.Helper()
	client, err := store.NewGitHub(g.URL, secret.Value(g.Token))
	if err != nil {
		t.Fatal(err)
	}
	return store.Repo{Client: client, Owner: g.Owner, Name: g.Repo, Branch: branch, Path: statePath,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func commit(t *testing.T, r store.Repo, data string, old store.Revision) store.Revision {
	t.Helper()
	revision, err := r.Save(t.Context(), []byte(data), old, "test: "+data)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func TestRepoSavesAndLoads(t *testing.T) {
	g := newGitHub(t)
	r := newRepo(t, g, "main")
	if _, _, err := r.Load(t.Context()); !errors.Is(err, store.ErrNotExist) || !strings.Contains(err.Error(), "state/tokens.age on branch main of me/wtm") {
		t.Errorf("Load of nothing: %v", err)
	}
	first := commit(t, r, "one", "")
	second := commit(t, r, "two", first)
	data, revision, err := r.Load(t.Context())
	if err != nil || string(data) != "two" || revision != second {
		t.Errorf("Load = %q, %s, %v; want two, %s", data, revision, err, second)
	}
	if _, err := r.Save(t.Context(), []byte("three"), first, "late"); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a save over a stale revision: %v", err)
	}
	if _, err := r.Save(t.Context(), []byte("three"), "", "blind"); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a save that thinks it is the first: %v", err)
	}
	if diff := cmp.Diff([]string{"test: two", "test: one", "first"}, g.Messages("main")); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
}

func TestRepoMakesItsBranchAsAnOrphan(t *testing.T) {
	g := newGitHub(t)
	r := newRepo(t, g, "state")
	revision := commit(t, r, "one", "")
	commit(t, r, "two", revision)
	if diff := cmp.Diff([]string{"test: two", "test: one"}, g.Messages("state")); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
	if g.File("state", "README.md") != nil || g.File("main", statePath) != nil {
		t.Error("the branches share files")
	}
	g.DeleteBranch("state")
	commit(t, r, "three", revision) // the branch was deleted meanwhile: it is made again
	if diff := cmp.Diff([]string{"test: three"}, g.Messages("state")); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
}

func TestRepoReadsAStateAboveOneMegabyte(t *testing.T) {
	g := newGitHub(t)
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	g.Put("main", statePath, big, "big")
	data, revision, err := newRepo(t, g, "main").Load(t.Context())
	if err != nil || !bytes.Equal(data, big) {
		t.Fatalf("Load = %d bytes, %v", len(data), err)
	}
	commit(t, newRepo(t, g, "main"), "small again", revision)
}

func TestRepoOutlivesPassingFaults(t *testing.T) {
	for name, c := range map[string]struct {
		call  string
		fault githubtest.Fault
	}{
		"502 on reading":    {"GET contents", githubtest.Fault{Times: 2, Status: 502, Body: "<html>"}},
		"502 on saving":     {"PUT contents", githubtest.Fault{Times: 2, Status: 502, Body: "<html>"}},
		"secondary limit":   {"PUT contents", githubtest.Fault{Status: 403, Body: `{"message":"You have exceeded a secondary rate limit. Please wait.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`, Header: map[string]string{"Retry-After": "1"}}},
		"cut before saving": {"PUT contents", githubtest.Fault{DropBefore: true}},
		"cut after saving":  {"PUT contents", githubtest.Fault{DropAfter: true}},
		"cut while reading": {"GET contents", githubtest.Fault{DropBefore: true}},
	} {
		g := newGitHub(t)
		r := newRepo(t, g, "main")
		old := commit(t, r, "one", "")
		if c.fault.Header != nil {
			r.Sleep = nil // go-github itself refuses to ask again before that second is over
		}
		g.Fail(c.call, c.fault)
		revision := commit(t, r, "two", old)
		data, loaded, err := r.Load(t.Context())
		if err != nil || string(data) != "two" || loaded != revision {
			t.Errorf("%s: Load = %q, %v, %v", name, data, loaded == revision, err)
		}
		if got := len(g.Messages("main")); got != 3 {
			t.Errorf("%s: %d commits", name, got)
		}
	}
}

// TestRepoRefusals asks for one sentence, the right hint and that nothing was written.
func TestRepoRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		arrange   func(*githubtest.Server, *store.Repo)
		text      string
		hint      string
		temporary bool
	}{
		"no write access": {func(g *githubtest.Server, _ *store.Repo) { g.ReadOnly = true }, "the token may not do this (HTTP 403)", "contents: write", false},
		"a branch rule":   {func(g *githubtest.Server, _ *store.Repo) { g.Protected = []string{"main"} }, "a rule of the branch refuses direct commits (HTTP 409)", "WTM_STATE_BRANCH", false},
		"a status check": {func(g *githubtest.Server, _ *store.Repo) {
			g.Fail("PUT contents", githubtest.Fault{Status: 409, Body: `{"message":"Could not update file: 4 of 4 required status checks are expected."}`})
		}, "a rule of the branch", "WTM_STATE_BRANCH", false},
		"a protected branch": {func(g *githubtest.Server, _ *store.Repo) {
			g.Fail("PUT contents", githubtest.Fault{Status: 403, Body: `{"message":"You're not authorized to push to this branch.","documentation_url":"https://docs.github.com/articles/about-protected-branches/"}`})
		}, "a rule of the branch", "WTM_STATE_BRANCH", false},
		"something else": {func(g *githubtest.Server, _ *store.Repo) {
			g.Fail("PUT contents", githubtest.Fault{Status: 422, Body: `{"message":"path contains a malformed path component"}`})
		}, "GitHub refuses it (HTTP 422)", "docs.github.com", false},
		"a wrong token":      {func(g *githubtest.Server, _ *store.Repo) { g.Token = "another" }, "GitHub does not accept the token (HTTP 401)", "GITHUB_TOKEN", false},
		"another repository": {func(_ *githubtest.Server, r *store.Repo) { r.Name = "gone" }, "no such repository", "contents: write", false},
		"trouble for too long": {func(g *githubtest.Server, _ *store.Repo) {
			g.Fail("PUT contents", githubtest.Fault{Times: -1, Status: 503})
		}, "GitHub is in trouble (HTTP 503)", "githubstatus", true},
		"no GitHub at all": {func(g *githubtest.Server, _ *store.Repo) { g.Close() }, "no answer from GitHub", "githubstatus", true},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGitHub(t)
			r := newRepo(t, g, "main")
			old := commit(t, r, "one", "")
			c.arrange(g, &r)
			_, err := r.Save(t.Context(), []byte("two"), old, "refused")
			e, ok := errors.AsType[*store.GitHubError](err)
			if !ok {
				t.Fatalf("got %T %v", err, err)
			}
			if !strings.Contains(err.Error(), c.text) || !strings.Contains(e.Hint(), c.hint) || e.Temporary() != c.temporary || strings.Contains(err.Error(), g.Token) {
				t.Errorf("%v\nhint: %s", err, e.Hint())
			}
			if exit := e.ExitCode(); (exit == 1) != c.temporary {
				t.Errorf("exit code %d", exit)
			}
			if string(g.File("main", statePath)) != "one" {
				t.Error("the state was changed")
			}
		})
	}
}

func TestNewGitHubRefusesABadBase(t *testing.T) {
	if _, err := store.NewGitHub("api.github.com", ""); err == nil {
		t.Error("an address without a scheme is accepted")
	}
}

func TestSecretSavesSealed(t *testing.T) {
	g := newGitHub(t)
	client, err := store.NewGitHub(g.URL, secret.Value(g.SecretsToken))
	if err != nil {
		t.Fatal(err)
	}
	s := store.Secret{Client: client, Owner: g.Owner, Name: g.Repo, Value: ""}
	if _, _, err := s.Load(t.Context()); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Load of nothing: %v", err)
	}
	if _, err := s.Save(t.Context(), []byte("sealed state"), "", "x"); err != nil {
		t.Fatal(err)
	}
	s.Value = secret.Value(g.Secret("WTM_STATE"))
	data, _, err := s.Load(t.Context())
	if err != nil || string(data) != "sealed state" {
		t.Errorf("Load = %q, %v", data, err)
	}
	if slices.Contains(g.Calls(), "PUT contents") {
		t.Error("the state went into the repository")
	}
}

func TestSecretRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		arrange func(*githubtest.Server, *store.Secret)
		data    []byte
		text    string
	}{
		"a token that may not": {func(g *githubtest.Server, s *store.Secret) {
			s.Client, _ = store.NewGitHub(g.URL, secret.Value(g.Token))
		}, []byte("x"), "may not"},
		"a key of 31 bytes": {func(g *githubtest.Server, _ *store.Secret) {
			g.Fail("GET secrets", githubtest.Fault{Status: 200, Body: `{"key_id":"1","key":"YWJj"}`})
		}, []byte("x"), "32 bytes"},
		"a state above 48 KB": {func(*githubtest.Server, *store.Secret) {}, bytes.Repeat([]byte("x"), 40<<10), "48 KB"},
		"trouble for three days": {func(g *githubtest.Server, _ *store.Secret) {
			g.Fail("PUT secrets", githubtest.Fault{Times: -1, Status: 500})
		}, []byte("x"), "in trouble"},
	} {
		g := newGitHub(t)
		client, err := store.NewGitHub(g.URL, secret.Value(g.SecretsToken))
		if err != nil {
			t.Fatal(err)
		}
		s := store.Secret{Client: client, Owner: g.Owner, Name: g.Repo, Sleep: func(context.Context, time.Duration) error { return nil }}
		c.arrange(g, &s)
		_, err = s.Save(t.Context(), c.data, "", "x")
		if e, ok := errors.AsType[*store.GitHubError](err); !ok || !strings.Contains(err.Error(), c.text) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
		if g.Secret("WTM_STATE") != "" {
			t.Errorf("%s: something was written", name)
		}
	}
	broken := store.Secret{Value: "%%%"}
	if _, _, err := broken.Load(t.Context()); err == nil || errors.Is(err, store.ErrNotExist) || strings.Contains(err.Error(), "%%%") {
		t.Errorf("Load of what is not base64: %v", err)
	}
}
