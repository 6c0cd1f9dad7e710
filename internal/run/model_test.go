package run_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
	"wtm/internal/state"
)

// modelConfig tells three receivers the news of two boards, every half hour, a few at a time.
const modelConfig = `
jobs:
  notices:
    at: [%s]
    late: 8h
    source:
      - {url: "https://example.ac.kr/menu", limit: %d, html: {items: li, fields: {title: a}}}
      - {url: "https://example.ac.kr/other", limit: %d, html: {items: li, fields: {title: a}}}
    send: new
    id: "{{ .title }}"
    to: [me, {account: mom}, {friends: [하나]}]
    message: {text: "{{ range .Items }}{{ .title }} {{ end }}"}
`

// model is a day of two boards that grow while everything fails now and then.
type model struct {
	*world
	r     *rand.Rand
	mom   state.Account
	board [2][]string
	items []string
}

func newModel(t *testing.T, seed uint64) *model {
	m := &model{world: family(t, "[me]"), r: rand.New(rand.NewPCG(seed, 0)), board: [2][]string{{"z1"}, {"z2"}}}
	var slots []string
	for hour := 8; hour < 20; hour++ {
		slots = append(slots, fmt.Sprintf(`"%02d:00", "%02d:30"`, hour, hour))
	}
	yaml := fmt.Sprintf(modelConfig, strings.Join(slots, ", "), 3+m.r.IntN(3), 3+m.r.IntN(3))
	m.runner.Config = newWorld(t, at("07:00:00"), 50, true, yaml).runner.Config
	s := m.stored()
	s.Created = at("07:00:00")
	m.store.data = m.seal(s)
	m.set(at("08:00:00"))
	m.longLived()
	s = m.stored()
	m.mom = s.Accounts["mom"]
	m.look(at("08:00:00"))
	return m
}

// grow puts up to three new items on one board or both.
func (m *model) grow() {
	for range m.r.IntN(4) {
		name := fmt.Sprint("n", len(m.items))
		m.items = append(m.items, name)
		where := m.r.IntN(3)
		for i := range m.board {
			if where == i || where == 2 {
				m.board[i] = append([]string{name}, m.board[i]...)
			}
		}
	}
}

// disturb makes something fail in the next run.
func (m *model) disturb() {
	if m.r.IntN(5) == 0 {
		delete(m.pages.bodies, "/other")
	}
	switch m.r.IntN(6) {
	case 0:
		m.kakao.FailReceiver("uuid-0", -530, 1+m.r.IntN(3))
	case 1:
		m.kakao.FailReceiver("uuid-0", -530, 1+m.r.IntN(3))
		m.kakao.Fail(sendPath, kakaotest.Fault{DropAfter: true})
	case 2:
		m.kakao.Fail(sendPath, kakaotest.Fault{DropAfter: true})
	case 3:
		m.kakao.Fail(sendPath, kakaotest.Fault{Status: http.StatusBadRequest, Body: `{"code":-4,"msg":"x"}`})
	case 4:
		m.kakao.Fail(friendSendPath, kakaotest.Fault{DropAfter: true})
	}
	if m.r.IntN(4) == 0 {
		s := m.stored()
		delete(s.Accounts, "mom")
		m.store.data = m.seal(s)
	}
}

// look does one run at a time, on boards as they are.
func (m *model) look(now time.Time) {
	m.set(now)
	m.run(run.Options{})
	m.kakao.Heal()
	s := m.stored()
	s.Accounts["mom"] = m.mom
	m.store.data = m.seal(s)
	m.show()
}

func (m *model) show() {
	m.pages.bodies["/menu"], m.pages.bodies["/other"] = board(m.board[0]...), board(m.board[1]...)
}

// TestEachItemReachesEachReceiverOnce holds days of growing boards, late, early and missing triggers and failures of every
// kind against the one thing that counts: nothing new is lost, and nothing told twice.
func TestEachItemReachesEachReceiverOnce(t *testing.T) {
	for seed := range uint64(40) {
		m := newModel(t, seed)
		m.show()
		m.look(at("08:00:00"))
		for i := 1; i < 24; i++ {
			slot := at("08:00:00").Add(time.Duration(i) * 30 * time.Minute)
			if calm := i >= 14; calm { // so that what is over the limits is told, too
				m.look(slot)
				continue
			}
			m.grow()
			m.show()
			if m.r.IntN(3) == 0 {
				continue // no trigger came
			}
			m.disturb()
			m.look(slot.Add(time.Duration(m.r.IntN(30)-15) * time.Minute))
		}
		var all []string
		for _, told := range m.told() {
			words := strings.Fields(told)
			for _, item := range words[1:] {
				all = append(all, words[0]+" "+item)
			}
		}
		var want []string
		for _, item := range m.items {
			want = append(want, "me "+item, "mom "+item, "uuid-0 "+item)
		}
		slices.Sort(all)
		slices.Sort(want)
		for _, one := range slices.Compact(slices.Clone(want)) {
			if n := len(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s != one })); n != 1 {
				t.Errorf("seed %d: %q came %d times", seed, one, n)
			}
		}
	}
}
