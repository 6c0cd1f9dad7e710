package run_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/run"
	"wtm/internal/state"
)

// told are the messages of a world, with who got them.
func (w *world) told() []string {
	var all []string
	for _, d := range w.kakao.Delivered() {
		to := d.To
		if d.From != w.kakao.Me().Name {
			to = d.From
		}
		all = append(all, to+" "+strings.ReplaceAll(d.Text, "\n", " "))
	}
	return all
}

// longLived gives every account an access token for a day.
func (w *world) longLived() {
	s := w.stored()
	for name, a := range s.Accounts {
		a.Access.ExpiresAt = w.clock().Add(day)
		s.Accounts[name] = a
		if name == state.Me {
			w.kakao.AddAccessToken(a.Access.Value.Reveal(), a.Access.ExpiresAt)
		} else {
			w.kakao.AddAccessTokenFor(w.mom, a.Access.Value.Reveal(), a.Access.ExpiresAt)
		}
	}
	w.store.data = w.seal(s)
}

func TestAReceiverWhoFailsOverTwoSlotsGetsTheNewsOfBoth(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]", append(boardToTwo, `at: "11:30"`, `at: ["11:30", "12:00", "12:30"]`)...)
	w.longLived()
	look := func(clock string, failures int, titles ...string) {
		w.set(at(clock))
		w.pages.bodies["/menu"] = board(titles...)
		w.kakao.FailReceiver("uuid-0", -530, failures)
		if failures == 0 {
			w.kakao.Heal()
		}
		w.run(run.Options{})
	}
	look("11:30:00", 0, "z")
	look("12:00:00", -1, "a", "z")
	look("12:30:00", -1, "b", "a", "z")
	look("12:45:00", 0, "b", "a", "z")
	if diff := cmp.Diff([]string{"me a", "me b", "uuid-0 a", "uuid-0 b"}, w.told()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestAChangeIsToldToThoseWhoWereServedBefore(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]", "lunch:", "lunch:\n    send: changed", `at: "11:30"`, `at: ["11:30", "12:00"]`)
	w.longLived()
	w.kakao.FailReceiver("uuid-0", -530, 1)
	w.run(run.Options{})
	w.pages.bodies["/menu"] = strings.Replace(menuPage, "쌀밥 국", "국수", 1)
	w.set(at("11:40:00"))
	w.run(run.Options{})
	w.set(at("12:00:00"))
	w.run(run.Options{})
	if got := strings.Join(w.told(), "|"); !strings.Contains(got, "me 국수") {
		t.Errorf("told %s", got)
	}
}

func TestMoreItemsThanAreRememberedAreRefused(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, boardConfig)
	var titles []string
	for i := range state.MaxSeen + 1 {
		titles = append(titles, fmt.Sprint("n", i))
	}
	w.pages.bodies["/board"] = board(titles...)
	report := w.run(run.Options{})
	if errs := report.Errors(); outcomes(report) != "notices 09:00 failed" || !strings.Contains(errs[0].Error(), "there are 2001 items, and no more than 2000 are remembered") {
		t.Errorf("%s, %v", outcomes(report), errs)
	}
	w.pages.bodies["/board"] = board(titles[1:]...)
	if got := outcomes(w.run(run.Options{})); got != "notices 09:00 baseline" {
		t.Errorf("%s", got)
	}
}

// Of a source that changed its addresses a few are shown, and none told later; another keeps what is over its limit new. A
// notice that stands on the page twice makes no difference.
func TestAFloodAndALimitSideBySide(t *testing.T) {
	yaml := strings.Replace(twoBoards, `other", html`, `other", limit: 2, html`, 1)
	w := newWorld(t, at("12:00:00"), 50, true, yaml)
	many := func(prefix string) (all []string) {
		for i := range 30 {
			all = append(all, fmt.Sprint(prefix, i))
		}
		return append(all, prefix+"0")
	}
	look := func(day int, one, other []string) {
		w.set(at("12:00:00").AddDate(0, 0, day))
		w.pages.bodies["/board"], w.pages.bodies["/other"] = board(one...), board(other...)
		w.run(run.Options{})
	}
	look(0, many("a"), []string{"z"})
	look(1, many("b"), []string{"o1", "o2", "o3", "z"})
	look(2, many("b"), []string{"o1", "o2", "o3", "z"})
	got := strings.Join(w.texts(), "|")
	if !strings.Contains(got, "30건 가운데 10건") || strings.Contains(got, "b10") || !strings.Contains(got, "o1 o2") || !strings.HasSuffix(got, "|o3") {
		t.Errorf("messages %q", got)
	}
}

// Who is left of a slot gets what the others got, or it is said that he cannot.
func TestWhatIsOwedIsTheSlotsOrSaidToBeGone(t *testing.T) {
	for name, c := range map[string]struct {
		retry func(*world) // what has become of the page
		want  string       // what came of the retry, and who was told what
		says  string
	}{
		"another item is new": {func(w *world) { w.pages.bodies["/menu"] = board("c", "b", "a", "z") }, "sent|me b a|uuid-0 b a", ""},
		"one has gone":        {func(w *world) { w.pages.bodies["/menu"] = board("b", "z") }, "sent|me b a|uuid-0 b", "no longer on the page of what the others got at this slot: 1"},
		"all have gone":       {func(w *world) { w.pages.bodies["/menu"] = board("z") }, "failed|me b a", "no longer on the page of what the others got at this slot: 2"},
		"the list is empty":   {func(w *world) { w.pages.bodies["/menu"] = "<ul></ul>" }, "failed|me b a", ""},
	} {
		w := family(t, "[me, {friends: [하나]}]", boardToTwo...)
		w.longLived()
		w.pages.bodies["/menu"] = board("z")
		w.run(run.Options{})
		w.set(w.clock().Add(day))
		w.longLived()
		w.pages.bodies["/menu"] = board("b", "a", "z")
		w.kakao.FailReceiver("uuid-0", -530, 1)
		w.run(run.Options{})
		c.retry(w)
		report := w.run(run.Options{})
		got := strings.TrimPrefix(outcomes(report), "lunch 11:30 ") + "|" + strings.Join(w.told(), "|")
		if got != c.want || !strings.Contains(fmt.Sprint(report.Errors()), c.says) {
			t.Errorf("%s: %s; %v", name, got, report.Errors())
		}
	}
}

func TestItemsThatTwoSourcesShareMakeNoFlood(t *testing.T) {
	w := newWorld(t, at("12:00:00"), 50, true, twoBoards)
	shared := []string{"s1", "s2", "s3"}
	w.pages.bodies["/board"], w.pages.bodies["/other"] = board(shared...), board(shared...)
	w.run(run.Options{})
	w.set(w.clock().Add(day))
	var fresh []string
	for i := range 12 {
		fresh = append(fresh, fmt.Sprint("n", i))
	}
	w.pages.bodies["/other"] = board(append(fresh, shared...)...)
	w.run(run.Options{})
	if got := strings.Join(w.texts(), ""); strings.Contains(got, "처음 보는") || !strings.Contains(got, "n11") {
		t.Errorf("messages %q", got)
	}
}

// A slot that others got while the job told everything is no first look for who gets it now.
func TestASlotServedInPartIsNoFirstLook(t *testing.T) {
	w := family(t, "[me, {friends: [하나]}]", boardToTwo...)
	w.longLived()
	w.pages.bodies["/menu"] = board("b", "a")
	s := w.stored()
	s.SetMark("lunch", at("11:30:00"), "me", state.Mark{Outcome: state.Sent, At: at("11:30:00")})
	w.store.data = w.seal(s)
	w.run(run.Options{DryRun: true})
	w.run(run.Options{})
	w.set(at("11:30:00").Add(day))
	w.longLived()
	w.run(run.Options{})
	if len(w.texts()) != 0 {
		t.Errorf("told %q", w.told())
	}
}

func TestOneSourceThatChangesItsAddressesFloodsNobody(t *testing.T) {
	w := newWorld(t, at("12:00:00"), 50, true, strings.Replace(twoBoards, `"{{ .title }}"`, `"{{ .title }}" # each item by its title`, 1))
	many := func(prefix string) (all []string) {
		for i := range 30 {
			all = append(all, fmt.Sprint(prefix, i))
		}
		return all
	}
	w.pages.bodies["/board"], w.pages.bodies["/other"] = board(many("a")...), board("z")
	w.run(run.Options{})
	w.set(w.clock().Add(day))
	w.pages.bodies["/board"] = board(many("b")...)
	w.run(run.Options{})
	if got := strings.Join(w.texts(), ""); strings.Contains(got, "b10") || !strings.Contains(got, "b9\n") || !strings.Contains(got, "30건 가운데 10건") {
		t.Errorf("messages %q", got)
	}
}
