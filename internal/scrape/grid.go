package scrape

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of a table: a hostile page may claim spans of any size. The limits of HTML itself are 1,000 columns and
// 65,534 rows (html.spec.whatwg.org, "attributes common to td and th elements").
const (
	maxRows    = 2000
	maxColumns = 200
)

// cell is one td or th. A cell that spans several places of the grid is the same pointer in all of them. A place that
// no cell reaches is nil, and has no text.
type cell struct {
	node   *html.Node
	header bool // a th
	spans  bool // takes more than one place

	// What is read of the node is kept: most cells are never looked at, header cells more than once.
	textRead, daysRead bool
	textKept           string
	daysKept           named
}

// text returns the cell's text on one line.
func (c *cell) text() string {
	if c == nil {
		return ""
	}
	if !c.textRead {
		c.textKept, c.textRead = textOf(c.node), true
	}
	return c.textKept
}

// days returns the days that the cell's text names.
func (c *cell) days() named {
	if c == nil {
		return named{}
	}
	if !c.daysRead {
		c.daysKept, c.daysRead = daysIn(c.text()), true
	}
	return c.daysKept
}

// grid is a table with its spans expanded: every row has the same number of places, nil where no cell reaches.
type grid struct {
	rows [][]*cell
	// heads is how many rows at the top are in a thead.
	heads int
	width int
}

// newGrid lays a table's cells out as a browser does, but cuts spans that overrun the table's last row.
func newGrid(table *html.Node) grid {
	var g grid
	trs, heads := rowsOf(table)
	g.heads = heads
	g.rows = make([][]*cell, len(trs))
	for y, tr := range trs {
		g.rows[y] = slices.Grow(g.rows[y], g.width)
		x := 0
		for n := tr.FirstChild; n != nil; n = n.NextSibling {
			if n.DataAtom != atom.Td && n.DataAtom != atom.Th {
				continue
			}
			for x < len(g.rows[y]) && g.rows[y][x] != nil {
				x++
			}
			x += g.place(n, y, x)
		}
		g.width = max(g.width, len(g.rows[y]))
	}
	for y, row := range g.rows {
		g.rows[y] = append(row, make([]*cell, g.width-len(row))...)
	}
	return g
}

// place puts a cell at a place and into all that it spans, and returns its width.
func (g *grid) place(n *html.Node, y, x int) int {
	width := min(spanOf(n, "colspan"), maxColumns-x)
	height := spanOf(n, "rowspan")
	if attr(n, "rowspan") == "0" {
		height = len(g.rows) // to the end of the table
	}
	height = min(height, len(g.rows)-y)
	if width <= 0 {
		return 0
	}
	c := &cell{node: n, header: n.DataAtom == atom.Th, spans: width*height > 1}
	for dy := range height {
		row := g.rows[y+dy]
		if short := x + width - len(row); short > 0 {
			row = append(row, make([]*cell, short)...)
		}
		for dx := range width {
			if row[x+dx] == nil {
				row[x+dx] = c
			}
		}
		g.rows[y+dy] = row
	}
	return width
}

// rowsOf returns the rows of a table without those of tables inside it, the ones of its thead first, and how many
// those are.
func rowsOf(table *html.Node) (rows []*html.Node, heads int) {
	var head, body []*html.Node
	for n := table.FirstChild; n != nil; n = n.NextSibling {
		switch n.DataAtom {
		case atom.Tr:
			body = append(body, n)
		case atom.Thead, atom.Tbody, atom.Tfoot:
			for tr := n.FirstChild; tr != nil; tr = tr.NextSibling {
				if tr.DataAtom != atom.Tr {
					continue
				}
				if n.DataAtom == atom.Thead {
					head = append(head, tr)
				} else {
					body = append(body, tr)
				}
			}
		}
	}
	rows = slices.Concat(head, body)
	return rows[:min(len(rows), maxRows)], min(len(head), maxRows)
}

// spanOf returns a span as it is written, 1 when it is not a number above 0.
func spanOf(n *html.Node, name string) int {
	text := attr(n, name)
	if text == "" {
		return 1
	}
	span, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || span < 1 {
		return 1
	}
	return min(span, maxRows)
}

// column returns the cells of a column, top first.
func (g grid) column(x int) []*cell {
	cells := make([]*cell, len(g.rows))
	for y, row := range g.rows {
		cells[y] = row[x]
	}
	return cells
}

// path joins the texts of cells, each cell once: the name of a column from its header rows, or of a row.
func path(cells []*cell) string {
	var texts []string
	var last *cell
	for _, c := range cells {
		if c != last && c.text() != "" {
			texts = append(texts, c.text())
		}
		last = c
	}
	return strings.Join(texts, " / ")
}
