package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/run"
	"wtm/internal/state"
	"wtm/internal/store"
)

func TestOnceOnTheSecond(t *testing.T) {
	w := newWorld(t, at("11:20:00"), 50, true, lunchConfig)
	if got := outcomes(w.run(run.Options{})); got != "lunch 11:30 sent" {
		t.Fatalf("first run: %s", got)
	}
	delivered := w.kakao.Delivered()
	if len(delivered) != 1 || delivered[0].Text != "쌀밥\n국" || !delivered[0].At.Equal(at("11:30:00")) {
		t.Errorf("delivered %+v", delivered)
	}
	asked, saves := len(w.kakao.Requests()), len(w.store.saves)
	for range 3 {
		if report := w.run(run.Options{}); len(report.Slots) != 0 || exitCode(report) != 0 {
			t.Errorf("a later run: %s, exit code %d", outcomes(report), exitCode(report))
		}
	}
	if len(w.kakao.Requests()) != asked || len(w.store.saves) != saves {
		t.Error("a run with nothing due talks to Kakao or saves")
	}
	if diff := cmp.Diff([]string{"mark a slot as served"}, w.store.saves); diff != "" {
		t.Errorf("saves (-want +got):\n%s", diff)
	}
}

func TestLateTriggers(t *testing.T) {
	for clock, want := range map[string]string{
		"11:09:59": "", // before hold
		"11:10:00": "lunch 11:30 sent",
		"13:30:00": "lunch 11:30 sent",
		"13:30:01": "lunch 11:30 missed",
	} {
		w := newWorld(t, at(clock), 50, true, lunchConfig)
		s := w.stored()
		s.Created = at("00:00:00")
		w.store.data = w.seal(s)
		report := w.run(run.Options{})
		if got := outcomes(report); got != want {
			t.Errorf("at %s: %q, want %q", clock, got, want)
		}
		if missed := strings.Contains(want, "missed"); missed != (exitCode(report) == 1) {
			t.Errorf("at %s: exit code %d", clock, exitCode(report))
		}
		if report := w.run(run.Options{}); len(report.Slots) != 0 || exitCode(report) != 0 {
			t.Errorf("at %s, again: %s", clock, outcomes(report))
		}
	}
}

func TestSlotsBeforeTheLoginNeverCount(t *testing.T) {
	w := newWorld(t, at("12:00:00"), 50, true, lunchConfig)
	if report := w.run(run.Options{}); len(report.Slots) != 0 {
		t.Errorf("%s", outcomes(report))
	}
}

func TestManySlotsADayAreNeverMissedInVain(t *testing.T) {
	var times []string
	for hour := range 24 {
		times = append(times, fmt.Sprintf("%q", fmt.Sprintf("%02d:00", hour)))
	}
	yaml := strings.Replace(lunchConfig, `"11:30"`, "["+strings.Join(times, ", ")+"]", 1)
	w := newWorld(t, at("00:00:00"), 50, true, yaml)
	w.pages.bodies["/menu"] = "<p>미운영</p>"
	w.runner.Sleep = w.sleep
	for hour := range 24 * 12 {
		w.set(at("00:00:00").Add(time.Duration(hour) * time.Hour))
		if report := w.run(run.Options{}); exitCode(report) != 0 {
			t.Fatalf("hour %d: %v", hour, report.Errors())
		}
	}
}

func TestANewJobHasNoPast(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, true, threeJobs)
	s := w.stored()
	s.Created = at("11:29:00").AddDate(0, 0, -5)
	s.SetMark("other", at("09:00:00"), "me", state.Mark{Outcome: state.Sent, At: at("09:00:00")})
	w.store.data = w.seal(s)
	if report := w.run(run.Options{}); strings.Contains(outcomes(report), "missed") {
		t.Errorf("%s", outcomes(report))
	}
}

func TestForceSendsAgain(t *testing.T) {
	w := newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	w.run(run.Options{})
	if got := outcomes(w.run(run.Options{Force: true})); got != "lunch 11:30 sent" || len(w.texts()) != 2 {
		t.Errorf("%s, %d messages", got, len(w.texts()))
	}
}

func TestHoldCanBeChosen(t *testing.T) {
	w := newWorld(t, at("11:20:00"), 50, true, lunchConfig)
	if report := w.run(run.Options{Hold: new(time.Duration)}); len(report.Slots) != 0 {
		t.Errorf("with no hold: %s", outcomes(report))
	}
	hour := 3 * time.Hour
	w.set(at("08:31:00"))
	if got := outcomes(w.run(run.Options{Hold: &hour})); got != "lunch 11:30 sent" {
		t.Errorf("with three hours: %s", got)
	}
}

func TestDryRunTalksToNobody(t *testing.T) {
	w := newWorld(t, at("11:29:59"), 20, false, lunchConfig)
	before := string(w.store.data)
	report := w.run(run.Options{DryRun: true})
	if got := outcomes(report); got != "lunch 11:30 would_send" || report.Slots[0].Texts[0].Text() != "쌀밥\n국" {
		t.Errorf("%s", got)
	}
	if len(w.kakao.Requests()) != 0 || string(w.store.data) != before || !w.clock().Equal(at("11:29:59")) {
		t.Error("a dry run talks to Kakao, saves or waits")
	}
}

func TestDryRunNeedsNoState(t *testing.T) {
	w := newWorld(t, at("11:29:59"), 20, false, lunchConfig)
	w.runner.Store = empty{}
	if got := outcomes(w.run(run.Options{DryRun: true})); got != "lunch 11:30 would_send" {
		t.Errorf("%s", got)
	}
	if _, err := w.runner.Run(t.Context(), run.Options{}); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("a run that is none: %v", err)
	}
}

// empty is a store without a state.
type empty struct{ run.Store }

func (empty) Load(context.Context) ([]byte, store.Revision, error) { return nil, "", store.ErrNotExist }

func TestUnknownJob(t *testing.T) {
	w := newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	_, err := w.runner.Run(t.Context(), run.Options{Job: "dinner"})
	e, ok := errors.AsType[*run.UnknownJobError](err)
	if !ok || e.ExitCode() != 2 || !strings.Contains(e.Hint(), "lunch") {
		t.Errorf("got %v", err)
	}
}

const threeJobs = `
jobs:
  broken: &job
    at: "11:30"
    source: {url: "https://example.ac.kr/gone", table: {column: today, row: 점심}}
    message: {text: "{{ join \" \" .Items }}"}
  lunch:
    at: "11:30"
    source: &menu {url: "https://example.ac.kr/menu", table: {column: today, row: 점심}}
    message: {text: "lunch: {{ join \" \" .Items }}"}
  later:
    at: "11:35"
    source: *menu
    message: {text: "later: {{ join \" \" .Items }}"}
`

func TestOneBadSourceStopsNoOther(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, true, threeJobs)
	report := w.run(run.Options{})
	if got := outcomes(report); got != "broken 11:30 failed, lunch 11:30 sent, later 11:35 sent" {
		t.Errorf("%s", got)
	}
	if exitCode(report) != 1 || len(report.Errors()) != 1 {
		t.Errorf("exit code %d, errors %v", exitCode(report), report.Errors())
	}
	if len(w.pages.asked) != 2 {
		t.Errorf("the same page was asked for more than once: %v", w.pages.asked)
	}
	w.pages.bodies["/gone"] = menuPage
	if got := outcomes(w.run(run.Options{})); got != "broken 11:30 sent" {
		t.Errorf("once its page is back: %s", got)
	}
}

func TestOnlyTheNamedJobRuns(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, true, threeJobs)
	if got := outcomes(w.run(run.Options{Job: "later"})); got != "later 11:35 sent" {
		t.Errorf("%s", got)
	}
}

func TestTwoRunsMergeTheirMarks(t *testing.T) {
	w := newWorld(t, at("11:29:00"), 50, true, lunchConfig)
	theirs := w.stored()
	theirs.SetMark("dinner", at("10:00:00"), "me", state.Mark{Outcome: state.Sent, At: at("10:00:00")})
	w.store.meanwhile = w.seal(theirs)
	if report := w.run(run.Options{}); exitCode(report) != 0 {
		t.Errorf("%v", report.Errors())
	}
	after := w.stored()
	_, lunch := after.Mark("lunch", at("11:30:00"), "me")
	_, dinner := after.Mark("dinner", at("10:00:00"), "me")
	if !lunch || !dinner {
		t.Errorf("lunch marked %v, dinner marked %v", lunch, dinner)
	}
}

func TestAheadShowsTheNextSlotWhateverWasSent(t *testing.T) {
	w := newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	w.run(run.Options{})
	before := w.store.bytes()
	for _, c := range []struct{ now, want string }{
		{"11:30:00", "11-23 11:30 쌀밥\n국"}, // sent a moment ago
		{"06:00:00", "11-23 11:30 쌀밥\n국"},
		{"11:30:01", "11-24 11:30 b"},
	} {
		w.mu.Lock()
		w.now = at(c.now)
		w.mu.Unlock()
		r := w.run(run.Options{DryRun: true, Ahead: true})
		if len(r.Slots) != 1 || len(r.Slots[0].Texts) != 1 {
			t.Fatalf("at %s: %+v", c.now, r)
		}
		if got := r.Slots[0].Slot.Format("01-02 15:04 ") + r.Slots[0].Texts[0].Text(); got != c.want {
			t.Errorf("at %s: %q, want %q", c.now, got, c.want)
		}
	}
	if !bytes.Equal(before, w.store.bytes()) {
		t.Error("a dry run has changed the state")
	}
}
