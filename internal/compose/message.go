// Package compose makes Kakao messages of items, within Kakao's limits.
//
// It is pure: the same [Message] and [Data] always give the same parts. Lengths are counted in UTF-16 units, the
// strictest of the ways Kakao may count its 200 characters.
package compose

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"wtm/internal/kakao"
)

// MaxParts is how many messages one slot may become; a chat flooded by one page helps nobody.
const MaxParts = 5

// Long is what happens to a text over the limit.
type Long int

// The ways with a long text.
const (
	Split Long = iota // several messages, numbered
	Cut               // one message that ends in …
)

// Message is how a job's text message is made.
type Message struct {
	Text Template
	// Link is where a tap leads; empty means the source's address.
	Link Template
	// Button renames the button under the message; empty means Kakao's own.
	Button Template
	Long   Long
}

// EmptyError says that a template made a text without a visible character.
type EmptyError struct{}

func (*EmptyError) Error() string { return "the text of the message is empty" }

// Hint says how to see it.
func (*EmptyError) Hint() string {
	return "wtm run --dry-run shows the items; check `message: text:` in wtm.yml"
}

// LinkError is a link that leads nowhere.
type LinkError struct{ Link string }

func (e *LinkError) Error() string {
	return fmt.Sprintf("the link %q is not an absolute http or https address", e.Link)
}

// Hint says where to set it.
func (*LinkError) Hint() string {
	return "set `message: link:` in wtm.yml to an address such as https://example.com/"
}

// Compose fills the message's template and returns what to send, in order.
func (m Message) Compose(d Data) ([]kakao.Template, error) {
	text, err := m.Text.Execute(d)
	if err != nil {
		return nil, err
	}
	return m.ComposeText(text, d)
}

// ComposeText returns the messages for a text that is there already, with the link and button of m.
func (m Message) ComposeText(text string, d Data) ([]kakao.Template, error) {
	text = clean(text)
	if text == "" {
		return nil, &EmptyError{}
	}
	address, err := m.Link.Execute(d)
	if err != nil {
		return nil, err
	}
	if address = strings.TrimSpace(address); address == "" {
		address = d.Source.URL
	}
	button, err := m.Button.Execute(d)
	if err != nil {
		return nil, err
	}
	link := kakao.Link{WebURL: address, MobileWebURL: address}
	var out []kakao.Template
	for _, part := range m.parts(text, address) {
		t, err := kakao.New(kakao.Text{Text: part, Link: link, ButtonTitle: clean(button)})
		if limit, ok := errors.AsType[*kakao.LimitError](err); ok && strings.HasPrefix(limit.Field, "link") {
			return nil, &LinkError{Link: address}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// parts brings a text within the limit. Parts of several carry their number, which counts.
func (m Message) parts(text, address string) []string {
	if kakao.UTF16Len(text) <= kakao.MaxText {
		return []string{text}
	}
	if m.Long == Cut {
		return []string{shorten(text, "…")}
	}
	parts := SplitText(text, kakao.MaxText-len(number(1, MaxParts)), MaxParts)
	n := min(len(parts), MaxParts)
	out := make([]string, n)
	for i := range n {
		out[i] = number(i+1, n) + parts[i]
	}
	if len(parts) > MaxParts {
		out[n-1] = shorten(out[n-1], pointer(address))
	}
	return out
}

func number(i, n int) string { return fmt.Sprintf("(%d/%d) ", i, n) }

// maxPointer is how much of a message the way to the rest may take.
const maxPointer = kakao.MaxText / 2

// pointer ends a text of which there is more.
func pointer(address string) string {
	if p := "…\n전체 보기: " + address; kakao.UTF16Len(p) <= maxPointer {
		return p
	}
	return "…\n전체는 링크에서 볼 수 있습니다"
}

// shorten cuts a text so that it fits with an ending.
func shorten(text, ending string) string {
	head := prefix(text, kakao.MaxText-kakao.UTF16Len(ending), kakao.UTF16Len)
	return strings.TrimRightFunc(head, unicode.IsSpace) + ending
}

// clean makes a text one that a chat can show: valid, with plain line ends, without control characters and blank edges.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(text)
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	var rows []string
	for row := range strings.SplitSeq(text, "\n") {
		rows = append(rows, strings.TrimRightFunc(row, unicode.IsSpace))
	}
	return strings.TrimSpace(strings.Join(rows, "\n"))
}
