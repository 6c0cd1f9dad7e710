package scrape

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fold joins a text to one line with single spaces.
func fold(text string) string {
	if folded(text) {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// folded reports whether a text has single spaces only: most have, and need no copy.
func folded(text string) bool {
	last := ' '
	for _, r := range text {
		if unicode.IsSpace(r) && (r != ' ' || last == ' ') {
			return false
		}
		last = r
	}
	return text == "" || last != ' '
}

// linesOf returns the text of nodes as a reader sees its lines: they end at <br> and at the edges of blocks. A picture
// counts as its alt text. Lines without text are left out.
func linesOf(nodes ...*html.Node) []string {
	var w lineWriter
	for _, n := range nodes {
		w.write(n)
		w.end()
	}
	return w.lines
}

// textOf returns the text of a node on one line.
func textOf(n *html.Node) string { return strings.Join(linesOf(n), " ") }

// messageOf returns what a page itself says: its text without links and tables of several rows, whose words are about
// other things.
func messageOf(root *html.Node) string {
	w := lineWriter{skip: func(n *html.Node) bool {
		if n.DataAtom != atom.Table {
			return n.DataAtom == atom.A
		}
		rows, _ := rowsOf(n)
		return len(rows) > 1
	}}
	w.write(root)
	w.end()
	return strings.Join(w.lines, " ")
}

type lineWriter struct {
	lines []string
	line  []byte
	// skip leaves an element out; nil leaves none out.
	skip func(*html.Node) bool
}

func (w *lineWriter) end() {
	if text := fold(string(bytes.TrimSpace(w.line))); text != "" {
		w.lines = append(w.lines, text)
	}
	w.line = w.line[:0]
}

func (w *lineWriter) write(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.line = append(w.line, n.Data...)
		return
	case html.ElementNode, html.DocumentNode:
	default:
		return
	}
	if w.skip != nil && w.skip(n) {
		return
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head:
		return
	case atom.Br, atom.Hr:
		w.end()
		return
	case atom.Img:
		w.line = append(append(append(w.line, ' '), attr(n, "alt")...), ' ')
		return
	}
	if block(n.DataAtom) {
		w.end()
		defer w.end()
	}
	if (n.DataAtom == atom.Td || n.DataAtom == atom.Th) && len(w.line) > 0 {
		w.line = append(w.line, ' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.write(c)
	}
}

// block reports whether a browser begins a new line for an element.
func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Table, atom.Tr, atom.Section, atom.Article,
		atom.Header, atom.Footer, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Blockquote, atom.Caption,
		atom.Form, atom.Fieldset, atom.Figure, atom.Address, atom.Nav, atom.Main, atom.Aside:
		return true
	}
	return false
}

// attr returns an attribute's value.
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
