package run_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
)

// TestNothingUsesARotatedTokenThatIsNotSaved has three calls of one account under way when its access token turns out to be
// dead, and the refresh that cures it rotates and cannot be saved.
func TestNothingUsesARotatedTokenThatIsNotSaved(t *testing.T) {
	w := family(t, "[{friends: [하나, 셋, 넷, 다섯, 여섯, 일곱, uuid-1, uuid-2]}, me, {account: mom}]")
	s := w.stored()
	me := s.Accounts["me"]
	me.Refresh.ExpiresAt = w.clock().AddDate(0, 0, 20)
	s.Accounts["me"] = me
	w.store.data = w.seal(s)
	w.kakao.AddRefreshToken("first-refresh-token", w.clock().AddDate(0, 0, 20))
	me.Access.IssuedAt = w.clock().Add(-time.Minute) // tried in its window: no rotation beforehand
	s.Accounts["me"] = me
	w.store.data = w.seal(s)
	listed := false
	w.kakao.OnRequest = func(_ int, phase, path string) {
		if phase == "after" && path == friendsPath && !listed {
			listed = true
			w.kakao.RevokeAccess()
		}
	}
	w.store.fail = func(why string) error {
		if strings.Contains(why, "rotated") {
			return errors.New("no room")
		}
		return nil
	}
	report := w.run(run.Options{})
	if w.got() != "mom" || w.emergency == nil || exitCode(report) != 3 || len(report.Errors()) != 1 {
		t.Errorf("sent to %q, emergency copy %v, %v", w.got(), w.emergency != nil, report.Errors())
	}
}

func TestAFriendByTwoNamesIsOne(t *testing.T) {
	w := family(t, "[{friends: [하나, 셋, uuid-0, 넷, 다섯, 여섯]}]")
	report := w.run(run.Options{})
	errs := report.Errors()
	if w.got() != "uuid-0 uuid-3 uuid-4 uuid-5 uuid-6" || len(errs) != 1 || !strings.Contains(errs[0].Error(), `"uuid-0" is the friend who is in `) {
		t.Errorf("sent to %s; %v", w.got(), errs)
	}
	// Nor does the next run take the name that is left for another friend.
	if w.run(run.Options{}); w.got() != "uuid-0 uuid-3 uuid-4 uuid-5 uuid-6" {
		t.Errorf("then sent to %s", w.got())
	}
}

func TestAFriendWhoseNameInTheConfigChangesGetsTheSlotOnce(t *testing.T) {
	w := family(t, "[{friends: [uuid-0]}]")
	w.run(run.Options{})
	// The slot is marked for the other name, too, and not due any more.
	for _, c := range [][2]string{{"[{friends: [하나, uuid-0]}]", "lunch 11:30 elsewhere"}, {"[{friends: [하나]}]", ""}} {
		to, want := c[0], c[1]
		w.runner.Config = family(t, to).runner.Config
		if got := outcomes(w.run(run.Options{})); got != want {
			t.Errorf("%s: %q", to, got)
		}
	}
	if w.got() != "uuid-0" {
		t.Errorf("sent to %s", w.got())
	}
}

func TestAlertsCountAmongTheDaysSends(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	breakPage(w, 3)
	if got := w.stored().Counted("me", "me", w.clock()); got != len(w.texts()) || got == 0 {
		t.Errorf("%d counted of %d", got, len(w.texts()))
	}
}

func TestWithoutAnAccountOfOnesOwnTheFirstIsTold(t *testing.T) {
	w := family(t, "[{account: mom}]")
	s := w.stored()
	delete(s.Accounts, "me")
	w.store.data = w.seal(s)
	breakPage(w, 3)
	for _, d := range w.kakao.Delivered() {
		if d.From != "mom" {
			t.Errorf("told %s", d.From)
		}
	}
	if len(w.kakao.Delivered()) == 0 {
		t.Error("told nobody")
	}
}

func TestAMessageWithoutItsPictureCountsAsSent(t *testing.T) {
	w := pictureWorld(t, pictureConfig)
	w.kakao.Fail(uploadPath, kakaotest.Fault{Status: http.StatusBadRequest, Body: `{"code":-911,"msg":"x"}`})
	report := w.run(run.Options{})
	if got := outcomes(report); got != "lunch 11:30 sent" || exitCode(report) != 1 {
		t.Errorf("%s, %v", got, report.Errors())
	}
}

func TestAnotherAccountUploadsWhatOneCannot(t *testing.T) {
	w := family(t, "[me, {account: mom}]", "table: {column: today, row: 점심, split: words}, none: 미운영", `html: {items: p, fields: {image: "img@src"}}`,
		`{text: "{{ join \"\\n\" .Items }}"}`, `{feed: {title: a, image: "{{ (index .Items 0).image }}", upload: true}}`)
	w.pages.bodies["/menu"], w.pages.bodies["/week.png"] = `<p><img src="https://example.ac.kr/week.png"></p>`, pngOf(t, 3)
	w.kakao.Fail(uploadPath, kakaotest.Fault{Status: http.StatusForbidden, Body: `{"code":-5,"msg":"x"}`})
	report := w.run(run.Options{})
	if len(w.kakao.Uploads()) != 1 || w.kakao.Uploads()[0].From != "mom" || w.got() != "me mom" || exitCode(report) != 0 {
		t.Errorf("%d uploads, sent to %s, %v", len(w.kakao.Uploads()), w.got(), report.Errors())
	}
}

// rotating is a world whose two accounts have refresh tokens in their last month.
func rotating(t *testing.T) *world {
	t.Helper()
	w := family(t, "[me]")
	s := w.stored()
	for name, a := range s.Accounts {
		a.Refresh.ExpiresAt = w.clock().AddDate(0, 0, 20)
		s.Accounts[name] = a
	}
	w.store.data = w.seal(s)
	w.kakao.AddRefreshToken("first-refresh-token", w.clock().AddDate(0, 0, 20))
	return w
}

// A stop while one account's token is rotated begins no other rotation, which could not be taken back.
func TestAStopBeginsNoOtherRotation(t *testing.T) {
	w := rotating(t)
	ctx, stop := context.WithCancel(t.Context())
	w.store.fail = func(why string) error {
		if strings.Contains(why, "rotated") {
			stop()
		}
		return nil
	}
	if _, err := w.runner.Run(ctx, run.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := w.asked(tokenPath); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// While a rotated token could not be saved, no other is rotated: one emergency copy holds all that is new.
func TestOneTokenThatCannotBeSavedIsEnough(t *testing.T) {
	w := rotating(t)
	copies := 0
	w.runner.Emergency = func([]byte) { copies++ }
	w.store.fail = func(why string) error {
		if strings.Contains(why, "rotated") {
			return errors.New("no room")
		}
		return nil
	}
	if report := w.run(run.Options{}); copies != 1 || w.asked(tokenPath) != 1 || exitCode(report) != 3 {
		t.Errorf("%d copies, %d refreshes, %v", copies, w.asked(tokenPath), report.Errors())
	}
}

func TestOneFriendWhomKakaoRefusesForAllBlocksNobody(t *testing.T) {
	w := family(t, "[{friends: [하나, 셋, 넷]}]")
	w.kakao.Fail(friendSendPath, kakaotest.Fault{Status: http.StatusBadRequest, Body: `{"code":-2,"msg":"Not allowed to send a message to some of receivers."}`})
	w.kakao.FailReceiver("uuid-3", -502, 1)
	report := w.run(run.Options{})
	if errs := report.Errors(); w.got() != "uuid-0 uuid-4" || len(errs) != 1 || !strings.Contains(errs[0].Error(), "friend:셋") {
		t.Errorf("sent to %s; %v", w.got(), errs)
	}
}

func TestASlotThatNobodyCouldBeSentSaysNothingOfBeingServed(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 20, false, lunchConfig)
	w.store.fail = func(why string) error { return errors.New("no room") }
	for _, err := range w.run(run.Options{}).Errors() {
		if errors.As(err, new(*run.UnmarkedError)) {
			t.Error(err)
		}
	}
}
