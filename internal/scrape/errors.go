package scrape

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNone says that the page tells there is nothing today; ErrEmpty that today's cell, or the list, is empty, or
// that none of it is left.
var (
	ErrNone  = errors.New("the page says that there is none")
	ErrEmpty = errors.New("there is nothing for today: the cell or list is empty")
)

// configHint is what to do when a page and its description no longer fit.
const configHint = "open the page in a browser, adapt the source in wtm.yml, then: wtm preview --live"

// PageError is a page that cannot be read as HTML.
type PageError struct{ Reason string }

func (e *PageError) Error() string { return "reading the page: " + e.Reason }

// Hint says how to go on.
func (*PageError) Hint() string { return configHint }

// FormatError is a page that is not of the kind its source says: no feed, no JSON.
type FormatError struct{ Want string }

func (e *FormatError) Error() string { return "the page is not " + e.Want }

// Hint says how to go on.
func (*FormatError) Hint() string { return configHint }

// NoMatchError says that a selector matched nothing: the page changed, or is another one.
type NoMatchError struct {
	Selector string
	Field    string // the field it belongs to; empty for the items themselves
	Pattern  bool   // a regular expression in place of a selector
}

func (e *NoMatchError) Error() string {
	if e.Pattern {
		return fmt.Sprintf("pattern %q matched nothing on the page", e.Selector)
	}
	if e.Field != "" {
		return fmt.Sprintf("selector %q of field %q matched nothing in any item", e.Selector, e.Field)
	}
	return fmt.Sprintf("selector %q matched nothing on the page", e.Selector)
}

// Hint says how to go on.
func (*NoMatchError) Hint() string { return configHint }

// NotFoundError says that a table has no such column, row, section or cell.
type NotFoundError struct {
	What string   // table, column, row, section or cell
	Want string   // what was looked for
	Have []string // what is there instead
}

func (e *NotFoundError) Error() string {
	text := fmt.Sprintf("%s not found: looked for %s", e.What, e.Want)
	if len(e.Have) > 0 {
		text += " among " + list(e.Have)
	}
	return text
}

// Hint says how to go on.
func (*NotFoundError) Hint() string { return configHint }

// AmbiguousError says that several columns or rows match where one is wanted.
type AmbiguousError struct {
	What    string // column or row
	Want    string
	Matches []string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("several %ss match %s: %s", e.What, e.Want, list(e.Matches))
}

// Hint says how to sharpen the description.
func (e *AmbiguousError) Hint() string {
	return fmt.Sprintf("make `%s:` in wtm.yml match only one of them, then: wtm preview --live", e.What)
}

// ExpectError says that a page lacks what the config expects of a whole one.
type ExpectError struct{ Want, Got string }

func (e *ExpectError) Error() string {
	text := "the page lacks what `expect` asks for: " + e.Want
	if e.Got != "" {
		text += ", found " + e.Got
	}
	return text
}

// Hint says how to go on.
func (*ExpectError) Hint() string { return configHint }

// list quotes what a page says, shortened: it is foreign text of any length.
func list(texts []string) string {
	const most, longest = 12, 40
	var out []string
	for i, t := range texts {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(texts)-most))
			break
		}
		if r := []rune(t); len(r) > longest {
			t = string(r[:longest]) + "…"
		}
		out = append(out, fmt.Sprintf("%q", t))
	}
	return strings.Join(out, ", ")
}
