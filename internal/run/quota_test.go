package run_test

import (
	"strings"
	"testing"

	"wtm/internal/run"
)

func TestKakaosLimitsAreKeptBeforeKakaoRefuses(t *testing.T) {
	w := family(t, "[{friends: [하나, 셋]}]")
	s := w.stored()
	s.Count("me", "uuid-0", w.clock(), 19)
	s.Count("me", "uuid-3", w.clock(), 20)
	w.store.data = w.seal(s)
	report := w.run(run.Options{})
	errs := report.Errors()
	if w.got() != "uuid-0" || len(errs) != 1 || !strings.Contains(errs[0].Error(), "sending to friend:셋: Kakao takes 20 messages to one friend a day; 20 were sent today, and this would be 1 more") {
		t.Errorf("sent to %s; %v", w.got(), errs)
	}
	if got := w.stored().Counted("me", "uuid-0", w.clock()); got != 20 {
		t.Errorf("%d messages counted", got)
	}
	s = w.stored()
	s.Count("me", "somebody", w.clock(), 60)
	w.store.data = w.seal(s)
	report = w.run(run.Options{Force: true})
	if errs := report.Errors(); w.got() != "uuid-0" || len(errs) != 1 || !strings.Contains(errs[0].Error(), "100 messages to friends a day") {
		t.Errorf("sent to %s; %v", w.got(), errs)
	}
	w.set(at("09:00:00").Add(day)) // another day in Korea
	if got := w.stored().CountedToFriends("me", w.clock()); got != 0 {
		t.Errorf("%d messages counted on the next day", got)
	}
}

func TestManyMemosOnlyWarn(t *testing.T) {
	for before, want := range map[int]string{18: "", 19: "20 messages went to me today; Kakao documents no limit for the own chat, but may have one"} {
		w := family(t, "[me]")
		s := w.stored()
		s.Count("me", "me", w.clock(), before)
		w.store.data = w.seal(s)
		report := w.run(run.Options{})
		if got := strings.Join(report.Slots[0].Notes, ""); w.got() != "me" || exitCode(report) != 0 || got != want {
			t.Errorf("message %d went to %s; %v, notes %q, want %q", before+1, w.got(), report.Errors(), got, want)
		}
	}
}
