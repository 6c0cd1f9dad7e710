package scrape

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTML takes an item from each match of a selector.
type HTML struct {
	Items Selector
	// Fields are looked up in each item; none means its text, and its link when it has one. The first has to be in one item
	// at least.
	Fields []Field
}

// Field is a value within an item: an attribute, or the text, of the first match of a selector or of the item itself.
type Field struct {
	Name     string
	selector Selector // zero: the item itself
	attr     string   // empty: the text
	match    *regexp.Regexp
}

// ParseField reads the short forms: "css", "css@attr", "@attr" of the item itself, "." for its own text.
func ParseField(name, text string) (Field, error) {
	text = strings.TrimSpace(text)
	if text == "." {
		return NewField(name, "", "", nil)
	}
	selector, attribute := text, ""
	if i := strings.LastIndexByte(text, '@'); i >= 0 && !inBrackets(text, i) {
		selector, attribute = text[:i], text[i+1:]
		if strings.HasPrefix(selector, xpathPrefix) {
			selector = strings.TrimSuffix(selector, "/") // //a/@href, as XPath has it
		}
		if attribute == "" {
			return Field{}, fmt.Errorf("field %q: %q names no attribute after @; want such as a@href", name, text)
		}
	}
	if selector == "" && attribute == "" {
		return Field{}, fmt.Errorf("field %q is empty; want a CSS selector, css@attr, @attr, or . for its own text", name)
	}
	return NewField(name, selector, attribute, nil)
}

// inBrackets reports whether a place is within [...], where @ belongs to the selector: a[title="x@y"], //a[@href].
func inBrackets(text string, at int) bool {
	return strings.Count(text[:at], "[") > strings.Count(text[:at], "]")
}

// NewField makes a field of its parts: an empty selector is the item itself, an empty attribute the text, and of a
// match the first group, or all of it without groups, is the value.
func NewField(name, selector, attribute string, match *regexp.Regexp) (Field, error) {
	f := Field{Name: name, attr: strings.ToLower(strings.TrimSpace(attribute)), match: match}
	if strings.TrimSpace(selector) == "" || strings.TrimSpace(selector) == "." {
		return f, nil
	}
	var err error
	if f.selector, err = ParseSelector(selector); err != nil {
		return Field{}, fmt.Errorf("field %q: %w", name, err)
	}
	return f, nil
}

func (h *HTML) extract(doc *goquery.Document, base *url.URL, none *regexp.Regexp, enough int) ([]Item, error) {
	root := doc.Nodes[0]
	nodes := h.Items.all(root)
	if len(nodes) == 0 {
		if none != nil && none.MatchString(messageOf(root)) {
			return nil, ErrNone
		}
		return nil, &NoMatchError{Selector: h.Items.String()}
	}
	base = baseOf(doc, base)
	var items []Item
	denied := 0
	for _, n := range nodes {
		if none != nil && none.MatchString(textOf(n)) {
			denied++
		}
		if item := h.item(n, base); !item.blank() {
			items = append(items, item)
		}
		if enough > 0 && len(items) == enough {
			break
		}
	}
	// An empty list often says so in its only row; among others, a row with these words is a notice about it.
	if denied == len(nodes) {
		return nil, ErrNone
	}
	return items, h.lostField(nodes)
}

// lostField is an error when the first field, which makes an item what it is, is in none of the items: then the page has
// changed. Other fields may be missing, as attachments are on some days.
func (h *HTML) lostField(nodes []*html.Node) error {
	if len(h.Fields) == 0 || h.Fields[0].selector.isZero() {
		return nil
	}
	first := h.Fields[0]
	for _, n := range nodes {
		if first.selector.first(n) != nil {
			return nil
		}
	}
	return &NoMatchError{Selector: first.selector.String(), Field: first.Name}
}

func (h *HTML) item(n *html.Node, base *url.URL) Item {
	item := Item{}
	if len(h.Fields) == 0 {
		item["text"] = textOf(n)
		item["link"] = firstLink(n, base)
		return item
	}
	for _, f := range h.Fields {
		item[f.Name] = f.value(n, base)
	}
	return item
}

// value returns the field's value, empty when there is none.
func (f Field) value(item *html.Node, base *url.URL) string {
	n := item
	if !f.selector.isZero() {
		if n = f.selector.first(item); n == nil {
			return ""
		}
	}
	var text string
	if f.attr != "" {
		text = strings.TrimSpace(attr(n, f.attr))
	} else {
		text = textOf(n)
	}
	if f.match != nil {
		groups := f.match.FindStringSubmatch(text)
		if len(groups) == 0 {
			return ""
		}
		return groups[min(1, len(groups)-1)]
	}
	if f.attr == "href" || f.attr == "src" {
		return absolute(text, base)
	}
	return text
}

var anchor = mustSelector("a[href]")

func mustSelector(text string) Selector {
	s, err := ParseSelector(text)
	if err != nil {
		panic(err) // only called with constants
	}
	return s
}

// firstLink returns the address of the item, or of the first link in it that leads to a page.
func firstLink(n *html.Node, base *url.URL) string {
	if link := absolute(attr(n, "href"), base); link != "" {
		return link
	}
	for _, a := range anchor.all(n) {
		if link := absolute(attr(a, "href"), base); link != "" {
			return link
		}
	}
	return ""
}

// absolute resolves an address; what does not lead to a web page, such as javascript:, gives nothing.
func absolute(text string, base *url.URL) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// baseOf returns what addresses on the page are relative to: its <base href>, else its own address.
func baseOf(doc *goquery.Document, page *url.URL) *url.URL {
	for n := range doc.Nodes[0].Descendants() {
		if n.DataAtom != atom.Base || attr(n, "href") == "" {
			continue
		}
		if u, err := url.Parse(absolute(attr(n, "href"), page)); err == nil && u.Host != "" {
			return u
		}
		break // the first one counts
	}
	return page
}
