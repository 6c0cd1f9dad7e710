// Package compose makes Kakao messages of items, within Kakao's limits.
//
// It is pure: the same [Message] and [Data] always give the same parts. Lengths are counted in UTF-16 units, the
// strictest of the ways Kakao may count its characters. Texts that people read are cut where a field has no room for
// them, and the result says so; a long text or list becomes several messages, of which nothing is lost.
package compose

import (
	"fmt"

	"wtm/internal/kakao"
)

// MaxParts is how many messages one slot may become; a chat flooded by one page helps nobody.
const MaxParts = 5

// Long is what happens to a text or list over the limit.
type Long int

// The ways with what is too long for one message.
const (
	Split Long = iota // several messages, numbered
	Cut               // one message, with the beginning
)

// Message is how a job's message is made.
type Message struct {
	// Shape is one of Kakao's: [Text], [Feed], [List], [Location], [Commerce], [Calendar], [Custom] or [Scrap].
	Shape Shape
	// Link is where a tap leads; empty means Links.Default, and without that the source's address.
	Link  Template
	Links Links
	Long  Long
}

// Shape is one of Kakao's kinds of message, with templates in its fields.
type Shape interface {
	// specs returns what to send, in order; long says what becomes of what does not fit into one message.
	specs(f *filler, long Long) []kakao.Spec
}

// Composed is what to send, and what has to be known about it.
type Composed struct {
	// Parts are sent one after another.
	Parts []kakao.Template
	// Pictures are those that have to be uploaded to Kakao first; Data.Uploaded says where they are then.
	Pictures []Picture
	// Notes say what of the items the parts do not show, each in one sentence.
	Notes []string
}

// Compose fills the message's templates.
func (m Message) Compose(d Data) (Composed, error) {
	f := m.filler(d)
	specs := m.Shape.specs(f, m.Long)
	if _, isText := m.Shape.(Text); d.Note != "" && !isText && f.err == nil && len(specs) < MaxParts {
		specs = append(specs, f.texts(d.Note, "", nil, Cut)...)
	}
	return f.composed(specs)
}

// ComposeText returns the messages for a text that is there already, with the link of m.
func (m Message) ComposeText(text string, d Data) (Composed, error) {
	f := m.filler(d)
	button, buttons := Template{}, []Button(nil)
	if shape, ok := m.Shape.(Text); ok {
		button, buttons = shape.Button, shape.Buttons
	}
	return f.composed(f.texts(text, f.text("button", button, kakao.MaxTitle), f.buttons(buttons), m.Long))
}

// composed makes messages of what was filled in.
func (f *filler) composed(specs []kakao.Spec) (Composed, error) {
	if f.err != nil {
		return Composed{}, f.err
	}
	out := Composed{Pictures: f.pictures, Notes: f.notes}
	for _, s := range specs {
		t, err := kakao.New(s)
		if err != nil {
			return Composed{}, err
		}
		out.Parts = append(out.Parts, t)
	}
	return out, nil
}

// EmptyError says that a message would show nothing: a text without a visible character, or a list without rows.
type EmptyError struct{ List bool }

func (e *EmptyError) Error() string {
	if e.List {
		return "the list has no rows"
	}
	return "the text of the message is empty"
}

// Hint says how to see it.
func (e *EmptyError) Hint() string {
	if e.List {
		return "wtm run --dry-run shows the items, each of which is a row"
	}
	return "wtm run --dry-run shows the items; check `message: text:` in wtm.yml"
}

// number begins a part of several.
func number(i, n int) string { return fmt.Sprintf("(%d/%d) ", i, n) }
