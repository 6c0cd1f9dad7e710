package compose

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"wtm/internal/kakao"
)

// Links is what a config says of all links of all messages. Kakao opens only those whose host is registered with the app.
type Links struct {
	// Default is where a tap leads when nothing better is known; empty means the source's address.
	Default string
	// Base, when set, is put before each address, escaped: a page of the user's own that leads on. Then one host has to be
	// registered and no other.
	Base string
}

// Button is a button under a message.
type Button struct{ Title, Link Template }

// LinkError is a link that leads nowhere.
type LinkError struct{ Link string }

func (e *LinkError) Error() string {
	const most = 100
	if runes := []rune(e.Link); len(runes) > most {
		return fmt.Sprintf("the link %q… is not an absolute http or https address of at most %d characters", string(runes[:most]), kakao.MaxAddress)
	}
	return fmt.Sprintf("the link %q is not an absolute http or https address", e.Link)
}

// Hint says where to set it.
func (*LinkError) Hint() string {
	return "set `message: link:`, or `link:` at the top of wtm.yml, to an address such as https://example.com/"
}

// link fills in a link, by way of the base when there is one; where names it in notes.
func (f *filler) link(where string, t Template) kakao.Link {
	address := f.address(where, t)
	if based := f.based(address); absolute(based) {
		address = based
	}
	return kakao.Link{WebURL: address, MobileWebURL: address}
}

// address fills in where a link leads in the end. What is empty or leads nowhere gives way to the message's own link, and
// that to the default.
func (f *filler) address(where string, t Template) string {
	if address := clean(f.fill(t)); address != "" {
		if absolute(f.based(address)) {
			return address
		}
		f.note("%sthe link leads nowhere; the message's own is used", where)
	}
	dot := f.dot
	f.dot = f.data
	own := clean(f.fill(f.message.Link))
	f.dot = dot
	standard := f.message.Links.Default
	switch {
	case absolute(f.based(own)):
		return own
	case absolute(standard):
		if own != "" {
			f.note("the message's link leads nowhere; the default is used")
		}
		return standard
	case own != "":
		f.fail(&LinkError{Link: own})
	case !absolute(f.data.Source.URL):
		f.fail(&LinkError{Link: f.data.Source.URL})
	}
	return f.data.Source.URL
}

// based is an address by way of the base. What leads nowhere stays what it is.
func (f *filler) based(address string) string {
	if base := f.message.Links.Base; base != "" && absolute(address) && !strings.HasPrefix(address, base) {
		return base + url.QueryEscape(address)
	}
	return address
}

// buttons fills in the buttons; one without a title is left out.
func (f *filler) buttons(all []Button) []kakao.Button {
	var out []kakao.Button
	for i, b := range all {
		if title := f.text(fmt.Sprintf("the title of button %d", i+1), b.Title, kakao.MaxTitle); title != "" {
			out = append(out, kakao.Button{Title: title, Link: f.link(fmt.Sprintf("button %d: ", i+1), b.Link)})
		}
	}
	return out
}

// absolute reports whether an address leads anywhere: one of the web, and short enough for Kakao.
func absolute(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && kakao.UTF16Len(address) <= kakao.MaxAddress
}

// Origins returns scheme, host and port of all that a tap on the messages opens, sorted: what has to be registered with the
// app under Product link > Web domain (https://developers.kakao.com/docs/ko/message-template/default).
func Origins(parts []kakao.Template) []string { return originsOf(parts) }

// Origins is what taps on the messages for d would open, whether or not the rest of them can be filled in.
func (m Message) Origins(d Data) []string { return originsOf(m.Shape.specs(m.filler(d), m.Long)) }

// originsOf looks through messages in Kakao's JSON.
func originsOf(messages any) []string {
	found := map[string]bool{}
	var object any
	if text, err := json.Marshal(messages); err == nil && json.Unmarshal(text, &object) == nil {
		addOrigins(object, found)
	}
	return slices.Sorted(maps.Keys(found))
}

// addOrigins looks for links wherever a shape has them.
func addOrigins(value any, found map[string]bool) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			addOrigins(v, found)
		}
	case map[string]any:
		for name, v := range value {
			address, isText := v.(string)
			if u, err := url.Parse(address); isText && err == nil && slices.Contains([]string{"web_url", "mobile_web_url", "request_url"}, name) {
				found[u.Scheme+"://"+u.Host] = true
			}
			addOrigins(v, found)
		}
	}
}
