package kakao

import (
	"net/url"
	"slices"
)

// Text is a message of text alone. A phone shows no button unless one is named.
type Text struct {
	Text        string   `json:"text"` // 1 to [MaxText]
	Link        Link     `json:"link"` // needs an address of the web
	ButtonTitle string   `json:"button_title,omitempty"`
	Buttons     []Button `json:"buttons,omitempty"` // at most [MaxButtons]; they win over ButtonTitle
}

func (t Text) check(r *rules) {
	r.required("text", t.Text, MaxText)
	r.web("link", t.Link)
	r.optional("button_title", t.ButtonTitle, MaxTitle)
	r.buttons(t.Buttons, MaxButtons)
}

func (t Text) clone() Spec {
	t.Buttons = slices.Clone(t.Buttons)
	return t
}

func (t Text) lines() []string { return []string{t.Text} }

func (t Text) endpoint() string          { return objectPath }
func (t Text) form() (url.Values, error) { return objectForm(t.object()) }

func (t Text) object() any {
	return struct {
		ObjectType string `json:"object_type"`
		Text
	}{"text", t}
}
