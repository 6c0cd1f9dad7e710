package kakao

import (
	"net/url"
	"slices"
)

// The kinds of a [Calendar] message.
const (
	CalendarEvent  = "event"    // ID is that of a public event
	CalendarPublic = "calendar" // ID is that of a subscribed calendar
)

// Calendar is a message about an event of Talk Calendar, with a button of Kakao's own that adds it.
type Calendar struct {
	IDType  string   `json:"id_type"` // [CalendarEvent] or [CalendarPublic]
	ID      string   `json:"id"`
	Content Content  `json:"content"`
	Buttons []Button `json:"buttons,omitempty"` // at most [MaxButtonsBeside]
}

func (c Calendar) check(r *rules) {
	if c.IDType != CalendarEvent && c.IDType != CalendarPublic {
		r.refuse("id_type", CalendarEvent+" or "+CalendarPublic, quoted(c.IDType))
	}
	r.required("id", c.ID, MaxTitle)
	r.word("id", c.ID, MaxTitle)
	r.content("content", c.Content)
	r.buttons(c.Buttons, MaxButtonsBeside)
}

func (c Calendar) clone() Spec {
	c.Buttons = slices.Clone(c.Buttons)
	return c
}

func (c Calendar) lines() []string { return c.Content.lines() }

func (c Calendar) endpoint() string          { return objectPath }
func (c Calendar) form() (url.Values, error) { return objectForm(c.object()) }

func (c Calendar) object() any {
	return struct {
		ObjectType string `json:"object_type"`
		Calendar
	}{"calendar", c}
}
