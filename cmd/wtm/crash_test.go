package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/state"
)

// moment is one effect of a run as the outside sees it: before or after the n-th request was served.
type moment struct {
	n     int
	phase string
	path  string
}

// TestKilledAtEveryRequest kills the process, as kill -9 does, around every request of a run that rotates the token and
// sends. The next run has to find its way: no token is lost, no slot is lost, and nothing is sent twice, except in the
// two windows that nobody can close: Kakao rotated, or took the message, and the answer had not arrived yet.
func TestKilledAtEveryRequest(t *testing.T) {
	whole := newCrash(t)
	var moments []moment
	whole.onRequest(func(m moment, _ *exec.Cmd) { moments = append(moments, m) })
	if code, out := whole.run(t, 0); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	whole.onRequest(nil)
	if len(moments) < 4 {
		t.Fatalf("the whole run has the moments %v", moments)
	}
	for _, kill := range moments {
		t.Run(fmt.Sprintf("%s request %d, %s", kill.phase, kill.n, filepath.Base(kill.path)), func(t *testing.T) {
			c := newCrash(t)
			c.onRequest(func(m moment, child *exec.Cmd) {
				if m == kill {
					child.Process.Kill()
					c.killed = true
					if m.phase == "before" {
						panic(http.ErrAbortHandler) // the request died with the process
					}
				}
			})
			code, _ := c.run(t, 0)
			c.onRequest(nil)
			if !c.killed || code == 0 {
				t.Fatalf("the process was not killed: exit code %d", code)
			}
			unheard := !c.holdsLiveToken(t)
			// The page is fetched while the token is refreshed, so death at the page may fall into that window too.
			if inWindow := kill.path == "/menu" || kill == (moment{1, "after", "/oauth/token"}); unheard && !inWindow {
				t.Fatal("the refresh token is lost")
			}
			code, out := c.run(t, time.Minute)
			if unheard {
				if code != 3 || !bytes.Contains(out, []byte("wtm login")) {
					t.Errorf("Kakao rotated and nobody heard it: exit code %d, %s", code, out)
				}
				return
			}
			if code != 0 || !c.holdsLiveToken(t) {
				t.Fatalf("the next run: exit code %d, %s", code, out)
			}
			want := 1
			if kill.phase == "after" && filepath.Base(kill.path) == "send" {
				want = 2
			}
			if got := len(c.kakao.Delivered()); got != want {
				t.Errorf("%d messages arrived, want %d", got, want)
			}
		})
	}
}

// crash is a world around a process that is going to be killed.
type crash struct {
	*world
	dir    string
	env    []string
	child  *exec.Cmd
	killed bool
	hear   func(moment, *exec.Cmd)
}

func newCrash(t testing.TB) *crash {
	t.Helper()
	identity, _, err := state.GenerateIdentity()
	if err != nil {
		t.Fatal(err)
	}
	key, err := state.ParseKey(identity)
	if err != nil {
		t.Fatal(err)
	}
	slot := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	c := &crash{dir: t.TempDir(), world: &world{kakao: kakaotest.New(), page: newPageServer(), key: key, start: slot, began: time.Now()}}
	t.Cleanup(c.kakao.Close)
	t.Cleanup(c.page.Close)
	c.kakao.Clock = c.now
	c.kakao.OnRequest = func(n int, phase, path string) { c.heard(moment{n, phase, path}) }
	c.page.hear(func(phase string) { c.heard(moment{0, phase, "/menu"}) })
	if err := writeDefaults(c.dir, c.page.URL); err != nil {
		t.Fatal(err)
	}
	s := state.New(slot.Add(-time.Minute))
	s.Accounts[state.Me] = state.Account{Refresh: state.Token{Value: "first-refresh-token", IssuedAt: slot.AddDate(0, 0, -40), ExpiresAt: slot.AddDate(0, 0, 20)}}
	c.kakao.AddRefreshToken("first-refresh-token", slot.AddDate(0, 0, 20))
	sealed, err := key.Seal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Join(c.dir, "state"), 0o700), os.WriteFile(c.path(), sealed, 0o600)); err != nil {
		t.Fatal(err)
	}
	// Not this process's own environment: in a workflow it would say that the program is in one.
	c.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir, "TMPDIR=" + os.TempDir()}, "KAKAO_REST_API_KEY="+c.kakao.ClientID, "KAKAO_CLIENT_SECRET="+c.kakao.ClientSecret, "NO_PROXY=*",
		"KAKAO_AUTH_URL="+c.kakao.URL, "KAKAO_API_URL="+c.kakao.URL, "WTM_STATE_KEY="+identity.Reveal())
	return c
}

func (c *crash) path() string { return filepath.Join(c.dir, "state", "tokens.age") }

// onRequest calls hear around every request of Kakao's and, as number 0, of the page.
func (c *crash) onRequest(hear func(moment, *exec.Cmd)) { c.locked(func() { c.hear = hear }) }

func (c *crash) heard(m moment) {
	c.locked(func() {
		if c.hear != nil {
			c.hear(m, c.child)
		}
	})
}

func (c *crash) locked(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do()
}

// run starts wtm so long after the slot, and returns its exit code and what it printed.
func (c *crash) run(t *testing.T, after time.Duration) (int, []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, "wtm", "run", "--now", c.start.Add(after).Format(time.RFC3339))
	child.Dir, child.Env = c.dir, c.env
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	c.locked(func() {
		if err := child.Start(); err != nil {
			t.Error(err)
		}
		c.child = child
	})
	child.Wait()
	return child.ProcessState.ExitCode(), out.Bytes()
}

// holdsLiveToken reports whether the state's refresh token is the one that works at Kakao.
func (c *crash) holdsLiveToken(t *testing.T) bool {
	t.Helper()
	data, err := os.ReadFile(c.path())
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.key.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Equal(c.kakao.LiveRefreshTokens(), []string{s.Accounts[state.Me].Refresh.Value.Reveal()})
}
