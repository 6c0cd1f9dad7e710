package schedule

import (
	"fmt"
	"strings"
	"time"
)

// days is a set of weekdays, bit 0 for Sunday.
type days uint8

const everyDay days = 1<<7 - 1

var dayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// At is a local wall-clock time on certain weekdays; [ParseAt] makes one.
type At struct {
	days         days
	hour, minute int
}

// AtError is a time that cannot be read.
type AtError struct{ Text string }

func (e *AtError) Error() string {
	return fmt.Sprintf("%q is not a time: want two digits each, \"11:30\", \"mon-fri 07:30\" or \"sat,sun 09:00\"", e.Text)
}

// ParseAt reads "11:30" for every day, or weekdays before it: "mon-fri 07:30", "sat,sun 09:00", "fri-mon 18:00".
func ParseAt(text string) (At, error) {
	fields := strings.Fields(strings.ToLower(text))
	at := At{days: everyDay}
	if len(fields) == 2 {
		named, ok := parseDays(fields[0])
		if !ok {
			return At{}, &AtError{text}
		}
		at.days, fields = named, fields[1:]
	}
	if len(fields) != 1 {
		return At{}, &AtError{text}
	}
	clock, err := time.Parse("15:04", fields[0])
	if err != nil || len(fields[0]) != len("15:04") {
		return At{}, &AtError{text}
	}
	at.hour, at.minute = clock.Hour(), clock.Minute()
	return at, nil
}

// parseDays reads names and ranges joined by commas; a range may go over the week's end.
func parseDays(text string) (days, bool) {
	var set days
	for part := range strings.SplitSeq(text, ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		from, ok1 := dayNumber(first)
		to, ok2 := dayNumber(last)
		if !ok1 || !ok2 {
			return 0, false
		}
		for d := from; ; d = (d + 1) % 7 {
			set |= 1 << d
			if d == to {
				break
			}
		}
	}
	return set, true
}

func dayNumber(name string) (int, bool) {
	for i, n := range dayNames {
		if n == name {
			return i, true
		}
	}
	return 0, false
}

// on returns the slot of a local date. In a zone with summer time, a wall time that the change skips is taken at the
// offset before the change, an hour later on the clock, and one that comes twice is taken the first time.
func (a At) on(year int, month time.Month, day int, zone *time.Location) (time.Time, bool) {
	if a.days&(1<<time.Date(year, month, day, 12, 0, 0, 0, zone).Weekday()) == 0 {
		return time.Time{}, false
	}
	slot := time.Date(year, month, day, a.hour, a.minute, 0, 0, zone)
	// time.Date does not say which of two it gives: the offset of half a day before decides.
	_, offset := slot.Add(-12 * time.Hour).Zone()
	first := time.Date(year, month, day, a.hour, a.minute, 0, 0, time.FixedZone("", offset)).In(zone)
	if h, m := first.Hour(), first.Minute(); h == a.hour && m == a.minute || slot.Hour() != a.hour || slot.Minute() != a.minute {
		return first, true
	}
	return slot, true
}
