package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Error is something in a config file that cannot be right.
type Error struct {
	File string
	// Line and Col begin with 1; 0 means the file as a whole.
	Line, Col int
	Text      string

	cause error // which may have a hint of its own
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Text)
}

// Hint is that of the cause, or names the command that checks the file alone.
func (e *Error) Hint() string {
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](e.cause); ok {
		return h.Hint()
	}
	return "after mending it: wtm check"
}

// ExitCode is that of wrong configuration.
func (*Error) ExitCode() int { return 2 }

// nearest returns the known word that an unknown one may have been meant as, or an empty text.
func nearest(word string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	const near = 2 // letters apart
	distance := func(k string) int { return levenshtein.ComputeDistance(strings.ToLower(word), k) }
	best := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(distance(a), distance(b)) })
	if distance(best) > near || distance(best) >= len(best) {
		return ""
	}
	return best
}

// suggest says what would be accepted in place of an unknown word.
func suggest(word string, known []string) string {
	if best := nearest(word, known); best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "want " + oneOf(known)
}

// oneOf lists words as a choice.
func oneOf(words []string) string {
	switch len(words) {
	case 0:
		return "none"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
