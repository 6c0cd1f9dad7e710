package compose

import (
	"fmt"
	"strconv"
	"strings"

	"wtm/internal/kakao"
)

// filler fills in the templates of one message, whatever goes wrong with one of them; the first error stays.
type filler struct {
	message Message
	data    Data
	// dot is what templates see: the data, or the item of a row.
	dot      any
	err      error
	notes    []string
	pictures []Picture
}

func (m Message) filler(d Data) *filler { return &filler{message: m, data: d, dot: d} }

func (f *filler) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *filler) note(format string, args ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

// fill fills in one template.
func (f *filler) fill(t Template) string {
	if t.IsZero() {
		return ""
	}
	text, err := t.execute(f.dot, f.data.Slot)
	if err != nil {
		f.fail(err)
	}
	return text
}

// text fills in a text that people read, cut to its limit in UTF-16 units.
func (f *filler) text(field string, t Template, limit int) string {
	text := clean(f.fill(t))
	if n := kakao.UTF16Len(text); n > limit {
		f.note("%s was cut from %d to %d characters", field, n, limit)
		return shorten(text, limit, "…")
	}
	return text
}

// whole fills in a whole number, as 3,200원 or 15%; nil without a text.
func (f *filler) whole(field string, t Template) *int {
	text := clean(f.fill(t))
	if text == "" {
		return nil
	}
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r == '-', r == '.':
			return r
		}
		return -1
	}, text)
	n, err := strconv.Atoi(digits)
	if err != nil {
		f.fail(&NumberError{Field: field, Length: kakao.UTF16Len(text)})
		return nil
	}
	return &n
}

// NumberError is a field of a message that has to be a whole number and is none. It tells a length and no text, which is
// private.
type NumberError struct {
	Field  string
	Length int // of what it is instead; 0 for nothing
}

func (e *NumberError) Error() string {
	got := "nothing"
	if e.Length > 0 {
		got = fmt.Sprintf("a text of %d characters without one", e.Length)
	}
	return fmt.Sprintf("message field %s takes a whole number such as 3200 or 3,200원, not %s", e.Field, got)
}

// Hint says how to see what the page has.
func (*NumberError) Hint() string {
	return "wtm run --dry-run shows the items; `replace:` can cut a number out"
}
