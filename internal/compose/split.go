package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"wtm/internal/kakao"
)

// The places to split at, best first: between paragraphs, lines, words.
var breaks = []func(text string, most int) int{lastParagraph, lastLine, lastWord}

// SplitText splits a text into parts of at most limit UTF-16 units, between paragraphs where it can, else between lines,
// words, and characters as a reader sees them. Nothing is lost but the white space at a split. When that makes more than
// maxParts parts, parts are filled up at the next lesser break; if even full parts are too many, maxParts come back that
// are split between words, as there is nothing to be won by tearing any, and after them all the rest.
func SplitText(text string, limit, maxParts int) []string {
	for level := range len(breaks) + 1 {
		if parts := splitFrom(text, limit, maxParts, level); len(parts) <= maxParts {
			return parts
		}
	}
	return splitFrom(text, limit, maxParts, len(breaks)-1)
}

// splitFrom splits at the breaks from level on. What is left after maxParts parts is one more, as it is.
func splitFrom(text string, limit, maxParts, level int) []string {
	var parts []string
	for text = strings.TrimSpace(text); text != ""; {
		if len(parts) == maxParts || fits(text, limit) {
			return append(parts, text)
		}
		at := breakBefore(text, limit, level)
		parts = append(parts, strings.TrimRightFunc(text[:at], unicode.IsSpace))
		text = strings.TrimLeftFunc(text[at:], unicode.IsSpace)
	}
	return parts
}

// fits reports whether a text has at most limit UTF-16 units, and looks no further than it has to.
func fits(text string, limit int) bool {
	return len(text) <= limit || len(text) <= maxBytes*limit && kakao.UTF16Len(text) <= limit
}

// maxBytes is the most bytes that a UTF-16 unit takes in UTF-8.
const maxBytes = 3

// breakBefore returns the last good place to split text, which is longer than limit, so that what is before it fits.
func breakBefore(text string, limit, level int) int {
	head := len(prefix(text, limit, kakao.UTF16Len))
	for _, last := range breaks[min(level, len(breaks)):] {
		if at := last(text, head); at > 0 {
			return at
		}
	}
	if head == 0 {
		// One character as a reader sees it is longer than a whole part; only then it is torn, between code points.
		return len(runePrefix(text, limit))
	}
	return head
}

// lastParagraph, lastLine and lastWord return the last place, up to and with one, where a text may be split; the white space
// there goes.
func lastParagraph(text string, most int) int { return lastBefore(text, "\n\n", most) }
func lastLine(text string, most int) int      { return lastBefore(text, "\n", most) }

func lastBefore(text, separator string, most int) int {
	return strings.LastIndex(text[:min(most+len(separator), len(text))], separator)
}

func lastWord(text string, most int) int {
	if r, _ := utf8.DecodeRuneInString(text[most:]); unicode.IsSpace(r) {
		return most
	}
	return strings.LastIndexFunc(text[:most], unicode.IsSpace)
}

// prefix returns the longest beginning of text whose size is at most limit, with no grapheme cluster torn.
func prefix(text string, limit int, size func(string) int) string {
	used, end, state := 0, 0, -1
	for rest := text; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used += size(cluster); used > limit {
			break
		}
		end += len(cluster)
	}
	return text[:end]
}

func runePrefix(text string, limit int) string {
	used := 0
	for i, r := range text {
		if used += kakao.UTF16Len(string(r)); used > limit && i > 0 {
			return text[:i]
		}
	}
	return text
}
