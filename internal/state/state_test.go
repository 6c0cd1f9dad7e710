package state_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/secret"
	"wtm/internal/state"
)

var monday = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

// random builds states from so few values that they overlap in every way.
func random(r *rand.Rand) state.State {
	at := func() time.Time { return monday.Add(time.Duration(r.IntN(4)) * time.Hour) }
	token := func() state.Token {
		return state.Token{Value: secret.Value(fmt.Sprint("t", r.IntN(3))), IssuedAt: at(), ExpiresAt: at()}
	}
	s := state.New(at())
	if r.IntN(5) == 0 {
		s.Created = time.Time{}
	}
	for range r.IntN(3) {
		s.Accounts[fmt.Sprint("a", r.IntN(2))] = state.Account{UserID: r.Int64N(2), Access: token(), Refresh: token(), Scope: []string{fmt.Sprint("s", r.IntN(2))}}
	}
	outcomes := []state.Outcome{state.Sent, state.Unknown, state.Skipped, state.Missed}
	for range r.IntN(150) {
		s.SetMark(fmt.Sprint("j", r.IntN(2)), monday.AddDate(0, 0, r.IntN(90)), fmt.Sprint("r", r.IntN(2)), state.Mark{Outcome: outcomes[r.IntN(4)], At: at()})
	}
	for range r.IntN(3) {
		s.Owe("j0", monday.AddDate(0, 0, r.IntN(90)), []string{fmt.Sprint("id", r.IntN(3))})
	}
	for range r.IntN(3) {
		s.See("j0", []string{fmt.Sprint("id", r.IntN(5))}, at())
	}
	if j, ok := s.Jobs["j0"]; ok && r.IntN(2) == 0 {
		j.Baseline, j.LastText, j.LastTextAt = at(), fmt.Sprint("h", r.IntN(2)), at()
		s.Jobs["j0"] = j
	}
	for range r.IntN(3) {
		s.Count("a0", fmt.Sprint("r", r.IntN(2)), monday.AddDate(0, 0, r.IntN(2)), 1+r.IntN(3))
	}
	if r.IntN(2) == 0 {
		s.SetFailures("j0", state.Failures{InARow: r.IntN(3), Told: r.IntN(2) == 0, At: at()})
	}
	return s
}

func TestMergeIsCommutativeAssociativeIdempotent(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		a, b, c := random(r), random(r), random(r)
		check := func(law string, got, want state.State) {
			t.Helper()
			if !state.Equal(got, want) {
				t.Fatalf("seed %d: %s:\n%s", seed, law, cmp.Diff(want, got))
			}
		}
		check("a+b = b+a", state.Merge(a, b), state.Merge(b, a))
		check("(a+b)+c = a+(b+c)", state.Merge(state.Merge(a, b), c), state.Merge(a, state.Merge(b, c)))
		check("a+a = a", state.Merge(a, a), a)
		check("(a+b)+b = a+b", state.Merge(state.Merge(a, b), b), state.Merge(a, b))
	}
}

func TestMergeChangesNeitherArgument(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	a, b := random(r), random(r)
	keepA, keepB := a.Clone(), b.Clone()
	state.Merge(a, b)
	if !state.Equal(a, keepA) || !state.Equal(b, keepB) {
		t.Error("Merge changed an argument")
	}
}

// A refresh made with a stale copy brings a newer access token next to an older refresh token.
func TestMergeKeepsTheRotatedTokenOfEither(t *testing.T) {
	token := func(text string, hours int) state.Token {
		return state.Token{Value: secret.Value(text), IssuedAt: monday.Add(time.Duration(hours) * time.Hour)}
	}
	rotated, stale := state.New(monday), state.New(monday)
	rotated.Accounts[state.Me] = state.Account{Access: token("access-1", 1), Refresh: token("new", 1)}
	stale.Accounts[state.Me] = state.Account{Access: token("access-2", 2), Refresh: token("old", 0)}
	got := state.Merge(stale, rotated).Accounts[state.Me]
	if got.Refresh.Value != "new" || got.Access.Value != "access-2" {
		t.Errorf("refresh token %q and access token %q, want new and access-2", got.Refresh.Value.Reveal(), got.Access.Value.Reveal())
	}
}

func TestSentBeatsEveryOtherMark(t *testing.T) {
	for _, other := range []state.Outcome{state.Unknown, state.Skipped, state.Missed} {
		a, b := state.New(monday), state.New(monday)
		a.SetMark("lunch", monday, "me", state.Mark{Outcome: state.Sent, At: monday})
		b.SetMark("lunch", monday, "me", state.Mark{Outcome: other, At: monday.Add(time.Hour)})
		if m, _ := state.Merge(b, a).Mark("lunch", monday, "me"); m.Outcome != state.Sent {
			t.Errorf("sent and %s merge to %s", other, m.Outcome)
		}
	}
}

func TestStateIsBounded(t *testing.T) {
	s := state.New(monday)
	for i := range 3 * state.MaxSlots {
		s.SetMark("lunch", monday.AddDate(0, 0, i), "me", state.Mark{Outcome: state.Sent, At: monday})
	}
	var ids []string
	for i := range 3 * state.MaxSeen {
		ids = append(ids, fmt.Sprint("item-", i))
	}
	s.See("lunch", ids[:state.MaxSeen], monday)
	s.See("lunch", ids[state.MaxSeen:2*state.MaxSeen], monday.Add(time.Hour))
	if got := len(s.Jobs["lunch"].Slots); got != state.MaxSlots {
		t.Errorf("%d slots kept, want %d", got, state.MaxSlots)
	}
	if got := len(s.Jobs["lunch"].Seen); got != state.MaxSeen {
		t.Errorf("%d ids kept, want %d", got, state.MaxSeen)
	}
	if _, ok := s.Mark("lunch", monday.AddDate(0, 0, 3*state.MaxSlots-1), "me"); !ok {
		t.Error("the newest slot was dropped")
	}
	if s.Seen("lunch", ids[0]) || !s.Seen("lunch", ids[state.MaxSeen]) {
		t.Error("the ids kept are not those seen last")
	}
}

func TestSlotKeyIsTheSameInEveryZone(t *testing.T) {
	zone := time.FixedZone("KST", 9*3600)
	if a, b := state.SlotKey(monday), state.SlotKey(monday.In(zone)); a != b {
		t.Errorf("SlotKey = %s and %s", a, b)
	}
}
