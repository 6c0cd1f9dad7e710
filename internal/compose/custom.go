package compose

import (
	"maps"
	"slices"

	"wtm/internal/kakao"
)

// Custom is a message built in the message template tool of the app's console.
type Custom struct {
	ID int64
	// Args fill the placeholders of the template.
	Args map[string]Template
}

func (c Custom) specs(f *filler, _ Long) []kakao.Spec {
	return []kakao.Spec{kakao.Custom{TemplateID: c.ID, Args: f.args(c.Args)}}
}

// Scrap is a message that Kakao makes of a page's Open Graph tags, or with an ID fills into a template of the console.
type Scrap struct {
	// URL is the page's address; empty means the message's link. It goes by way of no other page: Kakao reads it.
	URL  Template
	ID   int64
	Args map[string]Template
}

func (s Scrap) specs(f *filler, _ Long) []kakao.Spec {
	return []kakao.Spec{kakao.Scrap{URL: f.address("", s.URL), TemplateID: s.ID, Args: f.args(s.Args)}}
}

func (f *filler) args(all map[string]Template) map[string]string {
	if len(all) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out[name] = f.text("the argument "+name, all[name], kakao.MaxAddress)
	}
	return out
}
