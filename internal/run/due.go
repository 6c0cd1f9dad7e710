package run

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wtm/internal/config"
	"wtm/internal/state"
)

// slot is one job at one time, with the receivers who still have to get it.
type slot struct {
	job config.Job
	at  time.Time
	to  []config.Receiver
}

// partly reports whether others of the job's receivers have got the slot already.
func (s slot) partly() bool { return len(s.to) < len(s.job.To) }

// UnknownJobError says that --job names no job of the configuration.
type UnknownJobError struct {
	Name string
	Have []string
}

func (e *UnknownJobError) Error() string {
	return fmt.Sprintf("there is no job %q in the configuration", e.Name)
}

// Hint lists the jobs there are.
func (e *UnknownJobError) Hint() string { return "the jobs are " + strings.Join(e.Have, ", ") }

// ExitCode is that of wrong usage.
func (e *UnknownJobError) ExitCode() int { return 2 }

// pick returns the jobs of this run with its hold.
func pick(all []config.Job, o Options) ([]config.Job, error) {
	var jobs []config.Job
	var names []string
	for _, j := range all {
		names = append(names, j.Name)
		if o.Job != "" && j.Name != o.Job {
			continue
		}
		if o.Hold != nil {
			j.Plan.Hold = *o.Hold
		}
		jobs = append(jobs, j)
	}
	if o.Job != "" && len(jobs) == 0 {
		return nil, &UnknownJobError{Name: o.Job, Have: names}
	}
	return jobs, nil
}

// plan splits the slots into those to serve now and those that went by unserved, both in the order of their time and,
// within one time, of the configuration. Slots before the state was created never count: nobody had asked for them.
func plan(jobs []config.Job, s state.State, now time.Time, o Options) (due, missed []slot) {
	for _, j := range jobs {
		if o.Ahead {
			for _, at := range j.Plan.Next(now.Add(-time.Nanosecond), 1) {
				due = append(due, slot{job: j, at: at, to: j.To})
			}
			continue
		}
		for _, at := range j.Plan.Due(now) {
			if to := unserved(j, s, at, o.Force); len(to) > 0 && (o.Force || !at.Before(s.Created)) {
				due = append(due, slot{job: j, at: at, to: to})
			}
		}
		if o.Force || o.DryRun {
			continue // a trial reports nothing about the past
		}
		since, known := watchedSince(j.Name, s)
		if !known {
			continue
		}
		for _, at := range j.Plan.Missed(since, now) {
			if to := longServed(j, s, unserved(j, s, at, false)); len(to) > 0 {
				missed = append(missed, slot{job: j, at: at, to: to})
			}
		}
	}
	byTime := func(a, b slot) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) }
	slices.SortStableFunc(due, byTime)
	slices.SortStableFunc(missed, byTime)
	return due, missed
}

// watchedSince returns from when on a job's slots can be missed: from its oldest mark, as slots before that were told or are
// no longer remembered; without one, from the state's making. A job without a mark beside others with some is a new one,
// whose past nobody asked for.
func watchedSince(job string, s state.State) (time.Time, bool) {
	marks := s.Jobs[job].Slots
	if len(marks) == 0 {
		return s.Created, !anyMarks(s)
	}
	oldest, err := time.Parse(time.RFC3339, slices.Min(slices.Collect(maps.Keys(marks))))
	return oldest, err == nil
}

// anyMarks reports whether any job has served or missed a slot.
func anyMarks(s state.State) bool {
	for _, j := range s.Jobs {
		if len(j.Slots) > 0 {
			return true
		}
	}
	return false
}

// unserved returns the receivers of a slot that have no mark yet.
func unserved(j config.Job, s state.State, at time.Time, force bool) []config.Receiver {
	var to []config.Receiver
	for _, who := range j.To {
		if _, marked := s.Mark(j.Name, at, who.String()); !marked || force {
			to = append(to, who)
		}
	}
	return to
}

// longServed leaves the receivers that a job has served before: others were added since, and nobody asked for their past.
// Without any mark of the job, all of them count.
func longServed(j config.Job, s state.State, all []config.Receiver) []config.Receiver {
	slots := s.Jobs[j.Name].Slots
	if len(slots) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(who config.Receiver) bool {
		for _, marks := range slots {
			if _, marked := marks[who.String()]; marked {
				return false
			}
		}
		return true
	})
}

// lastSlot returns the time of the last due slot, or now when that is later.
func lastSlot(due []slot, now time.Time) time.Time {
	last := now
	for _, d := range due {
		if d.at.After(last) {
			last = d.at
		}
	}
	return last
}

// markMissed records slots that nothing served in time, so that each is reported once.
func (r *Runner) markMissed(v *vault, missed []slot) []SlotReport {
	var reports []SlotReport
	for _, m := range missed {
		v.change(func(s *state.State) {
			for _, who := range m.to {
				s.SetMark(m.job.Name, m.at, who.String(), state.Mark{Outcome: state.Missed, At: r.Now()})
			}
		})
		reports = append(reports, SlotReport{Job: m.job.Name, Slot: m.at, Outcome: Missed, Err: &MissedError{Job: m.job.Name, Slot: m.at}})
	}
	return reports
}

// MissedError says that no run served a slot in time.
type MissedError struct {
	Job  string
	Slot time.Time
}

func (e *MissedError) Error() string {
	return fmt.Sprintf("job %q missed its slot of %s: no run served it in time", e.Job, e.Slot.Format("2006-01-02 15:04"))
}

// Hint says what makes later runs count.
func (e *MissedError) Hint() string {
	return "if runs failed, see what they said; if none came, trigger wtm more often, or raise `late:` of the job in wtm.yml"
}
