package run_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao"
	"wtm/internal/run"
	"wtm/internal/state"
)

func TestNothingIsSentWithATokenThatIsNotSaved(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 20, true, threeJobs)
	s := w.stored()
	a := s.Accounts[state.Me]
	a.Access.IssuedAt = at("11:20:00") // Kakao did not rotate ten minutes ago, so the run does not ask beforehand
	s.Accounts[state.Me] = a
	w.store.data = w.seal(s)
	w.kakao.RevokeAccess()
	w.store.fail = func(why string) error {
		if strings.Contains(why, "rotated") {
			return errors.New("disk full")
		}
		return nil
	}
	report := w.run(run.Options{})
	if w.asked(tokenPath) != 1 || len(w.texts()) != 0 || w.emergency == nil || exitCode(report) != 3 {
		t.Errorf("%d refreshes, messages %q, exit code %d", w.asked(tokenPath), w.texts(), exitCode(report))
	}
}

func TestAStopDuringASaveThatHangsPrintsTheEmergencyCopy(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 20, false, lunchConfig)
	hangs, release := make(chan struct{}), make(chan struct{})
	w.store.fail = func(why string) error {
		if strings.Contains(why, "rotated") {
			close(hangs)
			<-release
		}
		return nil
	}
	printed := make(chan []byte, 1)
	w.runner.Emergency = func(armored []byte) { printed <- armored }
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := w.runner.Run(ctx, run.Options{}); err != nil {
			t.Error(err)
		}
	}()
	<-hangs
	stop()
	select {
	case armored := <-printed:
		if _, err := w.key.Open(armored); err != nil {
			t.Error(err)
		}
	case <-time.After(2 * time.Minute):
		t.Error("the copy waits for the save")
	}
	close(release)
	<-ended
}

func TestANewTokenIsAlwaysIssuedAfterTheOld(t *testing.T) {
	now := at("11:30:00")
	old := state.Account{Refresh: state.Token{Value: "dead", IssuedAt: now.AddDate(0, 0, 9), ExpiresAt: now.AddDate(0, 0, 69)}}
	fresh := run.Renew(old, kakao.Grant{AccessToken: "a", AccessLife: time.Hour, RefreshToken: "alive", RefreshLife: 60 * day}, now)
	merged := state.Merge(state.State{Accounts: map[string]state.Account{state.Me: old}}, state.State{Accounts: map[string]state.Account{state.Me: fresh}})
	if got := merged.Accounts[state.Me].Refresh.Value; got != "alive" {
		t.Error("a clock that was wrong once lets the dead token win")
	}
}
