package kakaotest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Delivery is a message that arrived in one chat.
type Delivery struct {
	At time.Time
	// From is the sender's name, and To "me" for the sender's own chat, else a friend's uuid.
	From, To string
	// Kind is the object_type, or custom or scrap.
	Kind string
	// Text is what the message says: its text, or its titles and descriptions as lines.
	Text string
	// Link is the web_url of the message or its content, and the page of a scrap.
	Link string
	// Object is the template_object; of a custom or scrap message the form's fields.
	Object map[string]any
}

// parser reads a message out of a form, or says why Kakao refuses it.
type parser func(form url.Values) (Delivery, error)

// memo delivers to the user's own chat, which has no daily limit.
func (s *Server) memo(parse parser) userHandler {
	return func(w http.ResponseWriter, r *http.Request, u *User) {
		message, ok := s.parse(w, r, parse)
		if !ok {
			return
		}
		s.mu.Lock()
		s.deliver(message, u, "me")
		s.mu.Unlock()
		s.answer(w, http.StatusOK, map[string]any{"result_code": 0})
	}
}

// deliver keeps a message that arrived. The caller holds the lock.
func (s *Server) deliver(message Delivery, from *User, to string) {
	message.At, message.From, message.To = s.now(), from.Name, to
	s.delivered = append(s.delivered, message)
}

// parse answers a request whose message Kakao refuses, which a client ought to know before it sends.
func (s *Server) parse(w http.ResponseWriter, r *http.Request, parse parser) (Delivery, bool) {
	err := r.ParseForm()
	var message Delivery
	if err == nil {
		message, err = parse(r.PostForm)
	}
	if err != nil {
		s.problem("a message that Kakao refuses at %s: %v", r.URL.Path, err)
		s.refuse(w, http.StatusBadRequest, -2, err.Error())
		return Delivery{}, false
	}
	return message, true
}

var errObject = errors.New("failed to parse parameter. name=template_object")

// template reads a default template.
func (s *Server) template(form url.Values) (Delivery, error) {
	var object map[string]any
	if json.Unmarshal([]byte(form.Get("template_object")), &object) != nil || object == nil {
		return Delivery{}, errObject
	}
	if err := onlyFields(form, "template_object", "receiver_uuids"); err != nil {
		return Delivery{}, err
	}
	s.mu.Lock()
	truncate := s.TruncateText
	s.mu.Unlock()
	if text, ok := object["text"].(string); ok && truncate && units(text) > longestText {
		runes := []rune(text)
		object["text"] = string(runes[:min(len(runes), longestText)])
	}
	if err := checkObject(object); err != nil {
		return Delivery{}, fmt.Errorf("%w: %w", errObject, err)
	}
	kind, _ := object["object_type"].(string)
	return Delivery{Kind: kind, Text: says(object), Link: leads(object), Object: object}, nil
}

// custom reads a template of the console.
func (s *Server) custom(form url.Values) (Delivery, error) {
	if !form.Has("template_id") {
		return Delivery{}, errors.New("failed to parse parameter. name=template_id")
	}
	object, err := consoleTemplate(form, "template_id", "template_args", "receiver_uuids")
	return Delivery{Kind: "custom", Object: object}, err
}

// scrap reads the page that a message is made of.
func (s *Server) scrap(form url.Values) (Delivery, error) {
	page := form.Get("request_url")
	if u, err := url.Parse(page); err != nil || !strings.HasPrefix(u.Scheme, "http") || u.Host == "" {
		return Delivery{}, errors.New("failed to parse parameter. name=request_url")
	}
	object, err := consoleTemplate(form, "request_url", "template_id", "template_args", "receiver_uuids")
	if err != nil {
		return Delivery{}, err
	}
	object["request_url"] = page
	return Delivery{Kind: "scrap", Link: page, Object: object}, nil
}

func consoleTemplate(form url.Values, known ...string) (map[string]any, error) {
	object := map[string]any{}
	if form.Has("template_id") {
		id, err := strconv.ParseInt(form.Get("template_id"), 10, 64)
		if err != nil || id <= 0 {
			return nil, errors.New("failed to parse parameter. name=template_id")
		}
		object["template_id"] = id
	}
	if form.Has("template_args") {
		var args map[string]string
		if json.Unmarshal([]byte(form.Get("template_args")), &args) != nil || args == nil {
			return nil, errors.New("failed to parse parameter. name=template_args")
		}
		object["template_args"] = args
	}
	return object, onlyFields(form, known...)
}

func onlyFields(form url.Values, known ...string) error {
	for name, values := range form {
		if !slices.Contains(known, name) || len(values) != 1 {
			return fmt.Errorf("the form has %q %d times", name, len(values))
		}
	}
	return nil
}

// says collects what a reader sees first.
func says(object map[string]any) string {
	var lines []string
	add := func(from map[string]any, names ...string) {
		for _, name := range names {
			if text, _ := from[name].(string); text != "" {
				lines = append(lines, text)
			}
		}
	}
	add(object, "text", "header_title")
	rows, _ := object["contents"].([]any)
	for _, row := range append([]any{object["content"]}, rows...) {
		content, _ := row.(map[string]any)
		add(content, "title", "description")
	}
	add(object, "address_title", "address")
	return strings.Join(lines, "\n")
}

// leads returns where a tap on the message goes.
func leads(object map[string]any) string {
	content, _ := object["content"].(map[string]any)
	for _, at := range []any{object["link"], object["header_link"], content["link"]} {
		link, _ := at.(map[string]any)
		if web, _ := link["web_url"].(string); web != "" {
			return web
		}
	}
	return ""
}

// Delivered returns the messages that arrived, in order.
func (s *Server) Delivered() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.delivered)
}
