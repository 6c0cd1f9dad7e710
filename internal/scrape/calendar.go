package scrape

import (
	"regexp"
	"strconv"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// monthForm is the title of a calendar's page; the groups are year, when it is said, and month.
var monthForm = regexp.MustCompile(`(?:(20\d{2})\s*(?:년|[-./])\s*)(\d{1,2})\s*(?:월|\b)|\b()(\d{1,2})\s*월`)

// dayNumberForm is the day number that a calendar's cell begins with, such as "23", "23일" or "23(월)".
var dayNumberForm = regexp.MustCompile(`^(\d{1,2})\s*(?:일|\(\s*[월화수목금토일]\s*\)|[월화수목금토일]요일)?(?:$|[^\d:.]\s*|\.\s*$)`)

// fromCalendar returns the items of the first cell that begins with the day's number. Numbers before the first 1 are
// the month before's, which fill the first week.
func (t *Table) fromCalendar(table *html.Node, g grid, none *regexp.Regexp, day time.Time) ([]Item, error) {
	if title, other := otherMonth(table, g, day); other {
		return nil, &NotFoundError{What: "cell", Want: day.Format("2006-01-02"), Have: []string{title}}
	}
	var days []string
	begun := false
	met := map[*cell]bool{}
	for _, row := range g.rows {
		for x, c := range row {
			if c == nil || met[c] {
				continue
			}
			met[c] = true
			n, lines := dayNumber(c)
			if n == 0 {
				continue
			}
			days = append(days, strconv.Itoa(n))
			begun = begun || n == 1
			if !begun || n != day.Day() {
				continue
			}
			lines, err := t.content(lines, none)
			if err != nil {
				return nil, err
			}
			items := t.split(lines, strconv.Itoa(n), g.rows[0][x].text())
			if len(items) == 0 {
				return nil, ErrEmpty
			}
			return items, nil
		}
	}
	return nil, &NotFoundError{What: "cell", Want: "a cell that begins with " + strconv.Itoa(day.Day()), Have: days}
}

// dayNumber returns the number a cell begins with, 0 without one, and the cell's lines without it.
func dayNumber(c *cell) (int, []string) {
	lines := linesOf(c.node)
	if len(lines) == 0 {
		return 0, nil
	}
	at := dayNumberForm.FindStringSubmatchIndex(lines[0])
	if at == nil {
		return 0, nil
	}
	n, err := strconv.Atoi(lines[0][at[2]:at[3]])
	if err != nil || n < 1 || n > 31 {
		return 0, nil
	}
	rest := trimDay(lines[0], at[3])
	if rest == "" {
		return n, lines[1:]
	}
	lines[0] = rest
	return n, lines
}

// daySuffix is what belongs to a day's number.
var daySuffix = regexp.MustCompile(`^\s*(?:일(?:\s|$)|\(\s*[월화수목금토일]\s*\)|[월화수목금토일]요일|\.)?\s*`)

func trimDay(line string, end int) string { return daySuffix.ReplaceAllString(line[end:], "") }

// otherMonth reports whether the table's caption, its rows above the days, or the heading before it names a month that
// is not the day's, and returns what it says.
func otherMonth(table *html.Node, g grid, day time.Time) (string, bool) {
	for _, title := range titles(table, g) {
		m := monthForm.FindStringSubmatch(title)
		if m == nil {
			continue
		}
		year, month := atoi(m[1]), atoi(m[2])
		if month == 0 {
			month = atoi(m[4])
		}
		if month < 1 || month > 12 {
			continue
		}
		return title, month != int(day.Month()) || year != 0 && year != day.Year()
	}
	return "", false
}

// titles returns the texts that may name a table's month, nearest first.
func titles(table *html.Node, g grid) []string {
	var out []string
	for n := table.FirstChild; n != nil; n = n.NextSibling {
		if n.DataAtom == atom.Caption {
			out = append(out, textOf(n))
		}
	}
	for _, row := range g.rows[:min(2, len(g.rows))] {
		if across(row) {
			out = append(out, row[0].text())
		}
	}
	if heading := headingBefore(table); heading != nil {
		out = append(out, textOf(heading))
	}
	return out
}

// headingBefore returns the nearest h1 to h6 before a node, among its siblings and those of its parents.
func headingBefore(n *html.Node) *html.Node {
	const levels = 4 // further up, a heading is the page's and not the table's
	for range levels {
		if n == nil {
			return nil
		}
		for s := n.PrevSibling; s != nil; s = s.PrevSibling {
			switch s.DataAtom {
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
				return s
			}
		}
		n = n.Parent
	}
	return nil
}
