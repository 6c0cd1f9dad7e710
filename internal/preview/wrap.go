package preview

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// wrap breaks a text into lines of at most width columns, between words where a line has one.
func wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(printable(text), "\n") {
		for uniseg.StringWidth(paragraph) > width {
			head := fitting(paragraph, width)
			if space := strings.LastIndexByte(head, ' '); space > 0 && !strings.HasPrefix(paragraph[len(head):], " ") {
				head = head[:space]
			}
			lines = append(lines, strings.TrimRight(head, " "))
			paragraph = strings.TrimLeft(paragraph[len(head):], " ")
		}
		lines = append(lines, paragraph)
	}
	return lines
}

// fitting returns the longest beginning of text that width columns hold, at least one character of it.
func fitting(text string, width int) string {
	used, end, state := 0, 0, -1
	for rest := text; rest != ""; {
		cluster, after, columns, next := uniseg.FirstGraphemeClusterInString(rest, state)
		if used += columns; used > width && end > 0 {
			break
		}
		rest, state = after, next
		end += len(cluster)
	}
	return text[:end]
}

// printable drops what a terminal or a browser would obey instead of show, direction marks included.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == '\u2028', r == '\u2029':
			return '\n'
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}
