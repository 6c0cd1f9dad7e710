package config_test

import (
	"cmp"
	"strings"
	"testing"

	"wtm/internal/config"
)

// TestSchemaJudgesLikeConfig changes one thing of a config that is right.
func TestSchemaJudgesLikeConfig(t *testing.T) {
	schema := mustSchema(t, "")
	for name, c := range map[string]struct {
		// These are lines of the config. The last three stand in place of what it needs.
		top, job, source, message, at, extractor, shape string

		refused bool
	}{
		"nothing changed":           {},
		"unknown key at the top":    {top: "lat: 2h", refused: true},
		"unknown key of a job":      {job: "sent: new", refused: true},
		"unknown key of a source":   {source: "headerz: {a: b}", refused: true},
		"unknown key of a message":  {message: "txt: a", refused: true},
		"unknown key of a login":    {source: "login: {url: https://example.com/, charset: utf-8}", refused: true},
		"unknown key of a feed":     {extractor: "feed: {url: a}", refused: true},
		"unknown choice of send":    {job: "send: nwe", refused: true},
		"unknown choice of report":  {top: "report: none", refused: true},
		"unknown choice of method":  {source: "method: PUT", refused: true},
		"unknown choice of long":    {message: "long: wrap", refused: true},
		"name of a job":             {message: "long: cut\n  b c: {at: '11:30', source: {url: https://example.com/, feed: {}}, message: {text: a}}", refused: true},
		"no extractor":              {extractor: "limit: 3", refused: true},
		"two extractors":            {source: "table: {column: today}", refused: true},
		"two kinds of message":      {message: "feed: {title: a}", refused: true},
		"button beside a feed":      {shape: "feed: {title: a}", message: "button: b", refused: true},
		"long beside a feed":        {shape: "feed: {title: a}", message: "long: cut", refused: true},
		"wait without render":       {source: "wait: li", refused: true},
		"render with a form":        {source: "render: chrome\n      form: {a: b}", refused: true},
		"render with POST":          {source: "render: chrome\n      method: POST", refused: true},
		"render with GET":           {source: "render: chrome\n      method: GET"},
		"holidays":                  {job: "holidays: skip", refused: true},
		"file of a list":            {shape: "list: {header: a, title: b, file: c.png}", refused: true},
		"image and file":            {shape: "feed: {image: a, file: b.png}", refused: true},
		"calendar with a column":    {extractor: "table: {calendar: true, column: today}", refused: true},
		"no calendar":               {extractor: "table: {calendar: false, column: today}"},
		"args of no template":       {shape: "scrap: {args: {a: b}}", refused: true},
		"scrap of the source":       {shape: "scrap: {}"},
		"two discounts":             {shape: "commerce: {content: {title: a}, commerce: {regular_price: 1, discount_rate: 1, fixed_discount_price: 1}}", refused: true},
		"position of a currency":    {shape: "commerce: {content: {file: a.png}, commerce: {regular_price: 1, currency_unit_position: '1'}}"},
		"no time":                   {at: "at: []", refused: true},
		"time without minutes":      {at: "at: 11h", refused: true},
		"days in capitals":          {at: "at: [' MON-Fri  07:30 ', 'sat,SUN 09:00']"},
		"name of a header":          {source: "headers: {X Key: a}", refused: true},
		"account and friends":       {job: "to: {account: a, friends: b}", refused: true},
		"receiver twice":            {job: "to: [me, me]", refused: true},
		"one receiver":              {job: "to: {friends: 철수}"},
		"receivers":                 {job: "to: [me, {account: 1}, {friends: [철수, 12]}]"},
		"number in quotes":          {source: "limit: '+05'"},
		"number out of range":       {source: "limit: 0", refused: true},
		"true in quotes":            {source: "reverse: 'true'"},
		"yes":                       {source: "reverse: yes", refused: true},
		"no late":                   {job: "late: 0"},
		"no late, with a unit":      {job: "late: -0s"},
		"parts of hours":            {job: "late: 1.5h3m"},
		"late without a unit":       {job: "late: 90", refused: true},
		"pause in microseconds":     {top: "pause: 5µs"},
		"one date":                  {job: "except: 2026-12-25"},
		"link in capitals":          {top: "link: HTTPS://example.com/"},
		"relative link":             {top: "link: /a", refused: true},
		"number as text":            {shape: "text: 1"},
		"empty text":                {shape: "text:", refused: true},
		"patterns of other types":   {source: "none: 404\n      keep: true\n      drop: {text: 5}"},
		"charset of digits":         {source: "charset: 866"},
		"age of a field":            {source: "since: {text: +3d}"},
		"age of no field":           {source: "since: {}", refused: true},
		"age of two fields":         {source: "since: {text: 3d, link: 3d}", refused: true},
		"age without a unit":        {source: "since: {text: 3}", refused: true},
		"replacement of two fields": {source: "replace: {text: {match: a}, link: {match: b, with: c}}"},
		"replacements":              {source: "replace: [{text: {match: a}}, {}]"},
		"replacement of nothing":    {source: "replace: {text: {with: a}}", refused: true},
		"fields":                    {extractor: "html: {items: li, fields: {a: {select: a, attr: href, match: (b)}, c: d, e: {}}}"},
		"fields of an unknown key":  {extractor: "html: {items: li, fields: {a: {selekt: a}}}", refused: true},
		"one row of a table":        {shape: "feed: {title: a, items: {name: b, value: 1}}"},
		"sum without a value":       {shape: "feed: {title: a, items: [{name: b, value: 1}], sum: {name: c}}", refused: true},
		"four counters":             {shape: "feed: {title: a, social: {like_count: 1, view_count: 2, shared_count: 3, comment_count: 4}}", refused: true},
		"feed that says nothing":    {shape: "feed: {link: https://example.com/}", refused: true},
		"two buttons":               {message: "buttons: [{title: a}, {title: b, link: https://example.com/}]"},
		"three buttons":             {message: "buttons: [{title: a}, {title: b}, {title: c}]", refused: true},
		"buttons of a calendar":     {shape: "calendar: {id_type: event, id: a, content: {title: b}, buttons: [{title: a}, {title: b}]}", refused: true},
		"number of a template":      {shape: "custom: {id: '12', args: {a: 1}}"},
		"template without a number": {shape: "custom: {id: a}", refused: true},
	} {
		lines := []string{
			c.top, "jobs:", "  a:", "    " + cmp.Or(c.at, "at: '11:30'"), "    " + c.job,
			"    source:", "      url: https://example.com/", "      " + cmp.Or(c.extractor, "html: {items: li}"), "      " + c.source,
			"    message:", "      " + cmp.Or(c.shape, "text: a"), "      " + c.message,
		}
		data := []byte(strings.Join(lines, "\n"))
		if _, err := config.Parse("wtm.yml", data, getenv); (err != nil) != c.refused {
			t.Errorf("%s: config: %v", name, err)
		}
		if err := schema.Validate(asEditors(t, data)); (err != nil) != c.refused {
			t.Errorf("%s: schema: %v", name, err)
		}
	}
}
