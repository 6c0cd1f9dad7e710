package scrape

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Pick says which of a table's columns, or rows, is wanted; the zero Pick wants all of them.
type Pick struct {
	today   bool
	pattern *regexp.Regexp
}

// ParsePick reads "today", or a regular expression that is found anywhere in a header; an empty text wants all.
func ParsePick(text string) (Pick, error) {
	switch text = strings.TrimSpace(text); text {
	case "":
		return Pick{}, nil
	case "today":
		return Pick{today: true}, nil
	}
	pattern, err := regexp.Compile(text)
	if err != nil {
		return Pick{}, fmt.Errorf("%q is not a regular expression: %w; want today or one such as 점심|중식", text, err)
	}
	return Pick{pattern: pattern}, nil
}

// all reports whether nothing is picked: every line of the table is wanted.
func (p Pick) all() bool { return !p.today && p.pattern == nil }

// want says what is looked for, for errors.
func (p Pick) want(day time.Time) string {
	if p.today {
		return "today (" + day.Format("2006-01-02 Monday") + ")"
	}
	return fmt.Sprintf("%q", p.pattern)
}

// line is a column or row with its header.
type line struct {
	index  int
	header []*cell
	path   string
}

// choose returns the lines that p wants. Several matches are one if a single spanned header cell makes them match;
// otherwise the description is not sharp enough.
func (p Pick) choose(what string, lines []line, day time.Time) ([]line, error) {
	if p.all() {
		return lines, nil
	}
	var found []line
	for _, l := range lines {
		if p.matches(l.header, l.path, day) {
			found = append(found, l)
		}
	}
	if len(found) == 0 {
		named := slices.DeleteFunc(paths(lines), func(path string) bool { return path == "" })
		return nil, &NotFoundError{What: what, Want: p.want(day), Have: slices.Compact(named)}
	}
	if len(found) > 1 && !p.shared(found, day) {
		return nil, &AmbiguousError{What: what, Want: p.want(day), Matches: paths(found)}
	}
	return found, nil
}

func paths(lines []line) []string {
	var all []string
	for _, l := range lines {
		all = append(all, l.path)
	}
	return all
}

// shared reports whether one cell that is part of every line's header is what matches in all of them.
func (p Pick) shared(found []line, day time.Time) bool {
	return slices.ContainsFunc(found[0].header, func(c *cell) bool {
		if c == nil || !p.matches([]*cell{c}, c.text(), day) {
			return false
		}
		return !slices.ContainsFunc(found[1:], func(l line) bool { return !slices.Contains(l.header, c) })
	})
}

// matches reports whether a header is the wanted one.
func (p Pick) matches(header []*cell, path string, day time.Time) bool {
	if p.pattern != nil {
		return p.pattern.MatchString(path)
	}
	return isToday(header, day)
}

// isToday reports whether a header names a day. Its cells are read together, because weekday and date are often on
// separate lines: any date decides, and beats the weekdays.
func isToday(header []*cell, day time.Time) bool {
	var all named
	for i, c := range header {
		if c == nil || i > 0 && c == header[i-1] {
			continue
		}
		n := c.days()
		if c.spans && n.span() {
			if !n.covers(day) { // the week above the days, such as 11/23 ~ 11/29
				return false
			}
			continue
		}
		all.dates = append(all.dates, n.dates...)
		all.weekdays = append(all.weekdays, n.weekdays...)
	}
	return all.is(day)
}
