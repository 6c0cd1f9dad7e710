package config

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"

	"wtm/internal/fetch"
	"wtm/internal/scrape"
)

// maxTimeout bounds `timeout:` to what a run may take after its slot.
const maxTimeout = 5 * time.Minute

// extractors are the ways to find items on a page; a source has one of them.
var extractors = []string{"html", "table", "feed", "json", "text"}

// source reads where a job's items come from.
func (r *reader) source(n *yaml.Node) Source {
	m := r.mapping(n, "source", slices.Concat(requestKeys, []string{"login", "charset", "timeout", "render", "wait", "pages", "detail", "none", "expect"},
		pipelineKeys, extractors)...)
	if n.Kind != yaml.MappingNode {
		return Source{}
	}
	s := Source{
		Request: m.request(),
		Charset: value(m, "charset", "", charset),
		Timeout: value(m, "timeout", 0, durationUpTo(maxTimeout)),
		Render:  value(m, "render", false, choice(map[string]bool{"chrome": true}, "chrome")),
		Wait:    value(m, "wait", "", styleSelector),
		Scrape:  r.scrape(m),
	}
	m.checkRender(s.Method)
	if n := m.entries["login"]; n != nil {
		s.Login = r.login(n)
	}
	if n := m.entries["pages"]; n != nil {
		s.Next, s.Pages = r.pages(n)
	}
	if n := m.entries["detail"]; n != nil {
		names, known := s.Scrape.FieldNames()
		s.Detail = r.detail(n, fieldsOf{names, known})
	}
	return s
}

// FieldNames returns the names of the fields that each item of a job will have, whichever source it comes from; false when
// only the pages can tell.
func (j Job) FieldNames() ([]string, bool) {
	var shared []string
	for i, s := range j.Sources {
		names, known := s.FieldNames()
		if !known {
			return nil, false
		}
		if i == 0 {
			shared = names
			continue
		}
		shared = slices.DeleteFunc(slices.Clone(shared), func(name string) bool { return !slices.Contains(names, name) })
	}
	return shared, len(j.Sources) > 0
}

// FieldNames returns the names of the fields each item will have, those of its detail page included; false when only the
// page can tell.
func (s Source) FieldNames() ([]string, bool) {
	names, known := s.Scrape.FieldNames()
	known = known && s.Scrape.HasExtractor() // without one, that is what is wrong, and not the fields
	if s.Detail != nil {
		names = slices.Clone(names)
		for _, f := range s.Detail.Fields {
			names = append(names, f.Name)
		}
	}
	return names, known
}

func charset(name string) (string, error) {
	if !fetch.KnownCharset(name) {
		return "", fmt.Errorf("%q is no charset; want one such as utf-8 or euc-kr", name)
	}
	return name, nil
}

// scrape reads where on the page the items are.
func (r *reader) scrape(m mapping) scrape.Source {
	s := scrape.Source{None: value(m, "none", nil, pattern)}
	if n := m.entries["expect"]; n != nil {
		e := r.mapping(n, "expect", "min", "max", "contains")
		s.ExpectMin = value(e, "min", 0, number(1, 10_000))
		s.ExpectMax = value(e, "max", 0, number(1, 10_000))
		s.ExpectContains = value(e, "contains", "", anyText)
	}
	r.extractor(m, &s)
	fields, known := s.FieldNames()
	s.Pipeline = m.pipeline(fieldsOf{fields, known})
	return s
}

// extractor reads the one extractor of a source.
func (r *reader) extractor(m mapping, s *scrape.Source) {
	first := ""
	for _, kind := range extractors {
		n := m.entries[kind]
		if n == nil {
			continue
		}
		if first != "" {
			r.errorf(n, "source has both %s and %s; want one", first, kind)
		}
		first = kind
		switch kind {
		case "html":
			s.HTML = r.html(n)
		case "table":
			s.Table = r.table(n)
		case "feed":
			r.mapping(n, "feed")
			s.Feed = &scrape.Feed{}
		case "json":
			s.JSON = r.json(n)
		case "text":
			s.Text = r.text(n)
		}
	}
	if first == "" && !slices.ContainsFunc(extractors, func(kind string) bool { return m.misspelt[kind] }) {
		r.errorf(m.node, "source does not say where on the page the items are; want %s", oneOf(extractors))
	}
}

// json reads `json: {items: JQ, fields: {name: JQ}}`.
func (r *reader) json(n *yaml.Node) *scrape.JSON {
	m := r.mapping(n, "json", "items", "fields")
	if n.Kind != yaml.MappingNode {
		return nil
	}
	m.require("items")
	j := value(m, "items", nil, scrape.ParseJSON)
	if fields := m.entries["fields"]; fields != nil && j != nil {
		for name, f := range r.pairs(fields, "fields") {
			program, ok := r.scalar(f, name.Value)
			if !ok {
				continue
			}
			if err := j.AddField(name.Value, program); err != nil {
				r.errorf(f, "%v", err)
			}
		}
	}
	return j
}

// text reads `text: {match: REGEXP}`.
func (r *reader) text(n *yaml.Node) *scrape.Text {
	m := r.mapping(n, "text", "match")
	if n.Kind != yaml.MappingNode {
		return nil
	}
	m.require("match")
	return value(m, "match", nil, scrape.ParseText)
}

func (r *reader) html(n *yaml.Node) *scrape.HTML {
	m := r.mapping(n, "html", "items", "fields")
	if n.Kind != yaml.MappingNode {
		return nil
	}
	m.require("items")
	h := &scrape.HTML{Items: value(m, "items", scrape.Selector{}, scrape.ParseSelector)}
	if fields := m.entries["fields"]; fields != nil {
		for name, f := range r.pairs(fields, "fields") {
			h.Fields = append(h.Fields, r.field(name.Value, f))
		}
	}
	return h
}

// field reads a field in its short form, a text, or its long one.
func (r *reader) field(name string, n *yaml.Node) scrape.Field {
	var f scrape.Field
	var err error
	if n.Kind == yaml.MappingNode {
		m := r.mapping(n, fmt.Sprintf("field %q", name), "select", "attr", "match")
		f, err = scrape.NewField(name, value(m, "select", "", anyText), value(m, "attr", "", anyText), value(m, "match", nil, pattern))
	} else {
		text, ok := r.scalar(n, "field "+strconv.Quote(name))
		if !ok {
			return f
		}
		f, err = scrape.ParseField(name, text)
	}
	if err != nil {
		r.errorf(n, "%v", err)
	}
	return f
}

func (r *reader) table(n *yaml.Node) *scrape.Table {
	m := r.mapping(n, "table", "select", "nth", "column", "row", "calendar", "section", "split")
	if n.Kind != yaml.MappingNode {
		return nil
	}
	t := &scrape.Table{
		Select:   value(m, "select", scrape.Selector{}, scrape.ParseSelector),
		Nth:      value(m, "nth", 0, number(1, 1000)),
		Column:   value(m, "column", scrape.Pick{}, scrape.ParsePick),
		Row:      value(m, "row", scrape.Pick{}, scrape.ParsePick),
		Calendar: value(m, "calendar", false, choice(map[string]bool{"true": true, "false": false}, "true", "false")),
		Section:  value(m, "section", nil, pattern),
		Split:    value(m, "split", scrape.SplitLines, choice(map[string]scrape.Split{"lines": scrape.SplitLines, "words": scrape.SplitWords}, "lines", "words")),
	}
	if t.Calendar && (m.has("column") || m.has("row")) {
		m.errorf(m.node, "table: calendar finds today's cell itself; want no column and no row beside it")
	}
	return t
}

// number parses a whole number within bounds.
func number(least, most int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("%q is out of range: want a whole number from %d to %d", text, least, most)
		}
		return n, nil
	}
}

func anyText(text string) (string, error) { return text, nil }
