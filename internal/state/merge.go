package state

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Merge returns a state that holds what either holds: of each token the one issued later, all marks and seen ids within
// their bounds. The order and the number of merges make no difference to the result.
func Merge(a, b State) State {
	out := a.Clone()
	out.Version = max(a.Version, b.Version)
	out.Created = earlier(a.Created, b.Created)
	out.Sends = mergeSends(a.Sends, b.Sends)
	for name, theirs := range b.Clone().Accounts {
		if ours, ok := out.Accounts[name]; ok {
			theirs = mergeAccounts(ours, theirs)
		}
		out.Accounts[name] = theirs
	}
	for name, theirs := range b.Clone().Jobs {
		if ours, ok := out.Jobs[name]; ok {
			theirs = mergeJobs(ours, theirs)
		}
		out.Jobs[name] = theirs
	}
	return out
}

// mergeAccounts takes each token by itself: a refresh made with a stale copy must not bring the old refresh token back.
func mergeAccounts(a, b Account) Account {
	out := a
	if compareTokens(a.Access, b.Access) < 0 {
		out.Access = b.Access
	}
	c := cmp.Or(compareTokens(a.Refresh, b.Refresh), cmp.Compare(a.UserID, b.UserID), slices.Compare(a.Scope, b.Scope))
	if c < 0 {
		out.Refresh, out.Scope, out.UserID = b.Refresh, b.Scope, b.UserID
	}
	return out
}

// compareTokens orders by time of issue; what follows only makes the order total.
func compareTokens(a, b Token) int {
	return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.Value.Reveal(), b.Value.Reveal()))
}

func mergeJobs(a, b Job) Job {
	out := a
	if out.Slots == nil {
		out.Slots = map[string]map[string]Mark{}
	}
	for key, marks := range b.Slots {
		if out.Slots[key] == nil {
			out.Slots[key] = map[string]Mark{}
		}
		for who, theirs := range marks {
			ours, ok := out.Slots[key][who]
			if !ok || compareMarks(ours, theirs) < 0 {
				out.Slots[key][who] = theirs
			}
		}
	}
	out.Slots = newest(out.Slots)
	out.Owed = mergeOwed(a.Owed, b.Owed, out.Slots)
	if out.Seen == nil && b.Seen != nil {
		out.Seen = map[string]time.Time{}
	}
	for id, at := range b.Seen {
		if at.After(out.Seen[id]) {
			out.Seen[id] = at
		}
	}
	out.Seen = latest(out.Seen)
	out.Baseline = earlier(a.Baseline, b.Baseline)
	out.Failures = mergeFailures(a.Failures, b.Failures)
	if cmp.Or(a.LastTextAt.Compare(b.LastTextAt), strings.Compare(a.LastText, b.LastText)) < 0 {
		out.LastText, out.LastTextAt = b.LastText, b.LastTextAt
	}
	return out
}

// rank orders outcomes by how much they say: that a message was sent beats every other account of the slot.
var rank = map[Outcome]int{Sent: 4, Unknown: 3, Skipped: 2, Missed: 1}

func compareMarks(a, b Mark) int {
	return cmp.Or(cmp.Compare(rank[a.Outcome], rank[b.Outcome]), b.At.Compare(a.At), strings.Compare(string(a.Outcome), string(b.Outcome)))
}

// earlier returns the earlier of two times; the zero time stands for none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
