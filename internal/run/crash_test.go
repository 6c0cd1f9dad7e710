package run_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"wtm/internal/run"
	"wtm/internal/state"
	"wtm/internal/store"
)

// dying is a store in whose n-th Save the process dies, before or after the bytes are there: the Save never returns.
type dying struct {
	*memory
	n     int
	after bool
	dead  chan struct{}
}

func (d *dying) Save(ctx context.Context, data []byte, revision store.Revision, why string) (store.Revision, error) {
	d.n--
	if d.n > 0 {
		return d.memory.Save(ctx, data, revision, why)
	}
	if d.after {
		d.memory.Save(ctx, data, revision, why)
	}
	close(d.dead)
	select {} // what a dead process does
}

// TestDeadAtEveryWrite lets a run that rotates and sends die around each of its writes; the requests are the business of
// the end-to-end crash test. With the marks saved once per slot there are three writes.
func TestDeadAtEveryWrite(t *testing.T) {
	for n := 1; n <= 3; n++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d, after %v", n, after), func(t *testing.T) {
				w := newWorld(t, at("11:29:59"), 20, false, lunchConfig)
				grave := &dying{memory: w.store, n: n, after: after, dead: make(chan struct{})}
				w.runner.Store = grave
				go w.runner.Run(context.WithoutCancel(t.Context()), run.Options{})
				select {
				case <-grave.dead:
				case <-time.After(time.Minute):
					t.Fatal("the run did not come to this write")
				}
				live := w.kakao.LiveRefreshTokens()

				w.runner.Store = w.store
				w.set(at("11:31:00"))
				report := w.run(run.Options{})
				if n == 2 && !after {
					// Kakao's answer is in the dead process: only a login helps, and the run says so.
					if exitCode(report) != 3 {
						t.Errorf("exit code %d, %v", exitCode(report), report.Errors())
					}
					return
				}
				if saved := w.stored().Accounts[state.Me].Refresh.Value.Reveal(); !slices.Contains(w.kakao.LiveRefreshTokens(), saved) {
					t.Errorf("the refresh token is lost; live were %v", len(live))
				}
				want := 1
				if n == 3 && !after {
					want = 2 // sent, but not marked: the one window in which a message comes twice
				}
				if got := len(w.texts()); got != want {
					t.Errorf("%d messages, want %d", got, want)
				}
			})
		}
	}
}
