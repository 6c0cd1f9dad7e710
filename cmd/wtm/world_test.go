package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wtm/internal/githubtest"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/state"
)

// world is what stands around the scripts' wtm.
type world struct {
	kakao  *kakaotest.Server
	page   *pageServer
	github *githubtest.Server
	key    state.Key
	// commits is how many the repository's branch had when they were counted last.
	commits int
	// secrets are texts that must never be seen anywhere.
	secrets []string

	mu    sync.Mutex
	start time.Time // what the clock showed at began
	began time.Time
}

type worldKey struct{}

func setup(env *testscript.Env) error {
	identity, _, err := state.GenerateIdentity()
	if err != nil {
		return err
	}
	key, err := state.ParseKey(identity)
	if err != nil {
		return err
	}
	w := &world{kakao: kakaotest.New(), page: newPageServer(), github: githubtest.New(), key: key, start: time.Now(), began: time.Now()}
	w.kakao.Change(func(s *kakaotest.Server) { s.Clock = w.now })
	w.secrets = []string{identity.Reveal(), w.kakao.ClientSecret, "first-refresh-token", "first-access-token"}
	env.Values[worldKey{}] = w
	env.Defer(w.kakao.Close)
	env.Defer(w.page.Close)
	env.Defer(w.github.Close)
	w.github.Change(func(s *githubtest.Server) { s.Clock = w.now })
	w.secrets = append(w.secrets, w.github.Token, w.github.SecretsToken)
	redirect, err := freePort()
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"KAKAO_REST_API_KEY": w.kakao.ClientID, "KAKAO_CLIENT_SECRET": w.kakao.ClientSecret,
		"KAKAO_AUTH_URL": w.kakao.URL, "KAKAO_API_URL": w.kakao.URL,
		"KAKAO_REDIRECT_URI": fmt.Sprintf("http://localhost:%d/callback", redirect),
		"WTM_STATE_KEY":      identity.Reveal(),
		"PAGE":               w.page.URL,
		"SHOWN_PAGE":         filepath.Join(env.WorkDir, "shown.html"),
		"NO_PROXY":           "*",
		"TZ":                 "Asia/Seoul",
	} {
		env.Setenv(name, value)
	}
	return writeDefaults(env.WorkDir, w.page.URL)
}

// writeDefaults makes the config and page of a script that brings none of its own.
func writeDefaults(dir, pageURL string) error {
	config := `timezone: Asia/Seoul
jobs:
  lunch:
    at: "11:30"
    source: {url: "` + pageURL + `/menu", table: {column: today, row: "점심|중식", split: words}, none: 미운영}
    message: {text: "{{ weekday }}: {{ join \" \" .Items }}"}
`
	if err := os.MkdirAll(filepath.Join(dir, ".github"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".github", "wtm.yml"), []byte(config), 0o600)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.start.Add(time.Since(w.began))
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

func (w *world) save(ts *testscript.TestScript, s state.State) {
	sealed, err := w.key.Seal(s)
	ts.Check(err)
	path := ts.MkAbs("state/tokens.age")
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	ts.Check(os.WriteFile(path, sealed, 0o600))
}
