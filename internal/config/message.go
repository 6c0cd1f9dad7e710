package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"wtm/internal/compose"
)

// shapes are Kakao's kinds of message; a message has one of them.
var shapes = []string{"text", "feed", "list", "location", "commerce", "calendar", "custom", "scrap"}

// message reads what a job's message looks like, and fills its templates once to see that they can be filled.
func (r *reader) message(n *yaml.Node, on trial, links compose.Links) compose.Message {
	m := r.mapping(n, "message", slices.Concat(shapes, []string{"link", "button", "buttons", "long"})...)
	if n.Kind != yaml.MappingNode {
		return compose.Message{}
	}
	return compose.Message{
		Shape: m.shape(on),
		Link:  value(m, "link", compose.Template{}, linkTemplate(on)),
		Links: links,
		Long:  value(m, "long", compose.Split, choice(map[string]compose.Long{"split": compose.Split, "cut": compose.Cut}, "split", "cut")),
	}
}

// shape reads the one shape of a message.
func (m mapping) shape(on trial) compose.Shape {
	kind := ""
	for _, k := range shapes {
		switch {
		case !m.has(k):
		case kind != "":
			m.errorf(m.entries[k], "message has both %s and %s; want one", kind, k)
		default:
			kind = k
		}
	}
	if kind == "" {
		if !slices.ContainsFunc(shapes, func(k string) bool { return m.misspelt[k] }) {
			m.errorf(m.node, "message does not say what it is; want %s", oneOf(shapes))
		}
		return nil
	}
	if kind != "text" {
		for _, key := range []string{"button", "buttons"} {
			if n := m.entries[key]; n != nil {
				m.errorf(n, "%s: beside text only; a %s has its own buttons", key, kind)
			}
		}
	}
	if n := m.entries["long"]; n != nil && kind != "text" && kind != "list" {
		m.errorf(n, "long: only a text or list can be too long for one message")
	}
	if m.has("button") && m.has("buttons") {
		m.errorf(m.entries["button"], "button: buttons win over it; want one of the two")
	}
	if kind == "text" {
		if n := m.entries["text"]; n.Kind == yaml.ScalarNode && strings.TrimSpace(n.Value) == "" {
			m.errorf(n, "text: it is empty; want what to send")
		}
		return compose.Text{
			Text: value(m, "text", compose.Template{}, template(on)), Button: value(m, "button", compose.Template{}, template(on)),
			Buttons: m.buttons(on, 2),
		}
	}
	return map[string]func(*yaml.Node, trial) compose.Shape{
		"feed": m.feed, "list": m.rows, "location": m.location, "commerce": m.commerce, "calendar": m.calendar, "custom": m.custom, "scrap": m.scrap,
	}[kind](m.entries[kind], on)
}

// empty reads `empty:`, one of two words or the text to send.
func (m mapping) empty(on trial) Empty {
	on.Items, on.known = nil, true
	return value(m, "empty", Empty{}, func(text string) (Empty, error) {
		switch text {
		case "skip":
			return Empty{Kind: EmptySkip}, nil
		case "fail":
			return Empty{Kind: EmptyFail}, nil
		}
		if strings.TrimSpace(text) == "" {
			return Empty{}, errors.New("it is blank; want skip, fail or a text to send")
		}
		if near := nearest(text, []string{"skip", "fail"}); near != "" {
			return Empty{}, fmt.Errorf("did you mean %q? A text to send is longer", near)
		}
		t, err := template(on)(text)
		return Empty{Kind: EmptyText, Text: t}, err
	})
}

// buttons reads `buttons: [{title, link}]`.
func (m mapping) buttons(on trial, most int) []compose.Button {
	n := m.entries["buttons"]
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		m.errorf(n, "buttons: it is %s; want a list of title and link", kindOf(n))
		return nil
	}
	if len(n.Content) > most {
		m.errorf(n, "buttons: %d of them; want %d at most", len(n.Content), most)
	}
	var all []compose.Button
	for _, one := range m.list("buttons") {
		b := m.mapping(one, "button", "title", "link")
		if one.Kind == yaml.MappingNode {
			b.require("title")
		}
		all = append(all, compose.Button{Title: value(b, "title", compose.Template{}, template(on)), Link: value(b, "link", compose.Template{}, linkTemplate(on))})
	}
	return all
}

// content reads the keys of a content, which a shape calls by its own names.
func (m mapping) content(on trial, title, description, image, link string) compose.Content {
	c := compose.Content{
		Title:       value(m, title, compose.Template{}, template(on)),
		Description: value(m, description, compose.Template{}, template(on)),
		Image:       value(m, image, compose.Template{}, template(on)),
		Link:        value(m, link, compose.Template{}, linkTemplate(on)),
		Upload:      value(m, "upload", false, yesOrNo),
		File:        value(m, "file", compose.Template{}, template(trial{Data: compose.Data{Job: on.Job, Slot: on.Slot}, known: true})),
		Width:       value(m, "image_width", 0, number(200, 10_000)),
		Height:      value(m, "image_height", 0, number(200, 10_000)),
	}
	if m.has("file") && m.has(image) {
		m.errorf(m.entries["file"], "%s has both %s and file; want one", m.what, image)
	}
	if c.Upload && !m.has(image) {
		m.errorf(m.entries["upload"], "upload: there is no %s to upload", image)
	}
	return c
}

// pictureKeys are those of a content beside its texts and link.
var pictureKeys = []string{"upload", "file", "image_width", "image_height"}

// kakaoContent reads `content:`, with Kakao's names.
func (m mapping) kakaoContent(on trial) compose.Content {
	n := m.entries["content"]
	if n == nil {
		return compose.Content{}
	}
	c := m.mapping(n, "content", slices.Concat([]string{"title", "description", "image_url", "link"}, pictureKeys)...)
	c.says("title", "description", "image_url", "file")
	return c.content(on, "title", "description", "image_url", "link")
}

// args reads `args: {name: TEMPLATE}`.
func (m mapping) args(on trial) map[string]compose.Template {
	n := m.entries["args"]
	if n == nil {
		return nil
	}
	all := map[string]compose.Template{}
	for name, node := range m.pairs(n, "args") {
		text, ok := m.scalar(node, name.Value)
		if !ok {
			continue
		}
		t, err := template(on)(text)
		if err != nil {
			m.errorf(node, "%s: %v", name.Value, err)
		}
		all[name.Value] = t
	}
	return all
}

// says refuses a shape that has none of the keys that say something.
func (m mapping) says(keys ...string) {
	if m.node.Kind == yaml.MappingNode && !slices.ContainsFunc(keys, func(k string) bool { return m.has(k) || m.misspelt[k] }) {
		m.errorf(m.node, "%s says nothing; want %s", m.what, oneOf(keys))
	}
}
