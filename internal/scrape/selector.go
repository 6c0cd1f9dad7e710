package scrape

import (
	"fmt"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/antchfx/htmlquery"
	"github.com/antchfx/xpath"
	"golang.org/x/net/html"
)

// Selector is a compiled selector, in CSS or, after the prefix xpath:, in XPath 1.0: one that exists is valid.
type Selector struct {
	text string
	css  cascadia.Matcher
	path *xpath.Expr
}

// xpathPrefix tells XPath from CSS: browsers copy both.
const xpathPrefix = "xpath:"

// ParseSelector compiles a CSS selector, several of them joined by commas, or an XPath after xpath:.
func ParseSelector(text string) (Selector, error) {
	text = strings.TrimSpace(text)
	if path, ok := strings.CutPrefix(text, xpathPrefix); ok {
		return parseXPath(text, strings.TrimSpace(path))
	}
	compiled, err := cascadia.ParseGroup(text)
	if err != nil {
		return Selector{}, fmt.Errorf("selector %q: %w; want a CSS selector such as table.menu or div#list > li, or xpath://div/li", text, err)
	}
	return Selector{text: text, css: compiled}, nil
}

func parseXPath(text, path string) (s Selector, err error) {
	// The library panics on some broken paths.
	defer func() {
		if recover() != nil {
			s, err = Selector{}, fmt.Errorf("selector %q: it is not XPath 1.0; want one such as xpath://div[@id='list']/li", text)
		}
	}()
	compiled, err := xpath.Compile(path)
	if err != nil {
		return Selector{}, fmt.Errorf("selector %q: %w; want XPath 1.0 such as xpath://div[@id='list']/li", text, err)
	}
	return Selector{text: text, path: compiled}, nil
}

// UnmarshalText compiles a selector of a config file.
func (s *Selector) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSelector(string(text))
	return err
}

// String returns the selector as it was written.
func (s Selector) String() string { return s.text }

// isZero reports whether there is no selector.
func (s Selector) isZero() bool { return s.css == nil && s.path == nil }

// all returns the matches below root, root aside, in document order.
func (s Selector) all(root *html.Node) []*html.Node {
	switch {
	case s.css != nil:
		return cascadia.QueryAll(root, s.css)
	case s.path != nil:
		return s.allByPath(root)
	}
	return nil
}

// first returns the first of all, nil when there is none.
func (s Selector) first(root *html.Node) *html.Node {
	if s.css != nil {
		return cascadia.Query(root, s.css)
	}
	if found := s.all(root); len(found) > 0 {
		return found[0]
	}
	return nil
}

// allByPath returns the elements that an XPath finds. The browser's own paths begin at /html; within an item such a path
// begins at the item.
func (s Selector) allByPath(root *html.Node) (found []*html.Node) {
	// A path that yields no nodes, such as a number, makes the library panic.
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	found = htmlquery.QuerySelectorAll(root, s.path)
	return slices.DeleteFunc(found, func(n *html.Node) bool { return n.Type != html.ElementNode || n == root })
}
