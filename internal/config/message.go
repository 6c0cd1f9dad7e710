package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"wtm/internal/compose"
	"wtm/internal/scrape"
)

// laterMessages are the kinds of message that the contract has and this version does not.
var laterMessages = []string{"feed", "list", "location", "commerce", "calendar", "custom", "scrap"}

// message reads what a job's message looks like, and fills its templates once to see that they can be filled.
func (r *reader) message(n *yaml.Node, on trial) compose.Message {
	m := r.mapping(n, "message", append([]string{"text", "link", "button", "long"}, laterMessages...)...)
	if n.Kind != yaml.MappingNode {
		return compose.Message{}
	}
	m.refuse(laterMessages...)
	if !slices.ContainsFunc(laterMessages, m.has) {
		m.require("text")
	}
	link := func(text string) (compose.Template, error) {
		t, filled, err := tried(text, on)
		if err != nil || !on.known {
			return t, err
		}
		return t, absolute(filled)
	}
	return compose.Message{
		Text:   value(m, "text", compose.Template{}, template(on)),
		Link:   value(m, "link", compose.Template{}, link),
		Button: value(m, "button", compose.Template{}, template(on)),
		Long:   value(m, "long", compose.Split, choice(map[string]compose.Long{"split": compose.Split, "cut": compose.Cut}, "split", "cut")),
	}
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
		t, err := template(on)(text)
		return Empty{Kind: EmptyText, Text: t}, err
	})
}

// template parses templates that can be filled with the trial's data.
func template(on trial) func(string) (compose.Template, error) {
	return func(text string) (compose.Template, error) {
		t, _, err := tried(text, on)
		return t, err
	}
}

// id parses `id:`, a template over one item.
func (on trial) id(text string) (compose.Template, error) {
	t, err := compose.ParseTemplate(text)
	if err != nil || !on.known || len(on.Items) == 0 {
		return t, err
	}
	_, err = t.ExecuteItem(on.Items[0], trialTime)
	return t, err
}

func tried(text string, on trial) (compose.Template, string, error) {
	t, err := compose.ParseTemplate(text)
	if err != nil || !on.known {
		return t, "", err
	}
	filled, err := t.Execute(on.Data)
	if err != nil && len(on.Items) > 0 && strings.Contains(err.Error(), "no field") {
		err = fmt.Errorf("%w; want %s", err, oneOf(slices.Sorted(maps.Keys(on.Items[0]))))
	}
	return t, filled, err
}

// trialTime is a day with two digits everywhere, like the longest a template will see.
var trialTime = time.Date(2026, 11, 23, 11, 30, 0, 0, time.UTC)

// trialData are items such as the job's sources will bring, with an address in every field, so that a link made of one
// is absolute. There are many: a template may ask for the tenth.
func trialData(j Job) trial {
	const items, page = 50, "https://example.com/"
	fields, known := j.FieldNames()
	d := compose.Data{Job: j.Name, Slot: trialTime, Source: compose.SourceData{URL: page}}
	if len(j.Sources) > 0 {
		if filled, err := j.Sources[0].URL.Execute(d); err == nil && filled != "" {
			d.Source.URL = filled
		}
	}
	for i := range items {
		item := scrape.Item{}
		for _, f := range fields {
			item[f] = fmt.Sprintf("%s%d", page, i+1)
		}
		d.Items = append(d.Items, item)
	}
	return trial{d, known}
}

// trial is what templates are tried on. Where only the page can tell which fields its items have, they are only parsed.
type trial struct {
	compose.Data
	known bool
}
