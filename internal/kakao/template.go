package kakao

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Spec is what a message says, in one of Kakao's shapes: [Text], [Feed], [List], [Location], [Commerce], [Calendar],
// [Custom] or [Scrap]. Their JSON names and limits are those of
// https://developers.kakao.com/docs/ko/message-template/default.
type Spec interface {
	// endpoint is the last part of the paths that take it.
	endpoint() string
	// form holds the fields of a send.
	form() (url.Values, error)
	// object is what its JSON is made of.
	object() any
	// check reports what Kakao would refuse.
	check(r *rules)
	// clone shares no memory with the original.
	clone() Spec
	// lines are what it says in plain text.
	lines() []string
}

// Template is a message that Kakao takes. [New] makes one; the zero value says nothing and is never sent.
type Template struct{ spec Spec }

// errNoTemplate is the zero [Template].
var errNoTemplate = &LimitError{Field: "template", Want: "a message", Got: "none"}

// New returns a message as s describes it now; later changes of s do not reach it. What Kakao would refuse is a
// [*LimitError] that names the first such field.
func New(s Spec) (Template, error) {
	if s == nil {
		return Template{}, errNoTemplate
	}
	s = s.clone()
	r := &rules{}
	if s.check(r); r.err != nil {
		return Template{}, r.err
	}
	return Template{spec: s}, nil
}

// Spec returns a copy of what the message says, nil for the zero value. It is a value such as Text, never a pointer.
func (t Template) Spec() Spec {
	if t.spec == nil {
		return nil
	}
	return t.spec.clone()
}

// Path is the last part of the paths that take the message: default/send, send or scrap/send.
func (t Template) Path() string {
	if t.spec == nil {
		return ""
	}
	return t.spec.endpoint()
}

// Text returns what the message says as lines of plain text, without its links and buttons.
func (t Template) Text() string {
	if t.spec == nil {
		return ""
	}
	var said []string
	for _, line := range t.spec.lines() {
		if line != "" {
			said = append(said, line)
		}
	}
	return strings.Join(said, "\n")
}

// form holds the fields of a send.
func (t Template) form() (url.Values, error) {
	if t.spec == nil {
		return nil, errNoTemplate
	}
	return t.spec.form()
}

// MarshalJSON returns what Kakao gets as template_object; of a [Custom] or [Scrap] message the form fields.
func (t Template) MarshalJSON() ([]byte, error) {
	if t.spec == nil {
		return []byte("null"), nil
	}
	return json.Marshal(t.spec.object())
}

// objectPath takes the default shapes.
const objectPath = "default/send"

// objectForm is the form of a default shape: JSON within one field.
func objectForm(object any) (url.Values, error) {
	text, err := json.Marshal(object)
	return url.Values{"template_object": {string(text)}}, err
}

// copyOf returns a pointer to a copy of *p, nil for nil.
func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}
