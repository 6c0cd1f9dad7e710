package scrape

import "slices"

// fewestDays is how many cells of a row, or column, must name days for it to be the header of a week.
const fewestDays = 3

// headers says where a table's header rows and columns are.
type headers struct {
	top, bottom int // header rows: from top up to bottom, without it
	left        int // header columns: those before it
}

// findHeaders finds the header rows and columns that the picks of a table need. Rows above the header rows, such as a
// title, belong to nothing.
func (t *Table) findHeaders(g grid) headers {
	var h headers
	days := -1
	if t.Column.today || t.Column.pattern != nil && g.heads == 0 {
		days = dayRow(g)
	}
	switch {
	case t.Column.today && days >= 0:
		h.top, h.bottom = days, days+1
		// A title or a week above the days is part of their header when it spans them.
		for h.top > 0 && spansDays(g, h.top-1) {
			h.top--
		}
	case g.heads > 0:
		h.bottom = g.heads
	default:
		for h.bottom < len(g.rows)-1 && mostlyHeaders(g.rows[h.bottom]) {
			h.bottom++
		}
		if h.bottom == 0 && days >= 0 {
			h.top, h.bottom = days, days+1
		}
		if h.bottom == 0 && t.Column.pattern != nil {
			h.top = t.firstMatch(g)
			h.bottom = h.top + 1
		}
	}
	for h.bottom > 0 && h.bottom < len(g.rows) && continuesHeader(g, h.bottom, days >= 0) {
		h.bottom++
	}
	h.left = t.headerColumns(g, h, days)
	return h
}

// headerColumns returns how many columns at the left name the rows.
func (t *Table) headerColumns(g grid, h headers, days int) int {
	left := 0
	switch {
	case t.Row.today:
		left = dayColumn(g, h.bottom) + 1
	case days >= 0:
		for left < g.width && !g.rows[days][left].days().any() {
			left++
		}
		if left == g.width {
			left = 0
		}
	}
	for left < g.width-1 && days < 0 && allHeaders(g, left, h.bottom) {
		left++
	}
	if left == 0 && !t.Row.all() {
		left = 1 // a layout table: its first column names the rows
	}
	return min(left, g.width)
}

// dayRow returns the first row in which enough different cells name days, or -1.
func dayRow(g grid) int {
	return slices.IndexFunc(g.rows, func(row []*cell) bool { return namesDays(row) >= fewestDays })
}

// dayColumn returns the first column in whose body cells days are named, or -1.
func dayColumn(g grid, from int) int {
	best, most := -1, 0
	for x := range g.width {
		if n := namesDays(g.column(x)[from:]); n > most {
			best, most = x, n
		}
		if most >= fewestDays {
			break
		}
	}
	return best
}

// namesDays counts the different cells that name a day.
func namesDays(cells []*cell) int {
	n := 0
	var last *cell
	for _, c := range cells {
		if c != last && c.days().any() {
			n++
		}
		last = c
	}
	return n
}

// spansDays reports whether a row holds a cell that spans and names dates, such as the week above the days.
func spansDays(g grid, y int) bool {
	return slices.ContainsFunc(g.rows[y], func(c *cell) bool { return c != nil && c.spans && len(c.days().dates) > 0 })
}

// continuesHeader reports whether a row goes on with the header above it: it names days too, or is all th, or is the
// rest of a header cell that spans rows.
func continuesHeader(g grid, y int, days bool) bool {
	row := g.rows[y]
	if days && namesDays(row) >= fewestDays {
		return true
	}
	fresh, shared := 0, 0
	for x, c := range row {
		switch {
		case c == nil || x > 0 && c == row[x-1]:
		case c == g.rows[y-1][x]:
			shared++
		case !c.header:
			return false
		default:
			fresh++
		}
	}
	// One th across the table is the heading of the rows below it, not of the columns.
	return fresh > 1 || fresh == 1 && shared > 0
}

// mostlyHeaders reports whether more than half of a row's places are th.
func mostlyHeaders(row []*cell) bool {
	n := 0
	for _, c := range row {
		if c != nil && c.header {
			n++
		}
	}
	return 2*n > len(row)
}

// allHeaders reports whether every cell of a column below the header rows is a th.
func allHeaders(g grid, x, from int) bool {
	found := false
	for _, c := range g.column(x)[from:] {
		if c != nil && !c.header {
			return false
		}
		found = found || c != nil
	}
	return found
}

// firstMatch returns the first row with a cell that the column's pattern matches, or 0.
func (t *Table) firstMatch(g grid) int {
	return max(0, slices.IndexFunc(g.rows, func(row []*cell) bool {
		return slices.ContainsFunc(row, func(c *cell) bool { return c != nil && t.Column.pattern.MatchString(c.text()) })
	}))
}

// columns returns the columns beside the header columns, named by the header rows.
func (h headers) columns(g grid) []line {
	var lines []line
	for x := h.left; x < g.width; x++ {
		header := g.column(x)[h.top:h.bottom]
		lines = append(lines, line{index: x, header: header, path: path(header)})
	}
	return lines
}

// rows returns the rows below the header rows, named by the header columns and by the last heading across the table.
func (h headers) rows(g grid) []line {
	var lines []line
	var heading *cell
	for y := h.bottom; y < len(g.rows); y++ {
		row := g.rows[y]
		if across(row) {
			heading = row[0]
			continue
		}
		header := row[:h.left]
		if heading != nil {
			header = slices.Concat([]*cell{heading}, header)
		}
		lines = append(lines, line{index: y, header: header, path: path(header)})
	}
	return lines
}

// across reports whether a row is one cell over all columns of a table.
func across(row []*cell) bool {
	return len(row) > 1 && row[0] != nil && !slices.ContainsFunc(row, func(c *cell) bool { return c != row[0] })
}
