package run_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"wtm/internal/fetch"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
	"wtm/internal/state"
)

// hanging is a page that never comes, beside others that do.
type hanging struct {
	*pages
	path string
}

func (h hanging) Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	if strings.HasSuffix(r.URL, h.path) {
		<-ctx.Done()
		return fetch.Page{}, context.Cause(ctx)
	}
	return h.pages.Fetch(ctx, r)
}

func TestAPageThatHangsHoldsUpNothingElse(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, threeJobs)
	w.runner.Pages = hanging{w.pages, "/gone"}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	reports := make(chan run.Report, 1)
	go func() {
		report, err := w.runner.Run(ctx, run.Options{Job: ""})
		if err != nil {
			t.Error(err)
		}
		reports <- report
	}()
	// The mark, and not the message: until Kakao's answer is in, a run that is stopped cannot know that it was sent.
	w.waitFor("lunch waits for the page that hangs", func() bool {
		_, marked := w.stored().Mark("lunch", at("11:30:00"), "me")
		return marked
	})
	stop()
	report := <-reports
	if !strings.HasPrefix(outcomes(report), "broken 11:30 failed, lunch 11:30 sent") {
		t.Errorf("%s", outcomes(report))
	}
}

func TestTheRefreshTokenAnotherRunRotatedIsUsed(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 20, false, lunchConfig)
	grant, err := w.runner.Kakao.Refresh(t.Context(), "first-refresh-token")
	if err != nil {
		t.Fatal(err)
	}
	theirs := w.stored()
	theirs.Accounts[state.Me] = run.Renew(theirs.Accounts[state.Me], grant, w.clock())
	w.store.meanwhile = w.seal(theirs)
	if report := w.run(run.Options{}); exitCode(report) != 0 || len(w.texts()) != 1 || w.asked(tokenPath) != 1 {
		t.Errorf("%v, %d refreshes", report.Errors(), w.asked(tokenPath))
	}
}

func TestASlotThatAnotherRunSentMeanwhileIsNotSentAgain(t *testing.T) {
	w := newWorld(t, at("11:20:00"), 50, true, lunchConfig)
	inner := w.runner.Sleep
	w.runner.Sleep = func(ctx context.Context, d time.Duration) error {
		theirs := w.stored()
		theirs.SetMark("lunch", at("11:30:00"), "me", state.Mark{Outcome: state.Sent, At: at("11:30:00")})
		w.store.mu.Lock()
		w.store.data = w.seal(theirs)
		w.store.serial++
		w.store.mu.Unlock()
		return inner(ctx, d)
	}
	if got := outcomes(w.run(run.Options{})); got != "lunch 11:30 elsewhere" || len(w.texts()) != 0 {
		t.Errorf("%s, %d messages", got, len(w.texts()))
	}
}

func TestResendTakesNothingAsTold(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, strings.Replace(boardConfig, "send: new", "send: new\n    unknown: resend", 1))
	w.pages.bodies["/board"] = board("a")
	w.run(run.Options{})
	w.set(at("12:00:00"))
	w.pages.bodies["/board"] = board("b", "a")
	w.kakao.Fail(sendPath, kakaotest.Fault{DropBefore: true})
	w.run(run.Options{})
	if w.run(run.Options{}); len(w.texts()) != 1 || w.texts()[0] != "b" {
		t.Errorf("messages %q", w.texts())
	}
}

func TestTwoDueSlotsTellWhatIsNewOnce(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, strings.Replace(boardConfig, `"12:00"`, `"11:00", "12:00"`, 1))
	w.pages.bodies["/board"] = board("a")
	w.run(run.Options{})
	w.set(at("12:30:00"))
	w.pages.bodies["/board"] = board("b", "a")
	if got := outcomes(w.run(run.Options{})); got != "notices 11:00 sent, notices 12:00 nothing_new" || len(w.texts()) != 1 {
		t.Errorf("%s, messages %q", got, w.texts())
	}
}

func TestMarksAreSavedBeforeTheNextSlotIsWaitedFor(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, threeJobs)
	inner := w.runner.Sleep
	unsaved := false
	w.runner.Sleep = func(ctx context.Context, d time.Duration) error {
		_, marked := w.stored().Mark("lunch", at("11:30:00"), "me")
		unsaved = unsaved || d > time.Minute && !marked
		return inner(ctx, d)
	}
	if w.run(run.Options{}); unsaved || len(w.texts()) != 2 {
		t.Errorf("waited with an unsaved mark: %v; %d messages", unsaved, len(w.texts()))
	}
}

func TestABrokenTokenAnswerKeepsItsRefreshToken(t *testing.T) {
	for _, body := range []string{
		`{"refresh_token":"kept-refresh-token","access_token":"a","expires_in":"21599"}`,
		`{"refresh_token":"kept-refresh-token","access_token":"a"}`,
		`{"refresh_token":"kept-refresh-token","refresh_token_expires_in":null}`,
	} {
		w := newWorld(t, at("11:29:00"), 20, false, lunchConfig)
		w.kakao.Fail(tokenPath, kakaotest.Fault{Status: 200, Body: body})
		w.run(run.Options{})
		got := w.stored().Accounts[state.Me].Refresh
		if got.Value != "kept-refresh-token" || got.ExpiresAt.Before(at("11:29:00").Add(30*day)) {
			t.Errorf("%s: kept %v until %v", body, got.Value == "kept-refresh-token", got.ExpiresAt)
		}
	}
}

func TestNewsWhoseAnswerWasLostIsNotToldByTheNextSlot(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, strings.Replace(boardConfig, `"12:00"`, `"11:00", "12:00"`, 1))
	w.pages.bodies["/board"] = board("a")
	w.run(run.Options{})
	w.set(at("12:30:00"))
	w.pages.bodies["/board"] = board("b", "a")
	w.kakao.Fail(sendPath, kakaotest.Fault{DropAfter: true})
	if got := outcomes(w.run(run.Options{})); got != "notices 11:00 unknown, notices 12:00 nothing_new" || len(w.texts()) != 1 {
		t.Errorf("%s, messages %q", got, w.texts())
	}
}

func TestAPageThatHangsLastDelaysNobody(t *testing.T) {
	var jobs strings.Builder
	jobs.WriteString("jobs:\n")
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		jobs.WriteString("  " + name + `: {at: "11:30", source: {url: "https://example.ac.kr/menu", table: {column: today}}, message: {text: ` + name + "}}\n")
	}
	jobs.WriteString(`  z: {at: "11:30", source: {url: "https://example.ac.kr/gone", table: {column: today}}, message: {text: z}}` + "\n")
	w := newWorld(t, at("11:30:00"), 50, true, jobs.String())
	w.runner.Pages = hanging{w.pages, "/gone"}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := w.runner.Run(ctx, run.Options{}); err != nil {
			t.Error(err)
		}
	}()
	w.waitFor("five jobs wait for the page that hangs", func() bool { return len(w.texts()) == 5 })
	stop()
	<-done
}

func TestAJobAddedLaterIsNotMissedInThePast(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	s := w.stored()
	s.Created = at("11:30:00").AddDate(0, -1, 0)
	s.SetMark("other", at("09:00:00"), "me", state.Mark{Outcome: state.Sent, At: at("09:00:00")})
	w.store.data = w.seal(s)
	w.run(run.Options{})
	if report := w.run(run.Options{}); len(report.Slots) != 0 {
		t.Errorf("%s", outcomes(report))
	}
}
