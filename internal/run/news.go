package run

import (
	"fmt"
	"slices"

	"wtm/internal/state"
)

// maxAllNew is how many items are sent when every item of a page is new: more are hardly news, but a site that has changed
// its addresses.
const maxAllNew = 10

// news leaves the items that have to be told, with `send: new`, and what to say behind them. done reports that out is
// finished without: there are none, or this is the first look.
func news(out *draft, s state.State, found []finding, o Options) (fresh []finding, note string, done bool) {
	baseline := s.Jobs[out.job.Name].Baseline.IsZero() && !o.Force
	if baseline && out.broken != nil {
		*out = failed(*out, nil) // what the source that failed has would all be new next time
		return nil, "", true
	}
	if len(found) > state.MaxSeen {
		out.notes = append(out.notes, fmt.Sprintf("only the first %d of %d items are looked at: more are not remembered", state.MaxSeen, len(found)))
		found = found[:state.MaxSeen]
	}
	if n := sharedIDs(found); n > 0 && o.DryRun {
		out.notes = append(out.notes, fmt.Sprintf("%d of %d items have the id of another, and count as one with it: look at `id:`", n, len(found)))
	}
	fresh = unseen(s, out.slot, found, o.Force)
	var left []finding
	if !baseline {
		fresh, note = unflooded(fresh, found)
	}
	if note == "" {
		fresh, left = limited(fresh)
	}
	if baseline {
		left = nil // all that is there is known from now on
	}
	for _, f := range found {
		// What the limit leaves for the next slot stays new. Who gets the slot now that others had before is told what they
		// were, and no more: what has come since is left for the next slot, too, which everybody gets.
		if !slices.ContainsFunc(left, func(l finding) bool { return l.id == f.id }) && (!out.partly() || s.Seen(out.job.Name, f.id)) {
			out.ids = append(out.ids, f.id)
		}
	}
	for _, f := range fresh {
		out.fresh = append(out.fresh, f.id)
	}
	switch {
	case baseline:
		out.outcome = Baseline
		return fresh, "", !o.DryRun
	case len(fresh) > 0:
		return fresh, note, false
	case out.broken != nil:
		*out = failed(*out, nil)
	default:
		out.items, out.outcome = 0, NothingNew
	}
	return nil, "", true
}

// unflooded takes the first few of each source that has only new items and too many of them, and says so.
func unflooded(fresh, found []finding) (few []finding, note string) {
	all, news, taken := map[*visit]int{}, map[*visit]int{}, map[*visit]int{}
	for _, f := range found {
		all[f.visit]++
	}
	for _, f := range fresh {
		news[f.visit]++
	}
	flooded, shown := 0, 0
	for _, f := range fresh {
		if v := f.visit; news[v] == all[v] && news[v] > maxAllNew {
			flooded++
			if taken[v]++; taken[v] > maxAllNew {
				continue
			}
			shown++
		}
		few = append(few, f)
	}
	if flooded == 0 {
		return few, ""
	}
	few, _ = limited(few)
	return few, manyNew(flooded, shown)
}

// sharedIDs counts the items whose id one before them has.
func sharedIDs(found []finding) int {
	met := map[string]bool{}
	for _, f := range found {
		met[f.id] = true
	}
	return len(found) - len(met)
}

// limited splits items into those that the `limit` of their source lets through, and the others.
func limited(all []finding) (taken, left []finding) {
	count := map[*visit]int{}
	for _, f := range all {
		if count[f.visit]++; f.visit.limit > 0 && count[f.visit] > f.visit.limit {
			left = append(left, f)
			continue
		}
		taken = append(taken, f)
	}
	return taken, left
}

// unseen returns the items that a slot's receivers have not met, each once.
func unseen(s state.State, d slot, found []finding, force bool) []finding {
	var fresh []finding
	met := map[string]bool{}
	for _, f := range found {
		known := s.Seen(d.job.Name, f.id)
		if d.partly() {
			known = !s.Owes(d.job.Name, d.at, f.id)
		}
		if met[f.id] || known && !force {
			continue
		}
		met[f.id] = true
		fresh = append(fresh, f)
	}
	return fresh
}
