package run_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
	"wtm/internal/state"
)

func TestAGoodAccessTokenIsUsedAsItIs(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, true, lunchConfig)
	if report := w.run(run.Options{}); report.Refreshed || w.asked(tokenPath) != 0 || len(w.texts()) != 1 {
		t.Errorf("refreshed %v, %d messages", report.Refreshed, len(w.texts()))
	}
}

func TestAnAccessTokenThatEndsBeforeTheSlotIsRefreshed(t *testing.T) {
	w := newWorld(t, at("11:15:00"), 50, true, lunchConfig)
	s := w.stored()
	a := s.Accounts[state.Me]
	a.Access.ExpiresAt = at("11:39:00") // nine minutes after the slot
	s.Accounts[state.Me] = a
	w.store.data = w.seal(s)
	report := w.run(run.Options{})
	if !report.Refreshed || report.Rotated || w.asked(tokenPath) != 1 {
		t.Errorf("refreshed %v, rotated %v, asked %d times", report.Refreshed, report.Rotated, w.asked(tokenPath))
	}
	if diff := cmp.Diff([]string{"mark a slot as served"}, w.store.saves); diff != "" {
		t.Errorf("saves (-want +got):\n%s", diff)
	}
	if got := w.stored().Accounts[state.Me]; got.Refresh.Value != "first-refresh-token" || got.Access.Value == "first-access-token" {
		t.Error("the old refresh token was not kept, or the new access token not saved")
	}
}

func TestARotatedTokenIsSavedBeforeItIsUsed(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 20, false, lunchConfig)
	savedBeforeSend := false
	w.kakao.OnRequest = func(_ int, phase, path string) {
		if path == sendPath && phase == "before" {
			savedBeforeSend = slices.Contains(w.kakao.LiveRefreshTokens(), w.stored().Accounts[state.Me].Refresh.Value.Reveal())
		}
	}
	report := w.run(run.Options{})
	if !report.Rotated || exitCode(report) != 0 || !savedBeforeSend || len(w.texts()) != 1 {
		t.Errorf("rotated %v, exit code %d, saved before the send %v", report.Rotated, exitCode(report), savedBeforeSend)
	}
	want := []string{"check that the state can be saved", "save the rotated token", "mark a slot as served"}
	if diff := cmp.Diff(want, w.store.saves); diff != "" {
		t.Errorf("saves (-want +got):\n%s", diff)
	}
}

func TestRotationNeedsNoSlot(t *testing.T) {
	w := newWorld(t, at("03:00:00"), 20, true, lunchConfig)
	if report := w.run(run.Options{}); !report.Rotated || len(report.Slots) != 0 || len(w.pages.asked) != 0 {
		t.Errorf("rotated %v, slots %s", report.Rotated, outcomes(report))
	}
	asked := w.asked(tokenPath)
	if report := w.run(run.Options{}); report.Refreshed || w.asked(tokenPath) != asked {
		t.Error("the next run refreshes again")
	}
}

func TestADailyRunLivesForAYear(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 59, false, lunchConfig)
	w.pages.bodies["/menu"] = `<table><tr><th></th><th>` + strings.Join([]string{"일", "월", "화", "수", "목", "금", "토"}, "</th><th>") +
		`</th></tr><tr><th>점심</th>` + strings.Repeat("<td>밥</td>", 7) + `</tr></table>`
	for i := range 365 {
		w.set(at("11:29:00").AddDate(0, 0, i))
		if report := w.run(run.Options{}); exitCode(report) != 0 {
			t.Fatalf("day %d: %v", i, report.Errors())
		}
	}
	if got := len(w.texts()); got != 365 {
		t.Errorf("%d messages in 365 days", got)
	}
}

func TestAnUnwritableStoreIsNeverRisked(t *testing.T) {
	for name, c := range map[string]struct {
		access bool
		sent   int
		exit   int
	}{
		"with an access token the message still goes out": {true, 1, 3}, // 3: the mark cannot be saved either
		"without one a person must act":                   {false, 0, 3},
	} {
		w := newWorld(t, at("11:29:00"), 20, c.access, lunchConfig)
		w.store.fail = func(string) error { return errors.New("no permission") }
		report := w.run(run.Options{})
		if w.asked(tokenPath) != 0 {
			t.Errorf("%s: a token was asked for that could not be saved", name)
		}
		if len(w.texts()) != c.sent || exitCode(report) != c.exit {
			t.Errorf("%s: %d messages, exit code %d, %v", name, len(w.texts()), exitCode(report), report.Errors())
		}
	}
}

func TestTheEmergencyCopyHoldsTheRotatedToken(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 20, false, lunchConfig)
	w.store.fail = func(why string) error {
		if strings.Contains(why, "rotated") {
			return errors.New("disk full")
		}
		return nil
	}
	report := w.run(run.Options{})
	if exitCode(report) != 3 || len(w.texts()) != 0 {
		t.Errorf("exit code %d, %d messages", exitCode(report), len(w.texts()))
	}
	if waited := w.clock().Sub(at("11:29:00")); waited < 90*time.Second || waited > 2*time.Minute {
		t.Errorf("it tried for %v", waited)
	}
	copied, err := w.key.Open(w.emergency)
	if err != nil || !slices.Equal(w.kakao.LiveRefreshTokens(), []string{copied.Accounts[state.Me].Refresh.Value.Reveal()}) {
		t.Errorf("the emergency copy does not hold the live token: %v", err)
	}
	hint := ""
	for _, err := range report.Errors() {
		if e, ok := errors.AsType[*run.UnsavedTokenError](err); ok {
			hint = e.Hint()
		}
	}
	if !strings.Contains(hint, "wtm state import") {
		t.Errorf("hint %q", hint)
	}
}

func TestAStoppedRunPrintsTheEmergencyCopyAtOnce(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 20, false, lunchConfig)
	ctx, stop := context.WithCancelCause(t.Context())
	w.store.fail = func(why string) error {
		if strings.Contains(why, "rotated") {
			stop(errors.New("terminated"))
			return errors.New("disk full")
		}
		return nil
	}
	if _, err := w.runner.Run(ctx, run.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.key.Open(w.emergency); err != nil || w.clock().Sub(at("11:29:00")) > time.Second {
		t.Errorf("after %v: %v", w.clock().Sub(at("11:29:00")), err)
	}
}

func TestA401IsCuredOnce(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, true, lunchConfig)
	w.kakao.RevokeAccess()
	if report := w.run(run.Options{}); exitCode(report) != 0 || len(w.texts()) != 1 || w.asked(tokenPath) != 1 {
		t.Errorf("%v", report.Errors())
	}

	w = newWorld(t, at("11:29:00"), 50, true, lunchConfig)
	w.kakao.Fail(sendPath, kakaotest.Fault{Times: -1, Status: 401, Body: `{"code":-401,"msg":"this access token does not exist"}`})
	if report := w.run(run.Options{}); exitCode(report) != 3 || w.asked(tokenPath) != 1 || w.asked(sendPath) != 2 {
		t.Errorf("exit code %d, %d refreshes, %d sends", exitCode(report), w.asked(tokenPath), w.asked(sendPath))
	}

	w = newWorld(t, at("11:29:00"), 50, true, lunchConfig)
	w.kakao.Fail(sendPath, kakaotest.Fault{Times: -1, Status: 401, Body: `{"code":-401,"msg":"ip mismatched! callerIp=1.2.3.4"}`})
	if report := w.run(run.Options{}); exitCode(report) != 3 || w.asked(tokenPath) != 0 || w.asked(sendPath) != 1 {
		t.Errorf("an address list: exit code %d, %d refreshes, %d sends", exitCode(report), w.asked(tokenPath), w.asked(sendPath))
	}
}

func TestSeveralSlotsShareTheSecondRefresh(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, true, threeJobs)
	w.kakao.Fail(sendPath, kakaotest.Fault{Times: -1, Status: 401, Body: `{"code":-401}`})
	if w.run(run.Options{}); w.asked(tokenPath) != 1 {
		t.Errorf("%d refreshes", w.asked(tokenPath))
	}
}

func TestARunThatIsStoppedWhileRefreshingStillSaves(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 20, false, lunchConfig)
	ctx, stop := context.WithCancelCause(t.Context())
	w.kakao.OnRequest = func(_ int, phase, path string) {
		if path == tokenPath && phase == "before" {
			stop(errors.New("terminated"))
		}
	}
	if _, err := w.runner.Run(ctx, run.Options{}); err != nil {
		t.Fatal(err)
	}
	if saved := w.stored().Accounts[state.Me].Refresh.Value.Reveal(); !slices.Equal(w.kakao.LiveRefreshTokens(), []string{saved}) {
		t.Error("the rotated token is lost")
	}
}

func TestAnErrorAnswerChangesNothing(t *testing.T) {
	for body, exit := range map[string]int{
		`{"error":"invalid_grant","error_code":"KOE322"}`:  3,
		`{"error":"invalid_client","error_code":"KOE010"}`: 3,
		`{"error":"server_error","error_code":"KOE003"}`:   1,
		`<html>`: 1,
	} {
		w := newWorld(t, at("11:29:00"), 50, false, lunchConfig)
		before := string(w.store.data)
		w.kakao.Fail(tokenPath, kakaotest.Fault{Times: -1, Status: 400, Body: body})
		report := w.run(run.Options{})
		if exitCode(report) != exit || string(w.store.data) != before || outcomes(report) != "lunch 11:30 failed" {
			t.Errorf("%s: exit code %d, %s", body, exitCode(report), outcomes(report))
		}
		w.kakao.Fail(tokenPath, kakaotest.Fault{})
	}
}

func TestWithoutALogin(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, false, lunchConfig)
	w.store.data = w.seal(state.New(at("11:00:00")))
	report := w.run(run.Options{})
	if exitCode(report) != 3 || len(report.Errors()) != 1 || !errors.As(report.Errors()[0], new(*run.NotLoggedInError)) {
		t.Errorf("%v", report.Errors())
	}
}

// TestKakaoIsNotAskedForARotationAgainAndAgain has a Kakao that, by its own clock, does not rotate yet: it limits the
// tokens that one user can be issued (KOE237).
func TestKakaoIsNotAskedForARotationAgainAndAgain(t *testing.T) {
	w := newWorld(t, at("02:00:00"), 29, true, lunchConfig)
	w.kakao.AddRefreshToken("first-refresh-token", w.clock().AddDate(0, 0, 31))
	for _, c := range []struct {
		clock string
		asked int
	}{{"02:00:00", 1}, {"02:01:00", 1}, {"02:59:59", 1}, {"03:00:00", 2}, {"03:30:00", 2}} {
		w.set(at(c.clock))
		if report := w.run(run.Options{}); w.asked(tokenPath) != c.asked || report.Rotated || exitCode(report) != 0 {
			t.Errorf("until %s Kakao was asked %d times, want %d; %v", c.clock, w.asked(tokenPath), c.asked, report.Errors())
		}
	}
}
