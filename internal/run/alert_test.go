package run_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
)

// breakPage runs so many times while the page is gone, a quarter of an hour apart.
func breakPage(w *world, times int) {
	delete(w.pages.bodies, "/menu")
	for range times {
		w.run(run.Options{})
		w.set(w.clock().Add(15 * time.Minute))
	}
}

func TestTheThirdFailureInARowIsToldOnceAndItsEndOnce(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	breakPage(w, 2)
	if len(w.texts()) != 0 {
		t.Errorf("told of two failures: %q", w.texts())
	}
	breakPage(w, 3)
	saves := len(w.store.saves)
	breakPage(w, 1)
	const alert = "(1/2) ⚠️ lunch: 3번 연속 실패했습니다.\nfetching https://example.ac.kr/menu: the site answered 404 Not Found|" +
		"(2/2) → the page is gone or has moved: open https://example.ac.kr/menu in a browser and put the new address into the source's `url:`"
	if got := strings.Join(w.texts(), "|"); got != alert {
		t.Fatalf("told %q", got)
	}
	if len(w.store.saves) != saves {
		t.Error("a failure more, of which nobody is told, was saved")
	}
	w.pages.bodies["/menu"] = menuPage
	for range 2 {
		w.run(run.Options{})
		w.set(w.clock().Add(day))
	}
	if got := strings.Join(w.texts()[2:], "|"); got != "쌀밥\n국|✅ lunch: 다시 정상입니다.|b" {
		t.Errorf("then told %q", got)
	}
	breakPage(w, 2)
	if len(w.texts()) != 5 {
		t.Errorf("the count goes on after a recovery: %q", w.texts())
	}
}

func TestAFailureBetweenTwoSuccessesIsNotTold(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	for range 4 {
		breakPage(w, 1)
		w.pages.bodies["/menu"] = menuPage
		w.run(run.Options{Force: true})
	}
	for _, text := range w.texts() {
		if text != "쌀밥\n국" {
			t.Errorf("told %q", text)
		}
	}
}

func TestWhatCouldNotBeToldIsToldByTheNextRun(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	breakPage(w, 2)
	w.kakao.Fail(sendPath, kakaotest.Fault{Status: http.StatusBadRequest, Body: `{"code":-10,"msg":"quota"}`})
	report := w.run(run.Options{})
	if len(w.texts()) != 0 || !strings.Contains(report.Errs[0].Error(), `telling you of job "lunch": `) {
		t.Errorf("messages %q, errors %v", w.texts(), report.Errs)
	}
	if report = w.run(run.Options{}); len(w.texts()) != 2 || len(report.Alerts) != 1 {
		t.Errorf("messages %q", w.texts())
	}
}

func TestAnAlertIsSavedBeforeTheNextSlotIsWaitedFor(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, threeJobs)
	w.run(run.Options{Job: "broken"})
	w.run(run.Options{Job: "broken"})
	inner := w.runner.Sleep
	unsaved := false
	w.runner.Sleep = func(ctx context.Context, d time.Duration) error {
		unsaved = unsaved || d > time.Minute && !w.stored().Jobs["broken"].Failures.Told
		return inner(ctx, d)
	}
	if report := w.run(run.Options{}); unsaved || len(report.Alerts) != 1 {
		t.Errorf("waited with an unsaved alert: %v; alerts %v", unsaved, report.Alerts)
	}
}

func TestADryRunTellsNobody(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	breakPage(w, 2)
	w.run(run.Options{DryRun: true})
	w.run(run.Options{DryRun: true})
	if len(w.texts()) != 0 || w.stored().Jobs["lunch"].Failures.InARow != 2 {
		t.Errorf("messages %q, %d failures", w.texts(), w.stored().Jobs["lunch"].Failures.InARow)
	}
}

func TestASlotWhosePageFailedUntilTheEndIsReportedAsMissed(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	breakPage(w, 1)
	w.set(at("15:00:00"))
	if got := outcomes(w.run(run.Options{})); got != "lunch 11:30 missed" {
		t.Errorf("%s", got)
	}
}
