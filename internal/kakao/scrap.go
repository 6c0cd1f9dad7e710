package kakao

import (
	"fmt"
	"maps"
	"net/url"
)

// Scrap is a message that Kakao makes of a page's Open Graph tags. It takes pages on the app's registered domains alone
// (https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api).
type Scrap struct {
	URL string `json:"request_url"`
	// TemplateID is a template of the console to fill; 0 for Kakao's own.
	TemplateID int64             `json:"template_id,omitempty"`
	Args       map[string]string `json:"template_args,omitempty"` // only with a TemplateID
}

func (s Scrap) check(r *rules) {
	if s.URL == "" {
		r.refuse("request_url", anAddress, "none")
	}
	r.address("request_url", s.URL)
	if s.TemplateID < 0 {
		r.refuse("template_id", "a number above 0", fmt.Sprint(s.TemplateID))
	}
	if s.TemplateID == 0 && len(s.Args) > 0 {
		r.refuse("template_args", "a template_id beside them", "none")
	}
	r.args(s.Args)
}

func (s Scrap) endpoint() string { return "scrap/send" }
func (s Scrap) object() any      { return s }

func (s Scrap) form() (url.Values, error) {
	form := url.Values{"request_url": {s.URL}}
	return form, templateForm(form, s.TemplateID, s.Args)
}

func (s Scrap) clone() Spec {
	s.Args = maps.Clone(s.Args)
	return s
}

func (s Scrap) lines() []string { return append([]string{s.URL}, argLines(s.Args)...) }
