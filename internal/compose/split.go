package compose

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"wtm/internal/kakao"
)

// The places to split at, best first: between paragraphs, lines, words.
var breaks = []func(string) []int{paragraphs, lines, words}

// SplitText splits a text into parts of at most limit UTF-16 units, between paragraphs where it can, else between lines,
// words, and characters as a reader sees them. Nothing is lost but the white space at a split. When that makes more than
// maxParts parts, parts are filled up at the next lesser break; if even full parts are too many, more than maxParts come
// back, split between words: there is nothing to be won by tearing any.
func SplitText(text string, limit, maxParts int) []string {
	for level := range len(breaks) + 1 {
		if parts := splitFrom(text, limit, level); len(parts) <= maxParts {
			return parts
		}
	}
	return splitFrom(text, limit, len(breaks)-1)
}

// splitFrom splits at the breaks from level on.
func splitFrom(text string, limit, level int) []string {
	var parts []string
	for text = strings.TrimSpace(text); text != ""; {
		if kakao.UTF16Len(text) <= limit {
			return append(parts, text)
		}
		at := breakBefore(text, limit, level)
		parts = append(parts, strings.TrimRightFunc(text[:at], unicode.IsSpace))
		text = strings.TrimLeftFunc(text[at:], unicode.IsSpace)
	}
	return parts
}

// breakBefore returns the last good place to split text so that what is before it fits.
func breakBefore(text string, limit, level int) int {
	fits := len(prefix(text, limit, kakao.UTF16Len))
	for _, places := range breaks[min(level, len(breaks)):] {
		best := 0
		for _, at := range places(text) {
			if at <= fits {
				best = at
			}
		}
		if best > 0 {
			return best
		}
	}
	if fits == 0 {
		// One character as a reader sees it is longer than a whole part; only then it is torn, between code points.
		return len(runePrefix(text, limit))
	}
	return fits
}

func paragraphs(text string) []int { return after(text, "\n\n") }
func lines(text string) []int      { return after(text, "\n") }

// after returns the places where a separator begins; the white space there goes.
func after(text, separator string) []int {
	var places []int
	for at := 0; ; {
		i := strings.Index(text[at:], separator)
		if i < 0 {
			return places
		}
		at += i
		places = append(places, at)
		at += len(separator)
	}
}

func words(text string) []int {
	var places []int
	for i, r := range text {
		if unicode.IsSpace(r) {
			places = append(places, i)
		}
	}
	return places
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
