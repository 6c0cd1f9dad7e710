package compose

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/template"
	"time"

	"wtm/internal/scrape"
)

// maxOutput bounds what a template may write, far above five messages.
const maxOutput = 64 << 10

// maxTime bounds how long a template may take.
const maxTime = 2 * time.Second

// Data is what a template sees.
type Data struct {
	// Job is the job's name.
	Job string
	// Slot is the time the message is for, in the job's zone. All dates in templates are its.
	Slot time.Time
	// Source is where the items came from.
	Source SourceData
	// Items are what was found, in the page's order.
	Items []scrape.Item

	// Note ends the message, or follows it as a text of its own.
	Note string
	// Uploaded says where Kakao keeps pictures; empty for those that could not be brought.
	Uploaded map[Picture]string
}

// SourceData is what a template knows of the source.
type SourceData struct{ URL string }

// Template is a parsed text with gaps; the zero Template is an empty text. Its language is text/template's with these
// functions more:
//
//	date LAYOUT        the slot's date, such as {{ date "1월 2일" }} or {{ date "20060102" }} (Go's layout)
//	weekday            the slot's weekday: 월, 화, 수, 목, 금, 토, 일
//	join SEP ITEMS     the text of all items, such as {{ join ", " .Items }}
//	trim TEXT          without white space around it
//	cut N TEXT         at most N characters, … in place of the rest
//	default TEXT VALUE the value, or the text when it is empty
//	lower TEXT         in small letters
//	replace OLD NEW TEXT
type Template struct {
	source string
	parsed *template.Template
}

// ParseTemplate reads a template.
func ParseTemplate(text string) (Template, error) {
	if !strings.Contains(text, "{{") && len(text) <= maxOutput {
		return Template{source: text}, nil // most addresses have no gaps
	}
	parsed, err := template.New("").Option("missingkey=error").Funcs(functions()).Funcs(dates(time.Time{})).Parse(text)
	if err != nil {
		return Template{}, &TemplateError{Reason: reason(err)}
	}
	return Template{source: text, parsed: parsed}, nil
}

// String returns the template as it was written.
func (t Template) String() string { return t.source }

// IsZero reports whether there is no template.
func (t Template) IsZero() bool { return t.source == "" }

// Execute fills the gaps.
func (t Template) Execute(d Data) (string, error) { return t.execute(d, d.Slot) }

// ExecuteItem fills the gaps of a template for one item, whose fields it names directly: {{ .title }}.
func (t Template) ExecuteItem(item scrape.Item, slot time.Time) (string, error) {
	return t.execute(item, slot)
}

func (t Template) execute(dot any, slot time.Time) (string, error) {
	if t.parsed == nil {
		return t.source, nil
	}
	bound, err := t.parsed.Clone()
	if err != nil {
		return "", &TemplateError{Reason: reason(err)}
	}
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var out limited
		err := bound.Funcs(dates(slot)).Execute(&out, dot)
		done <- result{out.text.String(), err}
	}()
	// text/template cannot be stopped: a loop that never writes is left to run, and the program ends soon.
	timer := time.NewTimer(maxTime)
	defer timer.Stop()
	select {
	case r := <-done:
		if r.err != nil {
			return "", &TemplateError{Reason: reason(r.err)}
		}
		return r.text, nil
	case <-timer.C:
		return "", &TemplateError{Reason: fmt.Sprintf("it did not end within %s", maxTime)}
	}
}

// TemplateError is a template that cannot be read or filled in.
type TemplateError struct{ Reason string }

func (e *TemplateError) Error() string { return "template: " + e.Reason }

// Hint names the functions there are.
func (*TemplateError) Hint() string {
	return "the functions are " + functionNames + "; fields are those of the source's items"
}

// where is how text/template begins its errors: a name, a line and a column, which mean nothing to the reader of a
// config file.
var where = regexp.MustCompile(`^template: :\d+:(\d+:)? (executing "" at )?`)

// calling is how text/template says which call an error comes from, which says so itself.
var calling = regexp.MustCompile(`<[^>]*>: error calling (?:date|cut|join|replace): `)

// unknownField is how text/template says that [Data] has no such field.
var unknownField = regexp.MustCompile(`can't evaluate field (\S+) in type compose\.Data`)

// unknownFunction is how text/template says that there is no such function.
var unknownFunction = regexp.MustCompile(`function ("[^"]*") not defined`)

const functionNames = "date, weekday, join, trim, cut, default, lower or replace"

func reason(err error) string {
	if errors.Is(err, errTooLong) {
		return errTooLong.Error()
	}
	text := where.ReplaceAllString(err.Error(), "")
	text = calling.ReplaceAllString(text, "")
	text = strings.Replace(text, "map has no entry for key", "the items have no field", 1)
	text = unknownFunction.ReplaceAllString(text, "there is no function $1; want "+functionNames)
	return unknownField.ReplaceAllString(text, "there is no .$1; want .Job, .Slot, .Source.URL or .Items, or of the first item (index .Items 0).$1")
}

// dates are the functions that templates can call which depend on the slot.
func dates(slot time.Time) template.FuncMap {
	return template.FuncMap{
		"date":    func(layout string) (string, error) { return date(slot, layout) },
		"weekday": func() string { return weekday(slot) },
	}
}

// functions are the others.
func functions() template.FuncMap {
	return template.FuncMap{
		"join": join,
		"trim": strings.TrimSpace,
		"cut":  cut,
		"default": func(standard, value string) string {
			if value == "" {
				return standard
			}
			return value
		},
		"lower":   strings.ToLower,
		"replace": replace,
	}
}

// otherYear is a year of our time in a layout, whose digits would be taken for days and hours.
var otherYear = regexp.MustCompile(`20[1-9][0-9]`)

// date formats a day. A layout without any part of Go's example date says the same every day.
func date(day time.Time, layout string) (string, error) {
	one, other := time.Date(2001, 10, 12, 13, 14, 15, 987654321, time.UTC), time.Date(2003, 4, 5, 8, 7, 9, 123456789, time.UTC)
	if layout != "" && (one.Format(layout) == layout && other.Format(layout) == layout || otherYear.MatchString(layout)) {
		return "", fmt.Errorf("date %q is no layout; want the day 2006-01-02 as you would write it, such as %q or %q", layout, "2006-01-02", "1월 2일")
	}
	return day.Format(layout), nil
}

func weekday(t time.Time) string {
	return []string{"일", "월", "화", "수", "목", "금", "토"}[t.Weekday()]
}

// join takes items or texts.
func join(separator string, list any) (string, error) {
	switch list := list.(type) {
	case []string:
		return strings.Join(list, separator), nil
	case []scrape.Item:
		var texts []string
		for _, item := range list {
			texts = append(texts, item["text"])
		}
		return strings.Join(texts, separator), nil
	}
	return "", fmt.Errorf("join takes items, not %T", list)
}

// replace refuses to make a text longer than any message: repeated, it would fill the memory.
func replace(old, new, text string) (string, error) {
	if n := strings.Count(text, old); len(text)+n*(len(new)-len(old)) > maxOutput {
		return "", errTooLong
	}
	return strings.ReplaceAll(text, old, new), nil
}

// cut shortens a text to n characters as a reader sees them.
func cut(n int, text string) (string, error) {
	if n < 1 {
		return "", fmt.Errorf("cut takes a number above 0, not %d", n)
	}
	one := func(string) int { return 1 }
	if len(prefix(text, n, one)) == len(text) {
		return text, nil
	}
	return prefix(text, n-1, one) + "…", nil
}

var errTooLong = fmt.Errorf("the result is longer than %d bytes", maxOutput)

// limited is a text that refuses to grow past maxOutput.
type limited struct{ text strings.Builder }

var _ io.Writer = (*limited)(nil)

func (l *limited) Write(p []byte) (int, error) {
	if l.text.Len()+len(p) > maxOutput {
		return 0, errTooLong
	}
	return l.text.Write(p)
}
