package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wtm/internal/compose"
	"wtm/internal/scrape"
)

// trialTime is a day with two digits everywhere, like the longest a template will see.
var trialTime = time.Date(2026, 11, 23, 11, 30, 0, 0, time.UTC)

// trial is what templates are tried on. Where only the page can tell which fields its items have, they are only parsed.
type trial struct {
	compose.Data
	known bool
	// item is what the templates of a row see in place of the data; nil elsewhere.
	item scrape.Item
}

// trialPage is the address in every field of trial items, so that a link made of one is absolute.
const trialPage = "https://a-page.invalid/"

// trialData are items such as the job's sources will bring. There are many: a template may ask for the tenth.
func trialData(j Job) trial {
	const items = 50
	fields, known := j.FieldNames()
	d := compose.Data{Job: j.Name, Slot: trialTime, Source: compose.SourceData{URL: trialPage}}
	if len(j.Sources) > 0 {
		if filled, err := j.Sources[0].URL.Execute(d); err == nil && filled != "" {
			d.Source.URL = filled
		}
	}
	item := scrape.Item{}
	for _, f := range fields {
		item[f] = trialPage
	}
	d.Items = slices.Repeat([]scrape.Item{item}, items)
	return trial{Data: d, known: known}
}

// row is a trial of templates that see one item.
func (on trial) row() trial {
	on.item = scrape.Item{}
	if len(on.Items) > 0 {
		on.item = on.Items[0]
	}
	return on
}

// fields are the names of the items' fields.
func (on trial) fields() []string {
	if len(on.Items) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(on.Items[0]))
}

// template parses templates that can be filled with the trial's data.
func template(on trial) func(string) (compose.Template, error) {
	return func(text string) (compose.Template, error) {
		t, _, err := tried(text, on)
		return t, err
	}
}

// idTemplate parses templates that tell items apart.
func idTemplate(on trial) func(string) (compose.Template, error) {
	return func(text string) (compose.Template, error) {
		if !strings.Contains(text, "{{") {
			return compose.Template{}, fmt.Errorf("%q is the same for every item; want a template such as %q", text, "{{ .title }}")
		}
		return template(on)(text)
	}
}

// linkTemplate parses templates that make an absolute address.
func linkTemplate(on trial) func(string) (compose.Template, error) {
	return func(text string) (compose.Template, error) {
		t, filled, err := tried(text, on)
		if err != nil || !on.known {
			return t, err
		}
		return t, absolute(filled)
	}
}

// fewItems are enough for most templates, and cost less than all that a trial has.
const fewItems = 3

func tried(text string, on trial) (compose.Template, string, error) {
	t, err := compose.ParseTemplate(text)
	if err != nil || !on.known {
		return t, "", err
	}
	few := on.Data
	few.Items = few.Items[:min(fewItems, len(few.Items))]
	var filled string
	if on.item != nil {
		filled, err = t.ExecuteItem(on.item, on.Slot)
	} else if filled, err = t.Execute(few); err != nil && len(few.Items) < len(on.Items) {
		filled, err = t.Execute(on.Data)
	}
	if err != nil && len(on.Items) > 0 && strings.Contains(err.Error(), "no field") {
		want := "want " + oneOf(on.fields())
		if len(on.fields()) == 0 {
			want = "the sources have no field in common"
		}
		err = fmt.Errorf("%w; %s", err, want)
	}
	return t, filled, err
}
