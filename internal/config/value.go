package config

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/http/httpguts"

	"wtm/internal/compose"
	"wtm/internal/secret"
)

// Value is a text of a request: a template with variables of the environment in it, which are secrets. What
// a variable holds is never read as a template, and never printed.
type Value struct{ parts []part }

// part is a template or, when that is zero, a secret.
type part struct {
	text     compose.Template
	variable secret.Value
}

// IsZero reports whether there is no value at all.
func (v Value) IsZero() bool { return len(v.parts) == 0 }

// Execute fills the templates and puts the variables between them.
func (v Value) Execute(d compose.Data) (string, error) {
	var out strings.Builder
	for _, p := range v.parts {
		if p.text.IsZero() {
			out.WriteString(p.variable.Reveal())
			continue
		}
		text, err := p.text.Execute(d)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

// String shows how many parts there are, and none of them.
func (v Value) String() string { return fmt.Sprintf("(%d hidden parts)", len(v.parts)) }

// unsetError is a variable that the file names and the environment does not have.
type unsetError struct{ name string }

func (e *unsetError) Error() string {
	return fmt.Sprintf("the environment variable %s is not set", e.name)
}

// Hint shows how to set it.
func (e *unsetError) Hint() string {
	return fmt.Sprintf("export %s='...'; in a fork, make it a secret and add `%s: ${{ secrets.%s }}` to the `env:` of the last step in .github/workflows/run.yml", e.name, e.name, e.name)
}

var variableForm = regexp.MustCompile(`\$\{([^{}]*)\}`)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// parseValue reads a value; getenv returns an empty text for a variable that is not set.
func parseValue(text string, getenv func(string) string) (Value, error) {
	var v Value
	template := func(text string) error {
		if text == "" {
			return nil
		}
		t, err := compose.ParseTemplate(text)
		if err == nil {
			_, err = t.Execute(compose.Data{Slot: trialTime})
		}
		v.parts = append(v.parts, part{text: t})
		return err
	}
	end := 0
	for _, at := range variableForm.FindAllStringSubmatchIndex(text, -1) {
		if err := template(text[end:at[0]]); err != nil {
			return v, err
		}
		end = at[1]
		name := text[at[2]:at[3]]
		if !variableName.MatchString(name) {
			return v, fmt.Errorf("${%s} names no environment variable; want one such as ${SCHOOL_PASSWORD}", name)
		}
		held := getenv(name)
		if held == "" {
			return v, &unsetError{name}
		}
		v.parts = append(v.parts, part{variable: secret.Value(held)})
	}
	return v, template(text[end:])
}

// environmentValues reads a mapping of names to values.
func (m mapping) environmentValues(key string) map[string]Value {
	n := m.entries[key]
	if n == nil {
		return nil
	}
	all := map[string]Value{}
	for name, node := range m.pairs(n, key) {
		text, ok := m.scalar(node, name.Value)
		if !ok {
			continue
		}
		v, err := parseValue(text, m.getenv)
		if err != nil {
			m.errorf(node, "%s: %v", name.Value, err)
			continue
		}
		if strings.ContainsAny(text, "\r\n") && key == "headers" {
			m.errorf(node, "%s: a header is one line", name.Value)
		}
		if key == "headers" && !httpguts.ValidHeaderFieldName(name.Value) {
			m.errorf(name, "headers: %q is no name of a header; want one such as X-Api-Key", name.Value)
		}
		all[name.Value] = v
	}
	return all
}
