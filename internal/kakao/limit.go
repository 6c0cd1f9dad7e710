package kakao

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits on a message, lengths in UTF-16 units (see [UTF16Len]).
const (
	// MaxText is the longest text of a text template and the longest header_title of a list. Kakao says 200 characters
	// and not how it counts them (https://developers.kakao.com/docs/ko/message-template/default).
	MaxText = 200
	// MaxTitle is the longest title of a content or button, and of other single texts. Kakao names no limit and shows two
	// lines; this one is ours, so that a page that went wrong is not sent whole.
	MaxTitle = 200
	// MaxDescription is the longest description of a content, also ours: a phone shows four lines with the title.
	MaxDescription = 400
	// MaxAddress is the longest address of a link or picture, execution parameters and value of a template argument, also
	// ours.
	MaxAddress = 2048
	// MinImageSide is the fewest pixels an image_width or image_height may say.
	MinImageSide = 200
)

// LimitError says which field of a message or upload Kakao would refuse, and why. It tells lengths and not texts, which
// are private.
type LimitError struct {
	Field string // Kakao's name with its path, such as contents[1].title
	Want  string // what would be accepted
	Got   string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("message field %s takes %s, not %s", e.Field, e.Want, e.Got)
}

// Hint names the page with the limits.
func (*LimitError) Hint() string {
	return "the rules: https://developers.kakao.com/docs/ko/message-template/default"
}

// UTF16Len counts the UTF-16 units of s: an emoji is two or more, which is the strictest way Kakao may count.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r)) // an invalid rune becomes U+FFFD, one unit
	}
	return n
}

// rules keeps the first thing that Kakao would refuse.
type rules struct{ err error }

func (r *rules) refuse(field, want, got string) {
	if r.err == nil {
		r.err = &LimitError{Field: field, Want: want, Got: got}
	}
}

// required is an optional text that must be there.
func (r *rules) required(field, value string, limit int) {
	if strings.TrimSpace(value) == "" {
		r.refuse(field, fmt.Sprintf("1 to %d characters", limit), "none")
	}
	r.optional(field, value, limit)
}

// optional is a text that people read: lines of it, tabs, but nothing else that a chat would obey instead of show.
func (r *rules) optional(field, value string, limit int) {
	if n := UTF16Len(value); n > limit {
		r.refuse(field, fmt.Sprintf("at most %d characters", limit), fmt.Sprint(n))
	}
	r.printable(field, value, "\n\t")
}

func (r *rules) printable(field, value, allowed string) {
	if !utf8.ValidString(value) {
		r.refuse(field, "valid UTF-8", "bytes that are none")
	}
	for _, c := range value {
		if unicode.IsControl(c) && !strings.ContainsRune(allowed, c) {
			r.refuse(field, "text without control characters", fmt.Sprintf("%U", c))
		}
	}
}

// word is an optional text for machines, all on one line.
func (r *rules) word(field, value string, limit int) {
	if n := UTF16Len(value); n > limit {
		r.refuse(field, fmt.Sprintf("at most %d characters", limit), fmt.Sprint(n))
	}
	r.printable(field, value, "")
}

// address is an optional absolute address of the web.
func (r *rules) address(field, value string) {
	if value == "" {
		return
	}
	r.word(field, value, MaxAddress)
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		r.refuse(field, anAddress, quoted(value))
	}
}

const anAddress = "an absolute http or https address"

func (r *rules) atLeast(field string, value *int, least int) {
	if value != nil && *value < least {
		r.refuse(field, fmt.Sprintf("%d or more", least), fmt.Sprint(*value))
	}
}

func (r *rules) between(field string, n, least, most int, what string) {
	if n < least || n > most {
		r.refuse(field, fmt.Sprintf("%d to %d %s", least, most, what), fmt.Sprint(n))
	}
}

// quoted shows the beginning of a value, with what a terminal would obey escaped.
func quoted(value string) string {
	const most = 60
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}
