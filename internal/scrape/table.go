package scrape

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Split is how the text of a cell becomes items.
type Split int

// The ways to split a cell.
const (
	SplitLines Split = iota // an item for each line, as a reader sees them
	SplitWords              // an item for each word
)

// Table takes the cells where a column and a row of a table meet.
type Table struct {
	// Select finds tables; the zero Selector means every table of the page.
	Select Selector
	// Nth is which of the tables found, from 1; 0 means the first that has the column and the row.
	Nth int
	// Column and Row are looked for in the headers.
	Column, Row Pick
	// Calendar takes the cell that begins with today's day number, in place of Column and Row.
	Calendar bool
	// Section takes, within a cell, what follows a heading that matches, up to the next heading of the same form.
	Section *regexp.Regexp
	Split   Split
}

var anyTable = mustSelector("table")

// extract returns the items of the table for a day. A table inside a cell is a table of its own.
func (t *Table) extract(doc *goquery.Document, none *regexp.Regexp, day time.Time) ([]Item, error) {
	selector := t.Select
	if selector.isZero() {
		selector = anyTable
	}
	root := doc.Nodes[0]
	tables := selector.all(root)
	items, err := t.fromTables(tables, selector, none, day)
	if err != nil && none != nil && len(tables) < max(t.Nth, 1) && none.MatchString(messageOf(root)) {
		return nil, ErrNone // the page says so in place of the table
	}
	return items, err
}

func (t *Table) fromTables(tables []*html.Node, selector Selector, none *regexp.Regexp, day time.Time) ([]Item, error) {
	switch {
	case len(tables) == 0:
		return nil, &NoMatchError{Selector: selector.String()}
	case len(tables) < t.Nth:
		return nil, &NotFoundError{What: "table", Want: fmt.Sprintf("number %d of %q; the page has %d", t.Nth, selector, len(tables))}
	case t.Nth > 0:
		return t.fromTable(tables[t.Nth-1], none, day)
	}
	// Opening hours may have a column of today's weekday too: a table of a week comes first.
	tables = slices.Clone(tables)
	slices.SortStableFunc(tables, func(a, b *html.Node) int { return cmp.Compare(t.rank(a), t.rank(b)) })
	var best error
	for _, table := range tables {
		items, err := t.fromTable(table, none, day)
		if err == nil || !isNotFound(err) {
			return items, err
		}
		best = closer(best, err)
	}
	return nil, best
}

// rank is lower for tables that are more likely meant: when today's column is wanted, those whose header is a week.
func (t *Table) rank(table *html.Node) int {
	if t.Column.today && dayRow(newGrid(table)) < 0 {
		return 1
	}
	return 0
}

// closer returns the error of the table that came closest: one with the column but not the row tells more than one that
// has neither.
func closer(a, b error) error {
	if e, ok := a.(*NotFoundError); ok && (e.What != "column" || len(e.Have) > 0) {
		return a
	}
	return b
}

func isNotFound(err error) bool {
	_, ok := err.(*NotFoundError)
	return ok
}

// fromTable returns the items of one table.
func (t *Table) fromTable(node *html.Node, none *regexp.Regexp, day time.Time) ([]Item, error) {
	g := newGrid(node)
	if t.Calendar {
		return t.fromCalendar(node, g, none, day)
	}
	h := t.findHeaders(g)
	columns, err := t.Column.choose("column", h.columns(g), day)
	if err != nil {
		return nil, err
	}
	rows, err := t.Row.choose("row", h.rows(g), day)
	if err != nil {
		if isNotFound(err) && denies(none, cellsOf(g, h.rows(g), columns)) {
			return nil, ErrNone // a closed day often has one cell in place of its meals
		}
		return nil, err
	}
	return t.items(cellsOf(g, rows, columns), none)
}

// place is a cell with the names of its row and column.
type place struct {
	*cell
	row, column string
}

// cellsOf returns the cells where rows and columns meet, each once, column by column: a column is one day's.
func cellsOf(g grid, rows, columns []line) []place {
	var cells []place
	met := map[*cell]bool{}
	for _, column := range columns {
		for _, row := range rows {
			c := g.rows[row.index][column.index]
			if c == nil || met[c] || slices.Contains(row.header, c) {
				continue
			}
			met[c] = true
			cells = append(cells, place{c, row.path, column.path})
		}
	}
	return cells
}

// denies reports whether all cells that say anything say that there is none.
func denies(none *regexp.Regexp, cells []place) bool {
	if none == nil {
		return false
	}
	denied := false
	for _, c := range cells {
		if blank(c.text()) {
			continue
		}
		if !none.MatchString(c.text()) {
			return false
		}
		denied = true
	}
	return denied
}

// blank reports whether a text says nothing: empty, or only dashes and dots as people type into an empty cell.
func blank(text string) bool { return strings.Trim(text, " -–—―.·_/") == "" }

// items returns the items of the chosen cells.
func (t *Table) items(cells []place, none *regexp.Regexp) ([]Item, error) {
	var items []Item
	denied := false
	for _, c := range cells {
		lines, err := t.content(linesOf(c.node), none)
		if err == ErrNone {
			denied = true
			continue
		}
		if err != nil {
			return nil, err
		}
		items = append(items, t.split(lines, c.row, c.column)...)
	}
	switch {
	case len(items) > 0:
		return items, nil
	case denied:
		return nil, ErrNone
	}
	return nil, ErrEmpty
}

// content returns the lines of a cell that are wanted, or [ErrNone] when the cell, or the section of it, says so.
func (t *Table) content(lines []string, none *regexp.Regexp) ([]string, error) {
	says := func(lines []string) bool { return none != nil && none.MatchString(strings.Join(lines, " ")) }
	if t.Section == nil {
		if says(lines) {
			return nil, ErrNone
		}
		return lines, nil
	}
	if blank(strings.Join(lines, " ")) {
		return nil, nil
	}
	wanted, headings := section(lines, t.Section)
	switch {
	case wanted == nil && len(headings) == 0 && says(lines), says(wanted):
		return nil, ErrNone
	case wanted == nil:
		return nil, &NotFoundError{What: "section", Want: fmt.Sprintf("the heading %q", t.Section), Have: headings}
	}
	return wanted, nil
}

// split makes items of a cell's lines.
func (t *Table) split(lines []string, row, column string) []Item {
	var items []Item
	for _, text := range lines {
		texts := []string{text}
		if t.Split == SplitWords {
			texts = strings.Fields(text)
		}
		for _, text := range texts {
			if !blank(text) {
				items = append(items, Item{"text": text, "row": row, "column": column})
			}
		}
	}
	return items
}
