package compose

import (
	"strings"
	"unicode"

	"wtm/internal/kakao"
)

// Text is a message of text alone.
type Text struct {
	Text Template
	// Button renames the button under the message; empty means Kakao's own.
	Button  Template
	Buttons []Button
}

func (t Text) specs(f *filler, long Long) []kakao.Spec {
	text := f.fill(t.Text) + f.data.Note
	return f.texts(text, f.text("button", t.Button, kakao.MaxTitle), f.buttons(t.Buttons), long)
}

// texts makes messages of a text of any length.
func (f *filler) texts(text, button string, buttons []kakao.Button, long Long) []kakao.Spec {
	text = clean(text)
	if text == "" {
		f.fail(&EmptyError{})
		return nil
	}
	link := f.link("", Template{})
	var specs []kakao.Spec
	for _, part := range f.textParts(text, link.WebURL, long) {
		specs = append(specs, kakao.Text{Text: part, Link: link, ButtonTitle: button, Buttons: buttons})
	}
	return specs
}

// textParts brings a text within the limit. Parts of several carry their number, which counts.
func (f *filler) textParts(text, address string, long Long) []string {
	if kakao.UTF16Len(text) <= kakao.MaxText {
		return []string{text}
	}
	if long == Cut {
		f.note("the text was cut from %d to %d characters", kakao.UTF16Len(text), kakao.MaxText)
		return []string{shorten(text, kakao.MaxText, "…")}
	}
	parts := SplitText(text, textRoom, MaxParts)
	if len(parts) > MaxParts {
		f.note("what does not fit into %d messages is not shown", MaxParts)
	}
	return f.numbered(parts, 0, address)
}

// textRoom is what a part's number leaves for its text.
var textRoom = kakao.MaxText - len(number(1, MaxParts))

// numbered puts the number before each part of a text, which come after so many other messages. With them they may
// be up to [MaxParts]; the last of more says where to read on.
func (f *filler) numbered(parts []string, before int, address string) []string {
	n := min(before+len(parts), MaxParts)
	out := make([]string, n-before)
	for i := range out {
		out[i] = number(before+i+1, n) + parts[i]
	}
	if before+len(parts) > MaxParts {
		out[len(out)-1] = shorten(out[len(out)-1], kakao.MaxText, pointer(address))
	}
	return out
}

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
func shorten(text string, limit int, ending string) string {
	head := prefix(text, limit-kakao.UTF16Len(ending), kakao.UTF16Len)
	return strings.TrimRightFunc(head, unicode.IsSpace) + ending
}

var plainEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n")

// clean makes a text one that a chat can show: valid, with plain line ends, without control characters and blank edges.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = plainEnds.Replace(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) && r != '\n' && r != '\t':
			return -1
		case unicode.Is(unicode.Bidi_Control, r): // invisible, and able to turn what follows around
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
