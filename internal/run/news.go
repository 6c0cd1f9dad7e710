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
	different := differentIDs(found)
	if different > state.MaxSeen {
		*out = failed(*out, &TooManyItemsError{Items: different})
		return nil, "", true
	}
	firstLook := s.Jobs[out.job.Name].Baseline.IsZero() && !out.partly()
	baseline := firstLook && !o.Force
	if (firstLook || out.partly()) && out.broken != nil {
		// What the source that failed has would all be new next time, or is what others were told.
		*out = failed(*out, nil)
		return nil, "", true
	}
	if n := len(found) - different; n > 0 && o.DryRun {
		out.notes = append(out.notes, fmt.Sprintf("%d of %d items have the id of another, and count as one with it: look at `id:`", n, len(found)))
	}
	fresh = unseen(s, out.slot, found, o.Force)
	c := choice{taken: fresh}
	if !out.partly() { // what is owed was chosen when others were told
		c = choose(fresh, firstLook, o.Force)
	} else if gone := s.OwedAt(out.job.Name, out.at) - len(fresh); gone > 0 && !o.Force {
		out.broken = named(out.job, &GoneError{Items: gone})
	}
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

// choose takes of each source as many items as may be told at once. From the first look on all that was there is known. Who forces a run
// has everything told again, and that is no flood.
func choose(fresh []finding, firstLook, force bool) choice {
	c := choice{left: map[string]bool{}}
	news, taken := map[*visit]int{}, map[*visit]int{}
	for _, f := range fresh {
		news[f.visit]++
	}
	for _, f := range fresh {
		v := f.visit
		flood := !firstLook && !force && news[v] == v.ids && news[v] > maxAllNew
		if flood {
			c.flooded++
		}
		over := v.limit > 0 && taken[v] >= v.limit
		switch {
		case flood && (over || taken[v] >= maxAllNew), firstLook && over:
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

// differentIDs counts the items by their ids.
func differentIDs(found []finding) int {
	met := map[string]bool{}
	for _, f := range found {
		met[f.id] = true
	}
	return len(met)
}

// GoneError says that items which some receivers of a slot were told are no longer on the page for the others.
type GoneError struct{ Items int }

func (e *GoneError) Error() string {
	return fmt.Sprintf("no longer on the page of what the others got at this slot: %d", e.Items)
}

// Hint says where they are.
func (*GoneError) Hint() string {
	return "who got the slot can pass them on; the next slot has what is new since"
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
