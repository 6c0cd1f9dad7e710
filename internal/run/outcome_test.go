package run_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
)

// What may be in the chat is told by no later slot of the run, whatever became of the other receivers.
func TestNewsWhoseAnswerWasLostIsToldOnceBesideAFailure(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]", append(boardToTwo, `at: "11:30"`, `at: ["11:30", "12:00"]`)...)
	w.longLived()
	w.pages.bodies["/menu"] = board("z")
	w.run(run.Options{})
	w.set(at("12:30:00").Add(day))
	w.longLived()
	w.pages.bodies["/menu"] = board("a", "z")
	w.kakao.Fail(sendPath, kakaotest.Fault{DropAfter: true})
	w.kakao.FailReceiver("uuid-0", -530, 1)
	w.run(run.Options{})
	mine := 0
	for _, told := range w.told() {
		if strings.HasPrefix(told, "me ") {
			mine++
		}
	}
	if mine != 1 {
		t.Errorf("told %q", w.told())
	}
}

func TestAnUnknownMarkIsSavedBeforeTheNextSlotIsWaitedFor(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]", `at: "11:30"`, `at: ["11:30", "11:45"]`)
	w.kakao.Fail(sendPath, kakaotest.Fault{DropAfter: true})
	w.kakao.FailReceiver("uuid-0", -530, 1)
	inner := w.runner.Sleep
	unsaved := false
	w.runner.Sleep = func(ctx context.Context, d time.Duration) error {
		_, marked := w.stored().Mark("lunch", at("11:30:00"), "me")
		unsaved = unsaved || d > time.Minute && !marked
		return inner(ctx, d)
	}
	if w.run(run.Options{}); unsaved {
		t.Error("waited with an unsaved mark")
	}
}
