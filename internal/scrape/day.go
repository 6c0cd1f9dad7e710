package scrape

import (
	"slices"
	"time"
	"unicode/utf8"
)

// mention is a date a text names; zero parts are not said.
type mention struct{ year, month, day int }

// is reports whether the mention fits a day.
func (m mention) is(day time.Time) bool {
	return m.day == day.Day() && (m.month == 0 || m.month == int(day.Month())) && (m.year == 0 || m.year%100 == day.Year()%100)
}

// valid reports whether a calendar could hold the mention.
func (m mention) valid() bool {
	return m.month >= 0 && m.month <= 12 && m.day >= 1 && m.day <= 31
}

// named is what a text says of days.
type named struct {
	dates    []mention
	weekdays []time.Weekday
}

// longestDay bounds the text that may be the name of a day: a header, not a menu that mentions one.
const longestDay = 60

// daysIn finds the days that a header's text names, in the usual Korean, numeric and English forms.
func daysIn(text string) named {
	if len(text) > longestDay && utf8.RuneCountInString(text) > longestDay {
		return named{}
	}
	var n named
	s := dayScanner{rest: text}
	for s.rest != "" {
		if m, ok := s.date(); ok {
			n.dates = append(n.dates, m)
			continue
		}
		if first, ok := s.weekday(); ok {
			n.weekdays = append(n.weekdays, first)
			if last, ok := s.rangeEnd(); ok { // 월~금 names the days between too
				for d := first; d != last; {
					d = (d + 1) % 7
					n.weekdays = append(n.weekdays, d)
				}
			}
			continue
		}
		s.skip()
	}
	return n
}

// any reports whether a day is named at all.
func (n named) any() bool { return len(n.dates)+len(n.weekdays) > 0 }

// is reports whether a day is named. A date beats a weekday: last week's page has today's weekday, but not today's date.
func (n named) is(day time.Time) bool {
	if len(n.dates) > 0 {
		return slices.ContainsFunc(n.dates, func(m mention) bool { return m.is(day) })
	}
	return slices.Contains(n.weekdays, day.Weekday())
}

// span is a range of dates such as 11/23 ~ 11/29.
func (n named) span() bool { return len(n.dates) == 2 }

// covers reports whether a range includes a day; the year is the day's own where none is said.
func (n named) covers(day time.Time) bool {
	at := func(m mention, fallback time.Month) time.Time {
		year, month := day.Year(), time.Month(m.month)
		if m.year > 0 {
			year = 2000 + m.year%100
		}
		if m.month == 0 {
			month = fallback
		}
		return time.Date(year, month, m.day, 0, 0, 0, 0, time.UTC)
	}
	first := at(n.dates[0], day.Month())
	last := at(n.dates[1], first.Month())
	today := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	if last.Before(first) { // over the turn of the year
		if !today.Before(first) {
			last = last.AddDate(1, 0, 0)
		} else {
			first = first.AddDate(-1, 0, 0)
		}
	}
	return !today.Before(first) && !today.After(last)
}
