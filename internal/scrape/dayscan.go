package scrape

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// dayScanner reads the names of days from the front of a text. It is written by hand because it looks at every cell of
// a table: regular expressions made it the largest part of reading a page.
type dayScanner struct {
	rest string
	// tail says that a letter or digit was just left behind, so what follows is no word of its own.
	tail bool
}

// skip leaves a rune behind.
func (s *dayScanner) skip() {
	r, size := utf8.DecodeRuneInString(s.rest)
	s.rest, s.tail = s.rest[size:], unicode.IsLetter(r) || unicode.IsDigit(r)
}

// date reads 2026년 11월 23일, 11월 23일, 23일, 2026-11-23, 26.11.23, 11/23 or 20261123.
func (s *dayScanner) date() (mention, bool) {
	if s.rest[0] < '0' || s.rest[0] > '9' || s.tail {
		return mention{}, false
	}
	digits, rest := leadingDigits(s.rest)
	if m, ok := compact(digits); ok {
		s.rest = rest
		return m, true
	}
	if len(digits) != 1 && len(digits) != 2 && len(digits) != 4 {
		return mention{}, false
	}
	m, rest, ok := withUnits(atoi(digits), rest)
	if !ok {
		m, rest, ok = withMarks(digits, rest)
	}
	if !ok || !m.valid() {
		return mention{}, false
	}
	s.rest, s.tail = rest, false
	return m, true
}

// compact reads the eight digits of 20261123.
func compact(digits string) (mention, bool) {
	if len(digits) != 8 || !strings.HasPrefix(digits, "20") {
		return mention{}, false
	}
	m := mention{atoi(digits[:4]), atoi(digits[4:6]), atoi(digits[6:])}
	return m, m.valid() && m.month > 0
}

// withUnits goes on after a number with 년, 월 or 일.
func withUnits(n int, rest string) (mention, string, bool) {
	var m mention
	for _, unit := range []struct {
		name string
		part *int
	}{{"년", &m.year}, {"월", &m.month}, {"일", &m.day}} {
		after, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), unit.name)
		if !ok {
			continue
		}
		*unit.part = n
		if unit.part == &m.day {
			return m, after, true
		}
		var digits string
		digits, rest = leadingDigits(strings.TrimLeft(after, " "))
		if digits == "" || len(digits) > 2 {
			return m, rest, false
		}
		n = atoi(digits)
	}
	return m, rest, false
}

// withMarks goes on after a number with the same kinds of mark: 2026-11-23, 11/23.
func withMarks(first, rest string) (mention, string, bool) {
	second, rest, ok := marked(rest)
	if !ok {
		return mention{}, rest, false
	}
	third, after, ok := marked(rest)
	if ok {
		return mention{atoi(first), atoi(second), atoi(third)}, after, len(first) != 1 && atoi(second) > 0
	}
	return mention{0, atoi(first), atoi(second)}, rest, len(first) <= 2 && atoi(first) > 0
}

// marked reads a mark, with at most one space on each side, and a number of one or two digits.
func marked(text string) (digits, rest string, ok bool) {
	text = strings.TrimPrefix(text, " ")
	if text == "" || !strings.ContainsRune("-./", rune(text[0])) {
		return "", text, false
	}
	digits, rest = leadingDigits(strings.TrimPrefix(text[1:], " "))
	return digits, rest, len(digits) == 1 || len(digits) == 2
}

// weekday reads a word that is a weekday's name: the 월 of 월남쌈 is none.
func (s *dayScanner) weekday() (time.Weekday, bool) {
	if s.tail {
		return 0, false
	}
	end := strings.IndexFunc(s.rest, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(s.rest)
	}
	day, ok := weekdays[s.rest[:end]]
	if !ok && end > 0 && s.rest[0] < utf8.RuneSelf {
		day, ok = weekdays[strings.ToLower(s.rest[:end])]
	}
	if ok {
		s.rest = s.rest[end:]
	}
	return day, ok
}

// rangeEnd reads what makes a weekday the first of several: 월~금.
func (s *dayScanner) rangeEnd() (time.Weekday, bool) {
	rest := strings.TrimLeft(s.rest, " ")
	r, size := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("~∼〜–-", r) {
		return 0, false
	}
	after := dayScanner{rest: strings.TrimLeft(rest[size:], " ")}
	day, ok := after.weekday()
	if ok {
		*s = after
	}
	return day, ok
}

var weekdays = func() map[string]time.Weekday {
	names := map[string]time.Weekday{"tues": time.Tuesday, "thur": time.Thursday, "thurs": time.Thursday}
	for i, short := range []string{"일", "월", "화", "수", "목", "금", "토"} {
		d := time.Weekday(i)
		english := strings.ToLower(d.String())
		names[short], names[short+"요일"], names[english], names[english[:3]] = d, d, d, d
	}
	return names
}()

func leadingDigits(text string) (digits, rest string) {
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	return text[:end], text[end:]
}

// atoi returns the number of up to eight digits.
func atoi(digits string) int {
	n := 0
	for i := range len(digits) {
		n = 10*n + int(digits[i]-'0')
	}
	return n
}
