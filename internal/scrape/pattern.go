package scrape

import (
	"fmt"
	"regexp"
	"strings"
)

// Text takes an item from each match of a pattern in the page as it is, markup included.
type Text struct {
	match *regexp.Regexp
	names []string // of the groups that have one; empty means text, the whole match
}

// ParseText compiles the pattern. Its named groups are the items' fields: (?P<title>...); without any, an item has the
// field text, which is the first group or else the whole match.
func ParseText(pattern string) (*Text, error) {
	match, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%q: %w; want a regular expression such as (?P<price>[0-9,]+)원", pattern, err)
	}
	t := &Text{match: match}
	for _, name := range match.SubexpNames() {
		if name != "" {
			t.names = append(t.names, name)
		}
	}
	return t, nil
}

func (t *Text) fieldNames() []string {
	if len(t.names) == 0 {
		return []string{"text"}
	}
	return t.names
}

func (t *Text) extract(body []byte) ([]Item, error) {
	found := t.match.FindAllSubmatch(body, maxItems)
	if len(found) == 0 {
		return nil, &NoMatchError{Selector: t.match.String(), Pattern: true}
	}
	var items []Item
	for _, groups := range found {
		item := Item{}
		for i, name := range t.match.SubexpNames() {
			if name != "" {
				item[name] = strings.TrimSpace(string(groups[i]))
			}
		}
		if len(t.names) == 0 {
			item["text"] = strings.TrimSpace(string(groups[min(1, len(groups)-1)]))
		}
		items = append(items, item)
	}
	return items, nil
}
