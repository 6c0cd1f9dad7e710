package run_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

func TestMoreItemsThanAreRememberedAreNotToldAgain(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, boardConfig)
	var titles []string
	for i := range state.MaxSeen + 500 {
		titles = append(titles, fmt.Sprint("n", i))
	}
	w.pages.bodies["/board"] = board(titles...)
	for range 3 {
		w.run(run.Options{})
		w.set(w.clock().Add(3 * time.Hour))
	}
	if len(w.texts()) != 0 {
		t.Errorf("%d messages of a page that stays as it is", len(w.texts()))
	}
	w.pages.bodies["/board"] = board(append([]string{"new"}, titles...)...)
	if w.run(run.Options{}); strings.Join(w.texts(), "|") != "new" {
		t.Errorf("messages %q", w.texts())
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
