package state_test

import (
	"testing"
	"time"

	"wtm/internal/state"
)

// TestOnlyWhatRememberedSlotsOweIsKept has a slot that owes an item, and then more slots than a state keeps.
func TestOnlyWhatRememberedSlotsOweIsKept(t *testing.T) {
	first := time.Date(2026, 8, 1, 11, 30, 0, 0, time.UTC)
	slot := func(n int) time.Time { return first.AddDate(0, 0, n) }
	told := func(s *state.State, n int) {
		s.SetMark("notices", slot(n), "me", state.Mark{Outcome: state.Sent, At: slot(n)})
	}
	for name, c := range map[string]struct {
		later func(s *state.State) state.State
		owes  bool
	}{
		"the slot is remembered": {func(s *state.State) state.State {
			told(s, 1)
			s.Owe("notices", slot(1), []string{"another"})
			return *s
		}, true},
		"the slot is forgotten": {func(s *state.State) state.State {
			for n := range state.MaxSlots {
				told(s, n+1)
			}
			s.Owe("notices", slot(1), []string{"another"})
			return *s
		}, false},
		"the slot is forgotten in a merge": {func(s *state.State) state.State {
			theirs := state.New(first)
			for n := range state.MaxSlots {
				told(&theirs, n+1)
			}
			return state.Merge(*s, theirs)
		}, false},
	} {
		s := state.New(first)
		told(&s, 0)
		s.Owe("notices", slot(0), []string{"an item"})
		if !s.Owes("notices", slot(0), "an item") {
			t.Fatal("nothing is owed")
		}
		if after := c.later(&s); after.Owes("notices", slot(0), "an item") != c.owes {
			t.Errorf("%s: owed %v, want %v", name, !c.owes, c.owes)
		}
	}
	s := state.New(first)
	if s.Owe("notices", slot(0), []string{"an item"}); s.Owes("notices", slot(0), "an item") {
		t.Error("a slot that reached nobody owes what nobody was told")
	}
}
