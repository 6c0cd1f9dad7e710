package run_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
	"wtm/internal/state"
)

const (
	friendsPath    = "/v1/api/talk/friends"
	friendSendPath = "/v1/api/talk/friends/message/default/send"
)

// family is a world whose lunch goes to so many receivers. The user has eight friends, 둘 twice, and mom an account.
func family(t *testing.T, to string, edits ...string) *world {
	t.Helper()
	yaml := strings.Replace(lunchConfig, "    message:", "    to: "+to+"\n    message:", 1)
	w := newWorld(t, at("11:30:00"), 50, true, strings.NewReplacer(edits...).Replace(yaml))
	w.kakao.Change(func(s *kakaotest.Server) { s.Scopes = []string{"talk_message", "friends"} })
	for i, name := range []string{"하나", "둘", "둘", "셋", "넷", "다섯", "여섯", "일곱"} {
		w.kakao.AddFriend(fmt.Sprintf("uuid-%d", i), name)
	}
	mom := w.kakao.AddUser("mom")
	w.mom = mom
	w.kakao.AddAccessTokenFor(mom, "mom-access-token", w.clock().Add(time.Hour))
	w.kakao.AddRefreshTokenFor(mom, "mom-refresh-token", w.clock().AddDate(0, 0, 50))
	s := w.stored()
	s.Accounts["mom"] = state.Account{
		Access:  state.Token{Value: "mom-access-token", IssuedAt: w.clock().Add(-5 * time.Hour), ExpiresAt: w.clock().Add(time.Hour)},
		Refresh: state.Token{Value: "mom-refresh-token", IssuedAt: w.clock().AddDate(0, 0, -10), ExpiresAt: w.clock().AddDate(0, 0, 50)},
	}
	w.store.data = w.seal(s)
	return w
}

// got are the receivers of all messages, sorted: me, the uuid of a friend, or from whom to whom.
func (w *world) got() string {
	var all []string
	for _, d := range w.kakao.Delivered() {
		to := d.To
		if d.From != w.kakao.Me().Name && d.To == "me" {
			to = d.From
		}
		all = append(all, to)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestEveryReceiverGetsASlotOnce(t *testing.T) {
	w := family(t, "[me, {account: mom}, {friends: [하나, uuid-2, 셋, 넷, 다섯, 여섯, 일곱]}]")
	report := w.run(run.Options{})
	const want = "me mom uuid-0 uuid-2 uuid-3 uuid-4 uuid-5 uuid-6 uuid-7"
	if w.got() != want || exitCode(report) != 0 {
		t.Errorf("sent to %s; %v", w.got(), report.Errors())
	}
	if diff := cmp.Diff([]string{"me", "account:mom", "friend:하나", "friend:uuid-2", "friend:셋", "friend:넷", "friend:다섯", "friend:여섯", "friend:일곱"}, report.Slots[0].Sent); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
	if n := w.asked(friendSendPath); n != 2 {
		t.Errorf("%d calls for seven friends, five a call", n)
	}
	if w.run(run.Options{}); w.got() != want {
		t.Errorf("a second run sends again: %s", w.got())
	}
}

func TestAReceiverThatFailsBlocksNobodyAndIsTriedAgain(t *testing.T) {
	w := family(t, "[me, {account: mom}, {friends: [하나, 셋, 넷]}]")
	w.kakao.FailReceiver("uuid-3", -530, 1)
	w.kakao.Fail(sendPath, kakaotest.Fault{Status: http.StatusBadRequest, Body: `{"code":-4,"msg":"x"}`}) // me or mom
	report := w.run(run.Options{})
	errs := report.Errors()
	if len(errs) != 2 || !strings.Contains(fmt.Sprint(errs), `job "lunch": sending to friend:셋: `) || exitCode(report) != 3 {
		t.Errorf("errors %v", errs)
	}
	first := w.got()
	if first != "me uuid-0 uuid-4" && first != "mom uuid-0 uuid-4" {
		t.Errorf("sent to %s", first)
	}
	if report = w.run(run.Options{}); w.got() != "me mom uuid-0 uuid-3 uuid-4" || exitCode(report) != 0 {
		t.Errorf("then sent to %s; %v", w.got(), report.Errors())
	}
}

func TestReceiversThatAreNotThereAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ to, want, hint string }{
		"unknown":    {"[me, {friends: [아홉]}]", `sending to friend:아홉: Kakao lists no friend "아홉", by nickname or uuid`, "it lists 하나, 둘, 둘, 셋"},
		"ambiguous":  {"[me, {friends: [둘]}]", `sending to friend:둘: 2 friends are called "둘"`, `to: [{friends: ["uuid-1"]}], or "uuid-2"`},
		"no account": {"[me, {account: dad}]", "account dad: the state holds no Kakao token", "log in: wtm login --account dad"},
	} {
		w := family(t, c.to)
		report := w.run(run.Options{})
		errs := report.Errors()
		if w.got() != "me" || len(errs) != 1 || !strings.HasSuffix(errs[0].Error(), c.want) || exitCode(report) != 3 {
			t.Errorf("%s: sent to %s; %v", name, w.got(), errs)
			continue
		}
		if hint := hintOf(errs[0]); !strings.Contains(hint, c.hint) {
			t.Errorf("%s: hint %q", name, hint)
		}
		if report.Slots[0].Outcome != run.Failed {
			t.Errorf("%s: outcome %s", name, report.Slots[0].Outcome)
		}
	}
}

func TestAFriendWhoLeftIsNamedAndTheOthersAreSentTo(t *testing.T) {
	w := family(t, "[{friends: [하나, 떠난이, 넷]}]")
	w.kakao.AddFriend("uuid-left", "떠난이", func(f *kakaotest.Friend) { f.Left = true })
	report := w.run(run.Options{})
	if errs := report.Errors(); w.got() != "uuid-0 uuid-4" || len(errs) != 1 || !strings.Contains(errs[0].Error(), "friend:떠난이") || !strings.Contains(errs[0].Error(), "-502") {
		t.Errorf("sent to %s; %v", w.got(), errs)
	}
}

func TestEveryAccountIsKeptAlive(t *testing.T) {
	w := family(t, "[me]")
	s := w.stored()
	mom := s.Accounts["mom"]
	mom.Refresh.ExpiresAt = w.clock().AddDate(0, 0, 20)
	s.Accounts["mom"] = mom
	w.store.data = w.seal(s)
	w.set(at("03:00:00").Add(24 * 24 * time.Hour)) // nothing is due, and at Kakao too mom has under 30 days left
	report := w.run(run.Options{})
	if got := w.stored().Accounts["mom"].Refresh; got.Value == "mom-refresh-token" || !report.Rotated {
		t.Errorf("mom's token was not rotated: %v", report.Errors())
	}
}

func TestAnAccountWhoseLoginEndedHoldsUpNoOther(t *testing.T) {
	w := family(t, "[me, {account: mom}]")
	s := w.stored()
	mom := s.Accounts["mom"]
	mom.Access = state.Token{}
	mom.Refresh.Value = "dead"
	s.Accounts["mom"] = mom
	w.store.data = w.seal(s)
	report := w.run(run.Options{})
	errs := report.Errors()
	if w.got() != "me" || len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "account mom: refreshing the Kakao token: ") || hintOf(errs[0]) != "wtm login --account mom" || exitCode(report) != 3 {
		t.Errorf("sent to %s; %v, hint %q", w.got(), errs, hintOf(errs[0]))
	}
}

func TestAReceiverAddedLaterHasMissedNothing(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]")
	s := w.stored()
	for d := range 3 {
		s.SetMark("lunch", at("11:30:00").AddDate(0, 0, d-3), "me", state.Mark{Outcome: state.Sent, At: w.clock()})
	}
	w.store.data = w.seal(s)
	if got := outcomes(w.run(run.Options{})); got != "lunch 11:30 sent" || w.got() != "me uuid-0" {
		t.Errorf("%s, to %s", got, w.got())
	}
}

func TestWhatOneReceiverNeverGotIsReportedAsMissed(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]")
	w.kakao.FailReceiver("uuid-0", -530, 1)
	s := w.stored()
	for _, who := range []string{"me", "friend:하나"} {
		s.SetMark("lunch", at("11:30:00").Add(-day), who, state.Mark{Outcome: state.Sent, At: w.clock().Add(-day)})
	}
	w.store.data = w.seal(s)
	w.run(run.Options{})
	w.set(at("15:00:00"))
	if got := outcomes(w.run(run.Options{})); got != "lunch 11:30 missed" {
		t.Errorf("%s", got)
	}
}

// boardToTwo tells me and a friend what is new.
var boardToTwo = []string{"lunch:", "lunch:\n    send: new", "table: {column: today, row: 점심, split: words}, none: 미운영", "html: {items: li}"}

func TestWhoMissedTheNewsGetsItWithTheSameSlot(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]", boardToTwo...)
	w.pages.bodies["/menu"] = board("a")
	w.run(run.Options{}) // takes a as known
	w.set(w.clock().Add(day))
	s := w.stored()
	for name, a := range s.Accounts {
		a.Access.ExpiresAt = a.Access.ExpiresAt.Add(day)
		s.Accounts[name] = a
	}
	w.kakao.AddAccessToken("first-access-token", w.clock().Add(time.Hour))
	w.store.data = w.seal(s)

	w.pages.bodies["/menu"] = board("b", "a")
	w.kakao.FailReceiver("uuid-0", -530, 1)
	w.run(run.Options{})
	w.pages.bodies["/menu"] = board("c", "b", "a")
	w.set(w.clock().Add(15 * time.Minute))
	if got := outcomes(w.run(run.Options{})); got != "lunch 11:30 sent" {
		t.Errorf("%s", got)
	}
	var all []string
	for _, d := range w.kakao.Delivered() {
		all = append(all, d.To+" "+d.Text)
	}
	if diff := cmp.Diff([]string{"me b", "uuid-0 b"}, all); diff != "" {
		t.Errorf("the slot's news (-want +got):\n%s", diff)
	}
	report := w.run(run.Options{Force: true})
	if len(report.Errors()) != 0 {
		t.Fatal(report.Errors())
	}
	if !w.stored().Seen("lunch", "https://example.ac.kr/c") {
		t.Error("what came meanwhile is not known after a slot that everybody got")
	}
}

func TestAMessageThatBreaksOffForOneFriendGoesOnForTheOthers(t *testing.T) {
	w := family(t, "[{friends: [하나, 셋]}]", `"{{ join \"\\n\" .Items }}"`, `"{{ range 12 }}긴 글이 여기에 있습니다 그리고 또 있습니다 {{ end }}"`)
	calls := 0
	w.kakao.OnRequest = func(_ int, phase, path string) {
		if phase == "before" && path == friendSendPath {
			if calls++; calls == 2 {
				w.kakao.FailReceiver("uuid-0", -530, 1)
			}
		}
	}
	report := w.run(run.Options{})
	if got := w.got(); got != "uuid-0 uuid-3 uuid-3" {
		t.Errorf("sent to %s", got)
	}
	mark, _ := w.stored().Mark("lunch", at("11:30:00"), "friend:하나")
	other, _ := w.stored().Mark("lunch", at("11:30:00"), "friend:셋")
	if mark.Outcome != state.Unknown || other.Outcome != state.Sent || exitCode(report) == 0 {
		t.Errorf("marks %s and %s, %v", mark.Outcome, other.Outcome, report.Errors())
	}
}

func TestThePauseBetweenPartsIsTheJobs(t *testing.T) {
	w := family(t, "[me]", "lunch:", "lunch:\n    pause: 2s", `"{{ join \"\\n\" .Items }}"`, `"{{ range 12 }}긴 글이 여기에 있습니다 그리고 또 있습니다 {{ end }}"`)
	w.run(run.Options{})
	all := w.kakao.Delivered()
	if len(all) != 2 || all[1].At.Sub(all[0].At) < 2*time.Second {
		t.Errorf("%d parts, %v", len(all), all)
	}
}

// TestDifferentReceiversAreSentToAtTheSameTime holds two receivers' requests until both are there.
func TestDifferentReceiversAreSentToAtTheSameTime(t *testing.T) {
	w := family(t, "[me, {account: mom}]")
	var inside atomic.Int32
	both := make(chan struct{})
	w.kakao.OnRequest = func(_ int, phase, path string) {
		if phase != "before" || path != sendPath {
			return
		}
		if inside.Add(1) == 2 {
			close(both)
		}
		select {
		case <-both:
		case <-time.After(2 * time.Minute):
			t.Error("one receiver waits for the other")
		}
	}
	if w.run(run.Options{}); w.got() != "me mom" {
		t.Errorf("sent to %s", w.got())
	}
}

func TestTheListOfFriendsIsAskedForOnceAndItsRefusalSaidOnce(t *testing.T) {
	w := family(t, "[me, {friends: [하나, 셋]}]")
	w.kakao.Change(func(s *kakaotest.Server) { s.Scopes = []string{"talk_message"} })
	report := w.run(run.Options{})
	errs := report.Errors()
	if w.got() != "me" || len(errs) != 1 || !strings.Contains(errs[0].Error(), "reading the list of friends: ") || exitCode(report) != 3 || w.asked(friendsPath) != 1 {
		t.Errorf("sent to %s; %v, %d requests", w.got(), errs, w.asked(friendsPath))
	}
}
