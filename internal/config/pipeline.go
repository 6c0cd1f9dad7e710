package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"wtm/internal/scrape"
)

// pipelineKeys are those of a source that say what happens to its items.
var pipelineKeys = []string{"replace", "keep", "drop", "since", "unique", "sort", "reverse", "limit"}

// fieldsOf are the fields that a source's items have, as far as they are known before the page is.
type fieldsOf struct {
	names []string
	known bool
}

// parse accepts the name of a field.
func (f fieldsOf) parse(name string) (string, error) {
	if f.known && !slices.Contains(f.names, name) {
		return "", fmt.Errorf("the items have no field %q; %s", name, suggest(name, f.names))
	}
	return name, nil
}

// pipeline reads what happens to the items of a source.
func (m mapping) pipeline(fields fieldsOf) scrape.Pipeline {
	p := scrape.Pipeline{
		Replace: m.replacements(fields),
		Keep:    m.rules("keep", fields),
		Drop:    m.rules("drop", fields),
		Unique:  value(m, "unique", "", fields.parse),
		Reverse: value(m, "reverse", false, yesOrNo),
		Limit:   value(m, "limit", 0, number(1, 10_000)),
		Sort: value(m, "sort", "", func(text string) (string, error) {
			_, err := fields.parse(strings.TrimPrefix(text, "-"))
			return text, err
		}),
	}
	if n := m.entries["since"]; n != nil {
		p.Since = m.since(n, fields)
	}
	return p
}

// rules reads a pattern for the item as a whole, or a mapping of fields to patterns, all of which count.
func (m mapping) rules(key string, fields fieldsOf) []scrape.Rule {
	n := m.entries[key]
	switch {
	case n == nil:
		return nil
	case n.Kind != yaml.MappingNode:
		match := value(m, key, nil, pattern)
		if match == nil {
			return nil
		}
		return []scrape.Rule{{Match: match}}
	}
	var rules []scrape.Rule
	for name, node := range m.pairs(n, key) {
		if _, err := fields.parse(name.Value); err != nil {
			m.errorf(name, "%s: %v", key, err)
		}
		text, ok := m.scalar(node, name.Value)
		if !ok {
			continue
		}
		match, err := pattern(text)
		if err != nil {
			m.errorf(node, "%s: %v", name.Value, err)
			continue
		}
		rules = append(rules, scrape.Rule{Field: name.Value, Match: match})
	}
	return rules
}

// since reads `since: 3d`, for the field date, or `since: {field: 3d}`.
func (m mapping) since(n *yaml.Node, fields fieldsOf) *scrape.Since {
	if n.Kind != yaml.MappingNode {
		if _, err := fields.parse("date"); err != nil {
			m.errorf(n, "since: %v; or name the field: since: {written: 3d}", err)
		}
		return &scrape.Since{Field: "date", Age: value(m, "since", 0, scrape.ParseSince)}
	}
	s := &scrape.Since{}
	for name, node := range m.pairs(n, "since") {
		if s.Field != "" {
			m.errorf(name, "since: want one field")
		}
		field, err := fields.parse(name.Value)
		if err != nil {
			m.errorf(name, "since: %v", err)
		}
		text, _ := m.scalar(node, name.Value)
		if s.Age, err = scrape.ParseSince(text); err != nil {
			m.errorf(node, "since: %v", err)
		}
		s.Field = field
	}
	if s.Field == "" && len(n.Content) == 0 {
		m.errorf(n, "since: it is empty; want today, 3d or {written: 3d}")
	}
	return s
}

// replacements reads `replace: {field: {match, with}}`, or a list of such where the order counts.
func (m mapping) replacements(fields fieldsOf) []scrape.Replacement {
	var all []scrape.Replacement
	for _, one := range m.list("replace") {
		for name, node := range m.pairs(one, "replace") {
			if _, err := fields.parse(name.Value); err != nil {
				m.errorf(name, "replace: %v", err)
			}
			r := m.mapping(node, fmt.Sprintf("replace of %q", name.Value), "match", "with")
			r.require("match")
			if match := value(r, "match", nil, pattern); match != nil {
				all = append(all, scrape.Replacement{Field: name.Value, Match: match, With: value(r, "with", "", anyText)})
			}
		}
	}
	return all
}
