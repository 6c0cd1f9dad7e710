// Package scrape turns a page into items, as a [Source] describes.
//
// It is pure: bytes in UTF-8, an address and a day go in, items or a typed error come out. What is not there has many
// names, because a person must do something else each time: the page changed ([NoMatchError], [NotFoundError]), the
// description is not sharp enough ([AmbiguousError]), the page says that there is nothing today ([ErrNone]), or its place
// is empty ([ErrEmpty]).
package scrape

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Item is one thing found on a page: its fields by name.
type Item map[string]string

// Source says where on a page the items are. Exactly one extractor is set; the rest may be zero.
type Source struct {
	HTML  *HTML
	Table *Table
	Feed  *Feed
	JSON  *JSON
	Text  *Text
	// None is how a page or cell says that there is nothing today.
	None *regexp.Regexp
	// Pipeline is what happens to the items that were found.
	Pipeline Pipeline
	// ExpectMin, ExpectMax and ExpectContains tell a whole page from a broken one: the least and, unless 0, the most items
	// before the pipeline, and a text on the page.
	ExpectMin, ExpectMax int
	ExpectContains       string
}

// HasExtractor reports whether s says where the items are.
func (s Source) HasExtractor() bool {
	return s.HTML != nil || s.Table != nil || s.Feed != nil || s.JSON != nil || s.Text != nil
}

// FieldNames returns the names of the fields each item will have; false when only the page can tell, as with JSON
// whose members are the fields.
func (s Source) FieldNames() ([]string, bool) {
	switch {
	case s.Table != nil:
		return []string{"text", "row", "column"}, true
	case s.Feed != nil:
		return feedFields, true
	case s.Text != nil:
		return s.Text.fieldNames(), true
	case s.JSON != nil:
		var names []string
		for _, f := range s.JSON.fields {
			names = append(names, f.name)
		}
		return names, len(names) > 0
	case s.HTML == nil || len(s.HTML.Fields) == 0:
		return []string{"text", "link"}, true
	}
	var names []string
	for _, f := range s.HTML.Fields {
		names = append(names, f.Name)
	}
	return names, true
}

// Find returns what is on one page, before the pipeline: the pages of a source are finished together ([Finish]). base is the
// address it came from, day a time on the day that counts as today.
func Find(body []byte, base *url.URL, src Source, day time.Time) ([]Item, error) {
	if src.ExpectContains != "" && !contains(body, src) {
		return nil, diagnose(&ExpectError{Want: fmt.Sprintf("the text %q", src.ExpectContains)}, body)
	}
	items, err := extract(body, base, src, day)
	return items, diagnose(err, body)
}

// Finish holds what was found against what is expected, and takes it through the pipeline.
func Finish(items []Item, src Source, day time.Time) ([]Item, error) {
	if len(items) < src.ExpectMin {
		return nil, &ExpectError{Want: fmt.Sprintf("at least %d items", src.ExpectMin), Got: fmt.Sprint(len(items))}
	}
	if src.ExpectMax > 0 && len(items) > src.ExpectMax {
		return nil, &ExpectError{Want: fmt.Sprintf("at most %d items", src.ExpectMax), Got: fmt.Sprint(len(items))}
	}
	items, err := src.Pipeline.apply(items, day)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, ErrEmpty
	}
	return items, nil
}

// contains reports whether the page has the text it is expected to have: as a reader sees it, or as it is where a page is
// no HTML.
func contains(body []byte, src Source) bool {
	text := string(body)
	if src.HTML != nil || src.Table != nil {
		if doc, err := html.Parse(bytes.NewReader(body)); err == nil {
			text = textOf(doc)
		}
	}
	return strings.Contains(fold(text), fold(src.ExpectContains))
}

func extract(body []byte, base *url.URL, src Source, day time.Time) ([]Item, error) {
	switch {
	case src.Feed != nil:
		return orNone(body, src.None)(src.Feed.extract(body, base))
	case src.JSON != nil:
		return orNone(body, src.None)(src.JSON.extract(body, day))
	case src.Text != nil:
		return orNone(body, src.None)(src.Text.extract(body))
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return nil, &PageError{Reason: err.Error()}
	}
	switch {
	case src.Table != nil:
		return src.Table.extract(doc, src.None, day)
	case src.HTML != nil:
		return src.HTML.extract(doc, base, src.None, src.enough())
	}
	return nil, &PageError{Reason: "the source names no extractor"}
}

// enough is how many items are all that is wanted: the limit, when nothing else looks at what is over it; 0 means all.
func (s Source) enough() int {
	p := s.Pipeline
	if s.None != nil || s.ExpectMin > 0 || s.ExpectMax > 0 || len(p.Replace)+len(p.Keep)+len(p.Drop) > 0 || p.Since != nil ||
		p.Unique != "" || p.Sort != "" || p.Reverse {
		return 0
	}
	return p.Limit
}

// orNone turns a result without items into [ErrNone] where the page itself says that there is none.
func orNone(body []byte, none *regexp.Regexp) func([]Item, error) ([]Item, error) {
	return func(items []Item, err error) ([]Item, error) {
		if _, broken := err.(*FormatError); len(items) == 0 && !broken && none != nil && none.Match(body) {
			return nil, ErrNone
		}
		return items, err
	}
}

// blank reports whether no field has a text.
func (i Item) blank() bool {
	for _, text := range i {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// all returns every field's text, in the order of the names.
func (i Item) all() string {
	var names []string
	for name := range i {
		names = append(names, name)
	}
	slices.Sort(names)
	var texts []string
	for _, name := range names {
		texts = append(texts, i[name])
	}
	return strings.TrimSpace(strings.Join(texts, " "))
}
