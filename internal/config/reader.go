package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxFile bounds a config file, far above any that a person writes.
const maxFile = 1 << 20

// reader turns YAML nodes into values and collects what is wrong with them.
type reader struct {
	file   string
	getenv func(string) string
	errs   []*Error
}

// errorf notes an error at a node.
func (r *reader) errorf(n *yaml.Node, format string, args ...any) {
	err := &Error{File: r.file, Line: n.Line, Col: n.Column, Text: fmt.Sprintf(format, args...)}
	for _, arg := range args {
		if cause, ok := arg.(*unsetError); ok {
			err.cause = cause
		}
	}
	r.errs = append(r.errs, err)
}

// err returns all errors, in the order of the file.
func (r *reader) err() error {
	slices.SortStableFunc(r.errs, func(a, b *Error) int { return slices.Compare([]int{a.Line, a.Col}, []int{b.Line, b.Col}) })
	var all []error
	for _, e := range r.errs {
		all = append(all, e)
	}
	return errors.Join(all...)
}

// document returns the one mapping that the file is.
func (r *reader) document(data []byte) (*yaml.Node, error) {
	whole := func(text string) error { return &Error{File: r.file, Text: text} }
	switch {
	case len(data) > maxFile:
		return nil, whole(fmt.Sprintf("the file is larger than %d bytes", maxFile))
	case !utf8.Valid(data):
		return nil, whole("the file is not UTF-8; save it as UTF-8")
	}
	var doc, second yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, whole(err.Error())
	}
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0:
		return nil, whole("the file is empty; want jobs:")
	case err != nil:
		return nil, r.syntax(err, data)
	}
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		return nil, &Error{File: r.file, Line: max(second.Line, 1), Col: max(second.Column, 1), Text: "there is a second document; want one, without ---"}
	}
	return doc.Content[0], nil
}

// syntax is an error of the YAML itself.
func (r *reader) syntax(err error, data []byte) error {
	var e *yaml.LoadError
	if errors.As(err, &e) {
		if lines := bytes.Split(data, []byte("\n")); e.Mark.Line <= len(lines) && e.Mark.Line > 0 && bytes.HasPrefix(bytes.TrimLeft(lines[e.Mark.Line-1], " "), []byte("\t")) {
			return &Error{File: r.file, Line: e.Mark.Line, Col: e.Mark.Column, Text: "a tab indents this line; want spaces"}
		}
		return &Error{File: r.file, Line: e.Mark.Line, Col: e.Mark.Column, Text: "this is not YAML: " + e.Message +
			"; want this line and the one before as deep as their neighbours, and texts with : # {{ or quotes in quotes"}
	}
	return &Error{File: r.file, Text: "this is not YAML: " + err.Error()}
}

// mapping is a YAML mapping whose keys are all known.
type mapping struct {
	*reader
	node    *yaml.Node
	what    string
	entries map[string]*yaml.Node
	// misspelt are known keys that an unknown one was probably meant as.
	misspelt map[string]bool
}

// mapping reads a node as a mapping with known keys; what names it in errors, such as `job "lunch"`.
func (r *reader) mapping(n *yaml.Node, what string, known ...string) mapping {
	m := mapping{reader: r, node: n, what: what, entries: map[string]*yaml.Node{}, misspelt: map[string]bool{}}
	for key, value := range r.pairs(n, what) {
		if !slices.Contains(known, key.Value) {
			r.errorf(key, "%s has no key %q; %s", what, key.Value, suggest(key.Value, known))
			m.misspelt[nearest(key.Value, known)] = true
			continue
		}
		m.entries[key.Value] = value
	}
	return m
}

// pairs yields the keys and values of a mapping, each key once.
func (r *reader) pairs(n *yaml.Node, what string) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		n = resolve(n)
		if n.Kind != yaml.MappingNode {
			r.errorf(n, "%s is %s; want keys and values", what, kindOf(n))
			return
		}
		first := map[string]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], resolve(n.Content[i+1])
			if key.Kind != yaml.ScalarNode {
				r.errorf(key, "%s has a key that is %s; put templates such as {{ … }} in quotes", what, kindOf(key))
				continue
			}
			if before, again := first[key.Value]; again {
				r.errorf(key, "%s has the key %q twice; the first is in line %d", what, key.Value, before.Line)
				continue
			}
			first[key.Value] = key
			if !yield(key, value) {
				return
			}
		}
	}
}

// resolve follows an alias to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// kindOf says what a node is, for people.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return "empty"
	}
	return "a single value"
}

// has reports whether a key is there.
func (m mapping) has(key string) bool { return m.entries[key] != nil }

// require notes an error for each key that is missing.
func (m mapping) require(keys ...string) {
	for _, key := range keys {
		if !m.has(key) && !m.misspelt[key] {
			m.errorf(m.node, "%s has no %q, which it needs", m.what, key)
		}
	}
}

// value reads the scalar of a key with a parser, or returns the standard value when the key is missing.
func value[T any](m mapping, key string, standard T, parse func(string) (T, error)) T {
	n := m.entries[key]
	if n == nil {
		return standard
	}
	text, ok := m.scalar(n, key)
	if !ok {
		return standard
	}
	v, err := parse(text)
	if err != nil {
		m.errorf(n, "%s: %v", key, err)
		return standard
	}
	return v
}

// scalar returns the text of a single value.
func (r *reader) scalar(n *yaml.Node, key string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		if isTemplate(n) {
			r.errorf(n, "%s: put quotes around a text with {{ … }}", key)
			return "", false
		}
		r.errorf(n, "%s: it is %s; want a single value, texts with : # {{ or quotes in quotes", key, kindOf(n))
		return "", false
	}
	return n.Value, true
}

// isTemplate reports whether a node is what YAML makes of {{ … }} without quotes: a mapping whose key is one.
func isTemplate(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
}

// list returns the nodes of a list, or of a single value as a list of one.
func (m mapping) list(key string) []*yaml.Node {
	n := m.entries[key]
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		if len(n.Content) == 0 {
			m.errorf(n, "%s: the list is empty", key)
		}
		var nodes []*yaml.Node
		for _, c := range n.Content {
			nodes = append(nodes, resolve(c))
		}
		return nodes
	}
	return []*yaml.Node{n}
}

// values reads each value of a list with a parser.
func values[T any](m mapping, key string, parse func(string) (T, error)) []T {
	var all []T
	for _, n := range m.list(key) {
		text, ok := m.scalar(n, key)
		if !ok {
			continue
		}
		v, err := parse(text)
		if err != nil {
			m.errorf(n, "%s: %v", key, err)
			continue
		}
		all = append(all, v)
	}
	return all
}

// refuse notes an error for a key that the contract knows and this version does not.
func (m mapping) refuse(keys ...string) {
	for _, key := range keys {
		if n := m.entries[key]; n != nil {
			m.errorf(n, "%s: this version does not have it yet", key)
		}
	}
}
