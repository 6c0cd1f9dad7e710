// Package schedule knows the slots of a job: the instants at which it wants to send.
//
// A slot is a local time of day on a date, in the job's zone. Everything here is a pure function of its arguments; the
// zone data is compiled in, so that a bare container knows Seoul.
package schedule

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // machines without zone files
)

// maxLookBack bounds how far in the past missed slots are looked for.
const maxLookBack = 8 * 24 * time.Hour

// maxLookAhead bounds the search for the next slots: a year and a day finds every weekday time that is not excepted.
const maxLookAhead = 366 * 24 * time.Hour

// Plan is when a job sends.
type Plan struct {
	At   []At
	Zone *time.Location
	// Late is how long after a slot it may still be served, Hold how long before it a run may wait for it.
	Late, Hold time.Duration
	// Except are local dates without slots, as 2006-01-02.
	Except []string
}

// LoadZone returns the zone of an IANA name such as Asia/Seoul.
func LoadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is not a time zone: want a name such as Asia/Seoul", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is not a time zone: want a name such as Asia/Seoul", name)
	}
	return zone, nil
}

// ParseDate returns text when it is a date such as 2026-12-25.
func ParseDate(text string) (string, error) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("%q is not a date: want one such as 2026-12-25", text)
	}
	return text, nil
}

// Between returns the slots from from to to, both included, in order and each once.
func (p Plan) Between(from, to time.Time) []time.Time {
	var slots []time.Time
	first := from.In(p.Zone)
	for day := 0; ; day++ {
		date := time.Date(first.Year(), first.Month(), first.Day()-1+day, 12, 0, 0, 0, p.Zone)
		if date.Add(-36 * time.Hour).After(to) {
			break
		}
		if slices.Contains(p.Except, date.Format(time.DateOnly)) {
			continue
		}
		for _, at := range p.At {
			slot, ok := at.on(date.Year(), date.Month(), date.Day(), p.Zone)
			if ok && !slot.Before(from) && !slot.After(to) {
				slots = append(slots, slot)
			}
		}
	}
	slices.SortFunc(slots, time.Time.Compare)
	return slices.CompactFunc(slots, time.Time.Equal)
}

// Due returns the slots a run at now takes: not older than Late, not further ahead than Hold.
func (p Plan) Due(now time.Time) []time.Time { return p.Between(now.Add(-p.Late), now.Add(p.Hold)) }

// Missed returns the slots from since on that are too old to be served at now. It looks back eight days at most.
func (p Plan) Missed(since, now time.Time) []time.Time {
	if oldest := now.Add(-maxLookBack); since.Before(oldest) {
		since = oldest
	}
	return p.Between(since, now.Add(-p.Late-time.Nanosecond))
}

// Next returns the first n slots after after.
func (p Plan) Next(after time.Time, n int) []time.Time {
	var slots []time.Time
	for from := after.Add(time.Nanosecond); len(slots) < n && from.Sub(after) < maxLookAhead; from = from.Add(7 * 24 * time.Hour) {
		slots = append(slots, p.Between(from, from.Add(7*24*time.Hour-time.Nanosecond))...)
	}
	return slots[:min(n, len(slots))]
}
