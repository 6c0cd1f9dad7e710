package kakao

import (
	"fmt"
	"net/url"
	"unicode/utf16"
)

// MaxText is the longest text of a text template. Kakao says 200 characters and not how it counts them; [UTF16Len]
// counts an emoji as two or more, which is the safe side
// (https://developers.kakao.com/docs/ko/message-template/default).
const MaxText = 200

// Template is a message in one of Kakao's default shapes.
type Template interface {
	// TemplateObject returns what becomes the JSON of the form field template_object.
	TemplateObject() any
}

// Link is where a tap leads. Kakao opens it only when its host is registered with the app under Product link > Web
// domain.
type Link struct {
	WebURL       string `json:"web_url,omitempty"`        // on a PC
	MobileWebURL string `json:"mobile_web_url,omitempty"` // on a phone
}

// Text is a text template; [NewText] makes one.
type Text struct {
	text   string
	link   Link
	button string
}

// LimitError says which field of a message Kakao would refuse, and why.
type LimitError struct {
	Field string // Kakao's name, such as text
	Want  string // what would be accepted
	Got   string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("message field %s takes %s, not %s", e.Field, e.Want, e.Got)
}

// NewText returns a text message. The text has 1 to [MaxText] UTF-16 units, the link at least one absolute http or https
// URL; button renames the default button and may be empty. What Kakao would refuse is a [*LimitError].
func NewText(text string, link Link, button string) (Text, error) {
	if text == "" {
		return Text{}, &LimitError{Field: "text", Want: fmt.Sprintf("1 to %d characters", MaxText), Got: "none"}
	}
	if n := UTF16Len(text); n > MaxText {
		return Text{}, &LimitError{Field: "text", Want: fmt.Sprintf("1 to %d characters", MaxText), Got: fmt.Sprint(n)}
	}
	if link == (Link{}) {
		return Text{}, &LimitError{Field: "link", Want: "an absolute http or https address", Got: "none"}
	}
	for _, address := range []string{link.WebURL, link.MobileWebURL} {
		if address != "" && !absolute(address) {
			return Text{}, &LimitError{Field: "link", Want: "an absolute http or https address", Got: fmt.Sprintf("%q", address)}
		}
	}
	return Text{text: text, link: link, button: button}, nil
}

// Text returns the text itself.
func (t Text) Text() string { return t.text }

// Link returns where a tap leads.
func (t Text) Link() Link { return t.link }

// ButtonTitle returns the button's title, empty for Kakao's own.
func (t Text) ButtonTitle() string { return t.button }

// TemplateObject returns the message in Kakao's shape.
func (t Text) TemplateObject() any {
	return struct {
		ObjectType  string `json:"object_type"`
		Text        string `json:"text"`
		Link        Link   `json:"link"`
		ButtonTitle string `json:"button_title,omitempty"`
	}{"text", t.text, t.link, t.button}
}

// UTF16Len counts the UTF-16 units of s.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r)) // an invalid rune becomes U+FFFD, one unit
	}
	return n
}

func absolute(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
