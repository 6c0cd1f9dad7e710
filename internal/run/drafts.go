package run

import (
	"slices"
	"time"
)

// patience is how long, in all of a run, drafts that are ready wait for those before them: messages come in the order of
// the config unless a page hangs.
const patience = 2 * time.Second

// drafts are the due slots of a run, some ready and some still being made.
type drafts struct {
	list     []draft
	finished chan int // indexes into list, as they become ready
	left     int      // those not finished yet
	ready    []int
	slots    []time.Time // of list, which drafts still being made must not be asked for
	jobs     []string    // of list, too
	done     []bool
	waited   time.Duration // of patience
}

// next returns the draft to deliver now, the earliest slot first, or false when all have been. It waits for drafts still
// being made, but never past the slot of one that is ready: a page that hangs holds up nothing but its own job.
func (d *drafts) next(now func() time.Time) (int, bool) {
	for {
		d.collect()
		if len(d.ready) == 0 {
			if d.left == 0 {
				return 0, false
			}
			d.add(<-d.finished)
			continue
		}
		best := slices.MinFunc(d.ready, d.compare)
		wait := d.slots[best].Sub(now())
		if wait <= 0 && d.earlierMissing(best) {
			wait = patience - d.waited
		}
		if d.left > 0 && wait > 0 {
			began, late := time.Now(), !d.slots[best].After(now())
			timer := time.NewTimer(wait)
			finished := -1
			select {
			case finished = <-d.finished:
				timer.Stop()
			case <-timer.C:
			}
			if late {
				d.waited += time.Since(began)
			}
			if finished >= 0 {
				d.add(finished)
				continue
			}
		}
		d.ready = slices.DeleteFunc(d.ready, func(i int) bool { return i == best })
		return best, true
	}
}

// collect takes in what has become ready, without waiting.
func (d *drafts) collect() {
	for {
		select {
		case i := <-d.finished:
			d.add(i)
		default:
			return
		}
	}
}

func (d *drafts) add(i int) {
	d.ready = append(d.ready, i)
	d.done[i] = true
	d.left--
}

func (d *drafts) compare(a, b int) int {
	if c := d.slots[a].Compare(d.slots[b]); c != 0 {
		return c
	}
	return a - b
}

// earlierMissing reports whether a draft that comes before one is still being made.
func (d *drafts) earlierMissing(best int) bool {
	for i, done := range d.done {
		if !done && d.compare(i, best) < 0 {
			return true
		}
	}
	return false
}

// readyAt reports whether a draft of the same slot waits to be delivered.
func (d *drafts) readyAt(at time.Time) bool {
	d.collect()
	return slices.ContainsFunc(d.ready, func(i int) bool { return d.slots[i].Equal(at) })
}

// lastOf reports whether a draft is of its job's last due slot.
func (d *drafts) lastOf(i int) bool {
	return !slices.Contains(d.jobs[i+1:], d.jobs[i])
}

// wait returns all drafts once they are ready.
func (d *drafts) wait() []draft {
	for ; d.left > 0; d.left-- {
		<-d.finished
	}
	return d.list
}
