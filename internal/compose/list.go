package compose

import (
	"slices"
	"strings"

	"wtm/internal/kakao"
)

// List is a message with a row for each item. One item becomes a [Feed]; more than a list has room for become several
// lists, and what those have no room for a text.
type List struct {
	Header, HeaderLink Template
	// Row is filled in for each item.
	Row     Content
	Buttons []Button
}

func (l List) specs(f *filler, long Long) []kakao.Spec {
	header := f.text("the header", l.Header, kakao.MaxText-len(number(1, MaxParts)))
	link, buttons := f.link("the header: ", l.HeaderLink), f.buttons(l.Buttons)
	most := mostLines
	if long == Cut {
		most = kakao.MaxRows
	}
	rows, all := l.rows(f, most), len(f.data.Items)
	switch len(rows) {
	case 0:
		f.fail(&EmptyError{List: true})
		return nil
	case 1:
		return []kakao.Spec{feedOf(header, rows[0], buttons)}
	}
	groups, rest := grouped(rows)
	before := len(groups)
	var texts []string
	if len(rest) > 0 {
		texts = f.numbered(SplitText(linesOf(rest), textRoom, MaxParts-before), before, link.WebURL)
	}
	if shown := min(len(rows)-len(rest)+countLines(texts), len(rows)); shown < all {
		f.note("%d of %d rows are not shown", all-shown, all)
	}
	var specs []kakao.Spec
	for i, group := range groups {
		title := header
		if n := before + len(texts); n > 1 {
			title = number(i+1, n) + header
		}
		specs = append(specs, kakao.List{HeaderTitle: title, HeaderLink: link, Contents: group, Buttons: buttons})
	}
	for _, text := range texts {
		specs = append(specs, kakao.Text{Text: text, Link: link, Buttons: buttons})
	}
	return specs
}

// mostLines is more rows than there is room for when each takes no more than its mark and a line end.
const mostLines = MaxParts * kakao.MaxText / 2

// rows fills in a row for each item, most of them at most. A row that would say nothing says where it leads.
func (l List) rows(f *filler, most int) []kakao.Content {
	var rows []kakao.Content
	for i, item := range f.data.Items[:min(most, len(f.data.Items))] {
		f.dot = item
		if i == MaxParts*kakao.MaxRows {
			l.Row.Image, l.Row.File = Template{}, Template{} // no list has room for it, and a text shows none
		}
		c := f.content(row(i), l.Row)
		if c.Title == "" && c.Description == "" && c.ImageURL == "" {
			c.Title = shorten(c.Link.WebURL, kakao.MaxTitle, "")
		}
		rows = append(rows, c)
	}
	f.dot = f.data
	return rows
}

// feedOf is a list of one row, which Kakao does not take.
func feedOf(header string, only kakao.Content, buttons []kakao.Button) kakao.Feed {
	feed := kakao.Feed{Content: only, Buttons: buttons}
	switch {
	case header == "":
	case kakao.UTF16Len(header) <= kakao.MaxProfileText:
		feed.ItemContent = &kakao.ItemContent{ProfileText: header}
	default: // a profile has no room for it
		feed.Content.Description = shorten(strings.TrimSpace(header+"\n"+only.Description), kakao.MaxDescription, "")
	}
	return feed
}

// grouped makes lists of as many rows as they take, none of one row, and returns the rows that fit into no list. It leaves
// so much room for those that nothing is lost, if there is such a way.
func grouped(rows []kakao.Content) (groups [][]kakao.Content, rest []kakao.Content) {
	if len(rows) <= MaxParts*kakao.MaxRows {
		return inLists(rows), nil
	}
	for lists := MaxParts - 1; lists > 0; lists-- {
		rest = rows[lists*kakao.MaxRows:]
		if len(SplitText(linesOf(rest), textRoom, MaxParts-lists)) <= MaxParts-lists {
			return inLists(rows[:lists*kakao.MaxRows]), rest
		}
	}
	shown := (MaxParts - 1) * kakao.MaxRows
	return inLists(rows[:shown]), rows[shown:]
}

// inLists makes lists of three rows, the last ones of two where one would be left over.
func inLists(rows []kakao.Content) [][]kakao.Content {
	var groups [][]kakao.Content
	for len(rows) > 0 {
		n := min(kakao.MaxRows, len(rows))
		if len(rows)-n == 1 {
			n--
		}
		groups = append(groups, slices.Clone(rows[:n]))
		rows = rows[n:]
	}
	return groups
}

// linesOf says rows as lines of a text.
func linesOf(rows []kakao.Content) string {
	var lines []string
	for _, c := range rows {
		line := strings.Join(strings.Fields(c.Title+" "+c.Description), " ")
		lines = append(lines, mark+line)
	}
	return strings.Join(lines, "\n")
}

// mark begins the line of a row.
const mark = "· "

// countLines returns how many rows texts of several have the beginning of.
func countLines(texts []string) int {
	n := 0
	for _, text := range texts {
		n += strings.Count("\n"+text[len(number(1, MaxParts)):], "\n"+mark)
	}
	return n
}
