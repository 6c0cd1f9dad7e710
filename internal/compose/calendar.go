package compose

import "wtm/internal/kakao"

// Calendar is a message about an event of Talk Calendar, with a button of Kakao's own that adds it.
type Calendar struct {
	IDType  string // event or calendar
	ID      Template
	Content Content
	Buttons []Button
}

func (c Calendar) specs(f *filler, _ Long) []kakao.Spec {
	return []kakao.Spec{kakao.Calendar{IDType: c.IDType, ID: clean(f.fill(c.ID)), Content: f.content("", c.Content), Buttons: f.buttons(c.Buttons)}}
}
