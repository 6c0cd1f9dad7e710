package compose

import "wtm/internal/kakao"

// Location is a message with an address, which a button of Kakao's own opens as a map.
type Location struct {
	Address, AddressTitle Template
	Content               Content
	Social                *Social
	Buttons               []Button
}

func (l Location) specs(f *filler, _ Long) []kakao.Spec {
	return []kakao.Spec{kakao.Location{
		Address: f.text("the address", l.Address, kakao.MaxTitle), AddressTitle: f.text("the title of the address", l.AddressTitle, kakao.MaxTitle),
		Content: f.content("", l.Content), Social: f.social(l.Social), Buttons: f.buttons(l.Buttons),
	}}
}
