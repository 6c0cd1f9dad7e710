package scrape

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Pipeline is what happens to the items of a page, in this order: texts are replaced, items chosen by pattern and by date,
// each kept once, put in order, and the first of them taken. The zero Pipeline leaves all as they are.
type Pipeline struct {
	Replace    []Replacement
	Keep, Drop []Rule
	Since      *Since
	// Unique names the field that two items may not share; empty keeps all.
	Unique string
	// Sort names the field to sort by, with - before it from the greatest down; empty keeps the page's order.
	Sort    string
	Reverse bool
	// Limit is the most items to return; 0 means all.
	Limit int
}

// Rule is a pattern that a field, or with no field the item as a whole, has to match.
type Rule struct {
	Field string
	Match *regexp.Regexp
}

// Replacement changes a field's text; $1 in With is the first group.
type Replacement struct {
	Field string
	Match *regexp.Regexp
	With  string
}

func (p Pipeline) apply(items []Item, day time.Time) ([]Item, error) {
	for _, r := range p.Replace {
		for _, item := range items {
			if text, ok := item[r.Field]; ok {
				item[r.Field] = strings.TrimSpace(r.Match.ReplaceAllString(text, r.With))
			}
		}
	}
	items = slices.DeleteFunc(items, func(i Item) bool {
		return slices.ContainsFunc(p.Keep, func(r Rule) bool { return !r.matches(i) }) || slices.ContainsFunc(p.Drop, func(r Rule) bool { return r.matches(i) })
	})
	if p.Since != nil {
		var err error
		if items, err = p.Since.filter(items, day); err != nil {
			return nil, err
		}
	}
	if p.Unique != "" {
		met := map[string]bool{}
		items = slices.DeleteFunc(items, func(i Item) bool {
			text := i[p.Unique]
			again := text != "" && met[text]
			met[text] = true
			return again
		})
	}
	if field, down := strings.CutPrefix(p.Sort, "-"); field != "" {
		slices.SortStableFunc(items, func(a, b Item) int {
			if down {
				a, b = b, a
			}
			return compareTexts(a[field], b[field])
		})
	}
	if p.Reverse {
		slices.Reverse(items)
	}
	if p.Limit > 0 && len(items) > p.Limit {
		items = slices.Clone(items[:p.Limit]) // of a page of many, the others are not kept in memory
	}
	return items, nil
}

func (r Rule) matches(i Item) bool {
	if r.Field == "" {
		return r.Match.MatchString(i.all())
	}
	return r.Match.MatchString(i[r.Field])
}

// leadingNumber is a number that a text begins with, as 3,200원 or -1.5%.
var leadingNumber = regexp.MustCompile(`^[-+]?[0-9][0-9,]*(?:\.[0-9]+)?`)

// compareTexts compares numbers by their value, and other texts by their letters.
func compareTexts(a, b string) int {
	x, errX := strconv.ParseFloat(strings.ReplaceAll(leadingNumber.FindString(a), ",", ""), 64)
	y, errY := strconv.ParseFloat(strings.ReplaceAll(leadingNumber.FindString(b), ",", ""), 64)
	if errX == nil && errY == nil && x != y {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// Since keeps the items of the last days.
type Since struct {
	// Field holds an item's date.
	Field string
	// Age is how old an item may be; 0 means that it has to be of today.
	Age time.Duration
}

// ParseSince reads "today", or how far back to go: "3d" or "36h".
func ParseSince(text string) (time.Duration, error) {
	if text == "today" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3650 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	age, err := time.ParseDuration(text)
	if err != nil || age <= 0 {
		return 0, fmt.Errorf("%q is no age: want today, 3d or 36h", text)
	}
	return age, nil
}

// filter keeps the items that are young enough, and those without a date that can be read: losing a notice is worse than
// showing one twice. When no date can be read at all, the page has changed.
func (s *Since) filter(items []Item, now time.Time) ([]Item, error) {
	oldest := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	if s.Age > 0 {
		oldest = now.Add(-s.Age)
	}
	read := 0
	unread := 0 // what they say is the page's, and an error may be public
	kept := slices.DeleteFunc(slices.Clone(items), func(i Item) bool {
		at, exact, ok := ParseTime(i[s.Field], now)
		if !ok {
			unread++
			return false
		}
		read++
		if !exact { // a date without a time counts until its end
			at = at.AddDate(0, 0, 1).Add(-time.Nanosecond)
		}
		return at.Before(oldest) || s.Age == 0 && at.After(oldest.AddDate(0, 0, 1))
	})
	if len(items) > 0 && read == 0 {
		return nil, &NotFoundError{What: "date", Want: fmt.Sprintf("one in the field %q of %d items", s.Field, unread)}
	}
	return kept, nil
}
