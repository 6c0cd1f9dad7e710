package scrape

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var (
	// agoForm is a time told from now: 3시간 전, 5분전, 2일 전.
	agoForm = regexp.MustCompile(`(\d{1,4})\s*(초|분|시간|일|주|개월|달|년)\s*전(?:[^\p{L}]|$)`)
	// clockForm is a time of day, in Korean with 오전 or 오후.
	clockForm = regexp.MustCompile(`(오전|오후|AM|PM|am|pm)?\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM|am|pm)?`)
)

// ParseTime reads when something was, in the forms of Korean pages: 2026.11.23, 26-11-23 09:00, 11월 23일, 09:12 (today),
// 3시간 전, 어제, or RFC 3339. exact tells a time from a date. What is not said is now's; a date without a year that would
// be more than a month ahead is last year's.
func ParseTime(text string, now time.Time) (at time.Time, exact, ok bool) {
	text = fold(text)
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(now.Location()), true, true
	}
	for _, form := range []string{time.RFC1123Z, time.RFC1123, "Jan 2, 2006", "January 2, 2006", "2 Jan 2006", "Jan 2, 2006 3:04 PM"} {
		if at, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return at.In(now.Location()), strings.Contains(form, ":") || strings.Contains(form, "15"), true
		}
	}
	named := daysIn(text)
	dated := len(named.dates) > 0 && named.dates[0].month > 0
	if m := agoForm.FindStringSubmatch(text); m != nil && !dated {
		return ago(m, now)
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	day, found := today, true
	switch {
	case dated:
		day = dateOf(named.dates[0], now)
	case strings.Contains(text, "그제"), strings.Contains(text, "그저께"):
		day = today.AddDate(0, 0, -2)
	case strings.Contains(text, "어제"):
		day = today.AddDate(0, 0, -1)
	case strings.Contains(text, "오늘"):
	case strings.Contains(text, "방금"):
		return now, true, true
	default:
		found = false
	}
	m := clockForm.FindStringSubmatch(text)
	// A time alone is one of today; beside words that cannot be read it is not.
	if m != nil && (found || !strings.ContainsFunc(strings.Replace(text, m[0], "", 1), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })) {
		if clock, valid := clockOf(m); valid {
			return day.Add(clock), true, true
		}
	}
	return day, false, found
}

func ago(m []string, now time.Time) (time.Time, bool, bool) {
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return time.Time{}, false, false
	}
	switch m[2] {
	case "초":
		return now.Add(-time.Duration(n) * time.Second), true, true
	case "분":
		return now.Add(-time.Duration(n) * time.Minute), true, true
	case "시간":
		return now.Add(-time.Duration(n) * time.Hour), true, true
	case "일":
		return now.AddDate(0, 0, -n), true, true
	case "주":
		return now.AddDate(0, 0, -7*n), true, true
	case "년":
		return now.AddDate(-n, 0, 0), true, true
	}
	return now.AddDate(0, -n, 0), true, true
}

// dateOf completes a date with now's year.
func dateOf(m mention, now time.Time) time.Time {
	year := now.Year()
	if m.year > 0 {
		if year = m.year; year < 100 {
			year += 2000
		}
	}
	at := time.Date(year, time.Month(m.month), m.day, 0, 0, 0, 0, now.Location())
	if m.year == 0 && at.After(now.AddDate(0, 1, 0)) {
		at = at.AddDate(-1, 0, 0)
	}
	return at
}

// clockOf returns the time of day of a match.
func clockOf(m []string) (time.Duration, bool) {
	hour, minute, second := atoi(m[2]), atoi(m[3]), atoi(m[4])
	if hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	switch half := strings.ToUpper(m[1] + m[5]); {
	case (half == "오후" || half == "PM") && hour < 12:
		hour += 12
	case (half == "오전" || half == "AM") && hour == 12:
		hour = 0
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second, true
}
