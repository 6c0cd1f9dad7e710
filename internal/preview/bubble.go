// Package preview shows a message as the receiver will see it.
package preview

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"wtm/internal/kakao"
)

// minWidth is the narrowest bubble: a frame and room for two Korean letters.
const minWidth = 8

// Bubble returns a message as a box of lines, each width terminal columns wide and ended by a newline. Korean
// letters take two columns. Nothing in the message can leave the box: control characters are dropped.
func Bubble(t kakao.Template, width int) string {
	inner := max(width, minWidth) - 4
	var out strings.Builder
	rule := func(left, right string) { out.WriteString(left + strings.Repeat("─", inner+2) + right + "\n") }
	row := func(text string) {
		out.WriteString("│ " + text + strings.Repeat(" ", inner-uniseg.StringWidth(text)) + " │\n")
	}
	rule("╭", "╮")
	for _, line := range wrap(t.Text(), inner) {
		row(line)
	}
	if text, ok := t.Spec().(kakao.Text); ok {
		rule("├", "┤")
		title := text.ButtonTitle
		if title == "" {
			title = "자세히 보기" // Kakao's own, developers.kakao.com/docs/ko/message-template/default
		}
		for _, line := range wrap("["+title+"] "+text.Link.WebURL, inner) {
			row(line)
		}
	}
	rule("╰", "╯")
	return out.String()
}

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

// printable drops what a terminal would obey instead of show, direction marks included.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}
