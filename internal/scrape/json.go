package scrape

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/itchyny/gojq"
)

// JSON takes items from a JSON document by jq programs. Each may use $date (YYYYMMDD) and $weekday of the slot.
type JSON struct {
	items  *gojq.Code
	fields []jsonField
}

type jsonField struct {
	name string
	code *gojq.Code
}

// jqVariables are what a program may use besides its input.
var jqVariables = []string{"$date", "$weekday"}

const (
	// jqTime bounds one document: a program may run for ever.
	jqTime = 2 * time.Second
	// maxItems bounds what a program or a pattern may yield, for the same reason.
	maxItems = 10_000
	// maxValues bounds the fields of all items, which have the members of each other: in an object by id, each has its own.
	maxValues = 1_000_000
)

// ParseJSON compiles the program that yields the items.
func ParseJSON(items string) (*JSON, error) {
	code, err := compileJQ(items)
	if err != nil {
		return nil, err
	}
	return &JSON{items: code}, nil
}

// AddField compiles the program of a field, whose input is an item.
func (j *JSON) AddField(name, program string) error {
	code, err := compileJQ(program)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	j.fields = append(j.fields, jsonField{name, code})
	return nil
}

func compileJQ(program string) (*gojq.Code, error) {
	query, err := gojq.Parse(program)
	if err != nil {
		return nil, fmt.Errorf("%q is no jq program: %w; want one such as .items[]", program, err)
	}
	// Without a loader and an environment a program can read neither files nor secrets.
	code, err := gojq.Compile(query, gojq.WithVariables(jqVariables))
	if err != nil {
		return nil, fmt.Errorf("%q is no jq program: %w; want one such as .items[]", program, err)
	}
	return code, nil
}

func (j *JSON) extract(body []byte, day time.Time) ([]Item, error) {
	var document any
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\uFEFF"))))
	decoder.UseNumber() // an id above 2^53 must not lose its last digits
	if err := decoder.Decode(&document); err != nil {
		return nil, &FormatError{Want: "JSON"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), jqTime)
	defer cancel()
	found, err := run(ctx, j.items, document, day)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, value := range found {
		item, err := j.item(ctx, value, day)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, fillIn(items)
}

// item makes an item of a value: of the fields, or else of the value's members.
func (j *JSON) item(ctx context.Context, value any, day time.Time) (Item, error) {
	item := Item{}
	for _, f := range j.fields {
		values, err := run(ctx, f.code, value, day)
		if err != nil {
			return nil, err
		}
		var texts []string
		for _, v := range values {
			texts = append(texts, jsonText(v))
		}
		item[f.name] = strings.Join(texts, " ")
	}
	if len(j.fields) > 0 {
		return item, nil
	}
	members, ok := value.(map[string]any)
	if !ok {
		return Item{"text": jsonText(value)}, nil
	}
	for name, v := range members {
		item[name] = jsonText(v)
	}
	return item, nil
}

// run returns what a program yields.
func run(ctx context.Context, code *gojq.Code, input any, day time.Time) ([]any, error) {
	var all []any
	results := code.RunWithContext(ctx, input, day.Format("20060102"), strings.ToLower(day.Format("Mon")))
	for {
		v, ok := results.Next()
		if !ok {
			return all, nil
		}
		if err, bad := v.(error); bad {
			if halt, ok := errors.AsType[*gojq.HaltError](err); ok && halt.Value() == nil {
				return all, nil
			}
			if ctx.Err() != nil {
				return nil, &PageError{Reason: fmt.Sprintf("the jq program did not end within %s", jqTime)}
			}
			return nil, &PageError{Reason: "the jq program does not fit it: " + shorten(err.Error())}
		}
		if v == nil {
			continue // null is nothing, as in .items[]?
		}
		if all = append(all, v); len(all) > maxItems {
			return nil, &PageError{Reason: fmt.Sprintf("the jq program yields more than %d items", maxItems)}
		}
	}
}

// jsonText is a value as a text: texts as they are, nothing for null, and JSON for what has members.
func jsonText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	}
	text, err := gojq.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// fillIn gives every item all the names that any has, so that a template finds them.
func fillIn(items []Item) error {
	names := map[string]bool{}
	for _, item := range items {
		for name := range item {
			names[name] = true
		}
	}
	if len(names)*len(items) > maxValues {
		return &PageError{Reason: fmt.Sprintf("its %d items have %d different members together; take the ones of use by `fields:`", len(items), len(names))}
	}
	for _, item := range items {
		for name := range names {
			if _, ok := item[name]; !ok {
				item[name] = ""
			}
		}
	}
	return nil
}

// shorten cuts a foreign text for an error.
func shorten(text string) string {
	const longest = 120
	if r := []rune(fold(text)); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return fold(text)
}
