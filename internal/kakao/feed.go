package kakao

import (
	"net/url"
	"slices"
)

// Feed is a message with a picture over its texts, and optionally a table and counters.
type Feed struct {
	Content     Content      `json:"content"`
	ItemContent *ItemContent `json:"item_content,omitempty"`
	Social      *Social      `json:"social,omitempty"`
	ButtonTitle string       `json:"button_title,omitempty"` // renames the button that opens the content's link
	Buttons     []Button     `json:"buttons,omitempty"`      // at most [MaxButtons]; they win over ButtonTitle
}

func (f Feed) check(r *rules) {
	r.content("content", f.Content)
	r.itemContent(f.ItemContent)
	r.social(f.Social)
	r.optional("button_title", f.ButtonTitle, MaxTitle)
	r.buttons(f.Buttons, MaxButtons)
}

func (f Feed) clone() Spec {
	f.ItemContent, f.Social, f.Buttons = f.ItemContent.clone(), f.Social.clone(), slices.Clone(f.Buttons)
	return f
}

func (f Feed) lines() []string { return append(f.ItemContent.lines(), f.Content.lines()...) }

func (f Feed) endpoint() string          { return objectPath }
func (f Feed) form() (url.Values, error) { return objectForm(f.object()) }

func (f Feed) object() any {
	return struct {
		ObjectType string `json:"object_type"`
		Feed
	}{"feed", f}
}
