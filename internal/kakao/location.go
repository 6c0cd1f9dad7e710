package kakao

import (
	"net/url"
	"slices"
)

// Location is a message with an address, which a button of Kakao's own opens as a map.
type Location struct {
	Address      string   `json:"address"`                 // 1 to [MaxTitle]
	AddressTitle string   `json:"address_title,omitempty"` // the place's name on the map
	Content      Content  `json:"content"`
	Social       *Social  `json:"social,omitempty"`
	ButtonTitle  string   `json:"button_title,omitempty"`
	Buttons      []Button `json:"buttons,omitempty"` // at most [MaxButtonsBeside]; it wins over ButtonTitle
}

func (l Location) check(r *rules) {
	r.required("address", l.Address, MaxTitle)
	r.optional("address_title", l.AddressTitle, MaxTitle)
	r.content("content", l.Content)
	r.social(l.Social)
	r.optional("button_title", l.ButtonTitle, MaxTitle)
	r.buttons(l.Buttons, MaxButtonsBeside)
}

func (l Location) clone() Spec {
	l.Social, l.Buttons = l.Social.clone(), slices.Clone(l.Buttons)
	return l
}

func (l Location) lines() []string { return append(l.Content.lines(), l.AddressTitle, l.Address) }

func (l Location) endpoint() string          { return objectPath }
func (l Location) form() (url.Values, error) { return objectForm(l.object()) }

func (l Location) object() any {
	return struct {
		ObjectType string `json:"object_type"`
		Location
	}{"location", l}
}
