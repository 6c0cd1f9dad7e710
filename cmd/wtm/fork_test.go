package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wtm/internal/githubtest"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/state"
)

// fork is a user's copy of the repository and the world around it.
type fork struct {
	*world
	dir                 string // the copy
	work                string // for act's own files
	secrets, allSecrets map[string]string
	hidden              []string
	warm                bool
}

func newFork(t *testing.T) *fork {
	t.Helper()
	identity, _, err := state.GenerateIdentity()
	if err != nil {
		t.Fatal(err)
	}
	key, err := state.ParseKey(identity)
	if err != nil {
		t.Fatal(err)
	}
	f := &fork{work: t.TempDir(), dir: filepath.Join(t.TempDir(), "wtm"), world: &world{kakao: kakaotest.New(), page: newPageServer(), github: githubtest.New(), key: key}}
	t.Cleanup(f.kakao.Close)
	t.Cleanup(f.page.Close)
	t.Cleanup(f.github.Close)
	f.page.body = "<ul><li>첫 소식</li></ul>"
	f.allSecrets = map[string]string{
		"KAKAO_REST_API_KEY": f.kakao.ClientID, "KAKAO_CLIENT_SECRET": f.kakao.ClientSecret,
		"WTM_STATE_KEY": identity.Reveal(), "GITHUB_TOKEN": f.github.Token,
	}
	f.hidden = []string{f.kakao.ClientSecret, identity.Reveal(), f.github.Token}
	f.copySources(t)
	return f
}

// copySources makes the copy: what git knows of, or would take in.
func (f *fork) copySources(t *testing.T) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard")
	list.Dir = filepath.Join("..", "..")
	names, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(string(names)) {
		name = strings.TrimSpace(name)
		data, err := os.ReadFile(filepath.Join(list.Dir, name))
		if err != nil {
			continue // deleted, and not yet committed
		}
		path := filepath.Join(f.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"},
		{"-c", "user.name=me", "-c", "user.email=me@example.com", "commit", "-q", "-m", "a fork"},
		{"remote", "add", "origin", "https://github.com/me/wtm"}} {
		git := exec.CommandContext(t.Context(), "git", args...)
		git.Dir = f.dir
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// stub makes an action of ours that stands in for one of GitHub's, and returns act's argument for it.
func (f *fork) stub(t *testing.T, pinned, body string) string {
	t.Helper()
	dir := filepath.Join(f.work, strings.NewReplacer("/", "-", "@", "-").Replace(pinned))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "action.yml"), []byte("name: stub\n"+body), 0o644); err != nil {
		t.Fatal(err)
	}
	return pinned + "=" + dir
}

// actions are the two that the workflows use besides checkout, which act does itself: a cache that is cold or holds the
// program built before, and Go, which a warm start must not need.
func (f *fork) actions(t *testing.T) []string {
	t.Helper()
	cache, setup := "echo hit=false", "true"
	if f.warm {
		cache, setup = "mkdir -p bin; cp $(command -v wtm) bin/wtm; echo hit=true", "echo 'a warm start sets Go up'; exit 1"
	}
	const run = "runs:\n  using: composite\n  steps:\n    - {id: do, shell: bash, run: %q}\n"
	outputs := "outputs:\n  cache-hit: {value: '${{ steps.do.outputs.hit }}'}\n"
	return []string{
		"--local-repository", f.stub(t, pinned(t, "actions/cache"), outputs+fmt.Sprintf(run, "("+cache+") >>$GITHUB_OUTPUT")),
		"--local-repository", f.stub(t, pinned(t, "actions/setup-go"), fmt.Sprintf(run, setup)),
	}
}

// pinned returns how the workflows name an action, with its commit.
func pinned(t *testing.T, action string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", ".github", "actions", "build", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for word := range strings.FieldsSeq(string(data)) {
		if strings.HasPrefix(word, action+"@") {
			return word
		}
	}
	t.Fatalf("%s is not used", action)
	return ""
}

// act runs a workflow file and returns its log, in which no secret may stand.
func (f *fork) act(t *testing.T, green bool, event, file string, inputs map[string]any) string {
	t.Helper()
	started := map[string]any{"inputs": inputs, "repository": map[string]any{"private": false}}
	if event == "schedule" {
		started["schedule"] = "7,37 * * * *"
	}
	data, err := json.Marshal(started)
	if err != nil {
		t.Fatal(err)
	}
	eventFile, secretFile := filepath.Join(f.work, "event.json"), filepath.Join(f.work, "secrets")
	var secrets strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f.secrets)) {
		fmt.Fprintf(&secrets, "%s=%s\n", name, f.secrets[name])
	}
	if err := os.WriteFile(eventFile, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secretFile, []byte(secrets.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{event, "-W", filepath.Join(".github", "workflows", file), "-e", eventFile, "--secret-file", secretFile,
		"-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "--var", "WTM_STATE_BRANCH=state", "--var", "WTM_CONFIG=" + f.config(),
		"--env", "GITHUB_API_URL=" + f.github.URL, "--env", "GITHUB_REPOSITORY=me/wtm",
		"--env", "KAKAO_AUTH_URL=" + f.kakao.URL, "--env", "KAKAO_API_URL=" + f.kakao.URL}, f.actions(t)...)
	child := exec.CommandContext(t.Context(), "act", args...)
	child.Dir = f.dir
	// Nothing of this machine's environment but what a runner has too: programs, and Go's caches.
	child.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.work, "NO_PROXY=*"}
	for _, name := range []string{"GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOSUMCHECK"} {
		if value, ok := os.LookupEnv(name); ok {
			child.Env = append(child.Env, name+"="+value)
		}
	}
	child.Env = append(child.Env, goEnv(t, "GOMODCACHE"), goEnv(t, "GOCACHE"))
	var log bytes.Buffer
	child.Stdout, child.Stderr = &log, &log
	err = child.Run()
	out := log.String()
	if (err == nil) != green {
		t.Fatalf("%s %s %v: %v\n%s", event, file, inputs, err, out)
	}
	for _, leak := range leaks(out, append(f.kakao.Tokens(), f.hidden...)) {
		t.Fatalf("the log shows a secret (%s):\n%s", leak, out)
	}
	return out
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return name + "=" + strings.TrimSpace(string(value))
}

// config has a slot a minute ago, so that it is due.
func (f *fork) config() string {
	if f.start.IsZero() {
		f.start = time.Now().UTC().Add(-time.Minute)
	}
	return fmt.Sprintf(`{timezone: UTC, jobs: {notes: {at: "%s", source: {url: "%s/menu", html: {items: li}}, message: {text: "{{ join \"\" .Items }}"}}}}`,
		f.start.Format("15:04"), f.page.URL)
}

func (f *fork) arrived(t *testing.T, want int) {
	t.Helper()
	if got := len(f.kakao.Delivered()); got != want {
		t.Fatalf("%d messages arrived, want %d", got, want)
	}
}

// agree opens the login page whose address a log shows, masked as the log is, and returns where the browser is sent to.
func (f *fork) agree(t *testing.T, log string) string {
	t.Helper()
	address := regexp.MustCompile(`http://\S+/oauth/authorize\S+`).FindString(log)
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := browser.Get(strings.TrimSuffix(address, ">"))
	if err != nil {
		t.Fatalf("opening %q: %v", address, err)
	}
	defer page.Body.Close()
	location := page.Header.Get("Location")
	if !strings.Contains(location, "code=") {
		t.Fatalf("Kakao does not take the address %q: %s", address, page.Status)
	}
	return location
}

// logInEarlier makes the login an hour older: slots before it never count.
func (f *fork) logInEarlier(t *testing.T) {
	t.Helper()
	const path = "state/tokens.age"
	s, err := f.key.Open(f.github.File("state", path))
	if err != nil {
		t.Fatal(err)
	}
	s.Created = s.Created.Add(-time.Hour)
	sealed, err := f.key.Seal(s)
	if err != nil {
		t.Fatal(err)
	}
	f.github.Put("state", path, sealed, "test: earlier")
}

// token is the refresh token that the repository's state holds.
func (f *fork) token(t *testing.T) string {
	t.Helper()
	s, err := f.key.Open(f.github.File("state", "state/tokens.age"))
	if err != nil {
		t.Fatal(err)
	}
	return s.Accounts[state.Me].Refresh.Value.Reveal()
}
