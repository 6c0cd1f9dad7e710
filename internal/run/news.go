package run

import (
	"fmt"

	"wtm/internal/state"
)

// maxAllNew is how many items are sent when every item of a source is new: more are hardly news, but a site that has changed
// its addresses.
const maxAllNew = 10

// news leaves the items that have to be told, with `send: new`, and what to say behind them. done reports that out is
// finished without: there are none, or this is the first look.
func news(out *draft, s state.State, found []finding, o Options) (fresh []finding, note string, done bool) {
	if len(found) > state.MaxSeen {
		*out = failed(*out, &TooManyItemsError{Items: len(found)})
		return nil, "", true
	}
	baseline := s.Jobs[out.job.Name].Baseline.IsZero() && !o.Force && !out.partly()
	if baseline && out.broken != nil {
		*out = failed(*out, nil) // what the source that failed has would all be new next time
		return nil, "", true
	}
	if n := sharedIDs(found); n > 0 && o.DryRun {
		out.notes = append(out.notes, fmt.Sprintf("%d of %d items have the id of another, and count as one with it: look at `id:`", n, len(found)))
	}
	c := choose(unseen(s, out.slot, found, o.Force), found, baseline)
	for _, f := range found {
		// What the limit leaves for the next slot stays new. Who gets the slot now that others had before is told what they
		// were, and no more: what has come since is left for the next slot, too, which everybody gets.
		if !c.left[f.id] && (!out.partly() || s.Seen(out.job.Name, f.id)) {
			out.ids = append(out.ids, f.id)
		}
	}
	for _, f := range c.taken {
		out.fresh = append(out.fresh, f.id)
	}
	switch {
	case baseline:
		out.outcome = Baseline
		return c.taken, "", !o.DryRun || len(c.taken) == 0
	case len(c.taken) > 0 && c.flooded > 0:
		return c.taken, manyNew(c.flooded, c.shown), false
	case len(c.taken) > 0:
		return c.taken, "", false
	case out.broken != nil:
		*out = failed(*out, nil)
	default:
		out.items, out.outcome = 0, NothingNew
	}
	return nil, "", true
}

// choice is what is told of the new items of all sources.
type choice struct {
	taken []finding
	// left are the ids of those that stay new: over the `limit` of their source.
	left map[string]bool
	// flooded are the items of the sources that have only new ones and too many, of which shown are told and the rest never.
	flooded, shown int
}

// choose takes of each source as many items as may be told at once. At the first look all are known from then on.
func choose(fresh, found []finding, baseline bool) choice {
	c := choice{left: map[string]bool{}}
	all, news, taken := map[*visit]map[string]bool{}, map[*visit]int{}, map[*visit]int{}
	for _, f := range found {
		if all[f.visit] == nil {
			all[f.visit] = map[string]bool{}
		}
		all[f.visit][f.id] = true
	}
	for _, f := range fresh {
		news[f.visit]++
	}
	for _, f := range fresh {
		v := f.visit
		flood := !baseline && news[v] == len(all[v]) && news[v] > maxAllNew
		if flood {
			c.flooded++
		}
		over := v.limit > 0 && taken[v] >= v.limit
		switch {
		case flood && (over || taken[v] >= maxAllNew), baseline && over:
		case over:
			c.left[f.id] = true
		default:
			taken[v]++
			c.taken = append(c.taken, f)
			if flood {
				c.shown++
			}
		}
	}
	return c
}

// sharedIDs counts the items whose id one before them has.
func sharedIDs(found []finding) int {
	met := map[string]bool{}
	for _, f := range found {
		met[f.id] = true
	}
	return len(found) - len(met)
}

// TooManyItemsError is a page with more items than are remembered: old ones would be told as new.
type TooManyItemsError struct{ Items int }

func (e *TooManyItemsError) Error() string {
	return fmt.Sprintf("there are %d items, and no more than %d are remembered, so that new ones could not be told from old", e.Items, state.MaxSeen)
}

// Hint says how to have fewer.
func (*TooManyItemsError) Hint() string {
	return "narrow them with `keep:`, `drop:` or `since:` in wtm.yml, then: wtm preview --live"
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
