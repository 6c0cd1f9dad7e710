package kakao

import (
	"fmt"
	"net/url"
	"slices"
)

// How many rows a [List] has.
const (
	MinRows = 2
	MaxRows = 3
)

// List is a message of a header and rows with small pictures.
type List struct {
	HeaderTitle string    `json:"header_title"` // 1 to [MaxText]
	HeaderLink  Link      `json:"header_link"`  // needs an address of the web
	Contents    []Content `json:"contents"`     // [MinRows] to [MaxRows]
	ButtonTitle string    `json:"button_title,omitempty"`
	Buttons     []Button  `json:"buttons,omitempty"` // at most [MaxButtons]; they win over ButtonTitle
}

func (l List) check(r *rules) {
	r.required("header_title", l.HeaderTitle, MaxText)
	r.web("header_link", l.HeaderLink)
	r.between("contents", len(l.Contents), MinRows, MaxRows, "rows")
	for i, c := range l.Contents {
		r.content(fmt.Sprintf("contents[%d]", i), c)
	}
	r.optional("button_title", l.ButtonTitle, MaxTitle)
	r.buttons(l.Buttons, MaxButtons)
}

func (l List) clone() Spec {
	l.Contents, l.Buttons = slices.Clone(l.Contents), slices.Clone(l.Buttons)
	return l
}

func (l List) lines() []string {
	out := []string{l.HeaderTitle}
	for _, c := range l.Contents {
		out = append(out, c.lines()...)
	}
	return out
}

func (l List) endpoint() string          { return objectPath }
func (l List) form() (url.Values, error) { return objectForm(l.object()) }

func (l List) object() any {
	return struct {
		ObjectType string `json:"object_type"`
		List
	}{"list", l}
}
