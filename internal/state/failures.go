package state

import (
	"cmp"
	"time"
)

// Failures are how a job's pages have failed, run after run; the zero Failures say that they have not.
type Failures struct {
	// InARow counts the last runs whose pages failed; who counts stops where more would change nothing.
	InARow int `json:"in_a_row,omitempty"`
	// Told says that the user knows of them, and has not been told that they are over.
	Told bool `json:"told,omitempty"`
	// At is when this last changed.
	At time.Time `json:"at,omitzero"`
}

// SetFailures records how a job's pages have failed.
func (s *State) SetFailures(job string, f Failures) {
	j := s.Jobs[job]
	f.At = f.At.UTC().Truncate(time.Second)
	j.Failures = f
	s.setJob(job, j)
}

// mergeFailures takes what was recorded later; what follows only makes the order total.
func mergeFailures(a, b Failures) Failures {
	told := func(f Failures) int {
		if f.Told {
			return 1
		}
		return 0
	}
	if cmp.Or(a.At.Compare(b.At), cmp.Compare(told(a), told(b)), cmp.Compare(a.InARow, b.InARow)) < 0 {
		return b
	}
	return a
}
