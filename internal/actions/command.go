// Package actions talks to what runs a workflow: the runner, by commands on standard output and files it names, and the
// repository, by GitHub's API.
//
// Text of others never becomes a command: what a program prints goes through [Guard], what goes into a command is
// escaped. Secrets that the runner does not know yet are masked before anything can print them.
package actions

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"wtm/internal/secret"
)

// Level is the kind of an annotation.
type Level string

// The levels, as the runner names them.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Error   Level = "error"
)

// escaped is a text as the data of a command
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
var escaped = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

// escapedProperty is a text as a property of a command.
var escapedProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")

// Mask asks the runner to hide values from now on, each line of one by itself: the runner masks line by line. w is the
// process's own standard output.
func Mask(w io.Writer, values ...secret.Value) {
	for _, v := range values {
		for line := range strings.FieldsFuncSeq(v.Reveal(), func(r rune) bool { return r == '\n' || r == '\r' }) {
			if line = strings.TrimSpace(line); line != "" {
				fmt.Fprintf(w, "::add-mask::%s\n", escaped.Replace(line))
			}
		}
	}
}

// Annotate shows a text at the top of the run's page. w is the process's own standard output.
func Annotate(w io.Writer, level Level, title, text string) {
	fmt.Fprintf(w, "::%s title=%s::%s\n", level, escapedProperty.Replace(title), escaped.Replace(text))
}

// broken keeps the two forms of a command from being one, by a space that has no width: the runner takes a line that
// begins with two colons after any white space, and the older form anywhere in a line.
const broken = "\u200b"

// Guard returns a writer to w on which nothing can be a command of the runner. Several goroutines may use it.
func Guard(w io.Writer) io.Writer { return &guard{to: w} }

type guard struct {
	mu sync.Mutex
	to io.Writer
	// last holds the end of what was written before: a command may come in pieces.
	last [2]byte
}

func (g *guard) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]byte, 0, len(p)+8)
	for _, b := range p {
		if b == ':' && g.last[1] == ':' || b == '[' && g.last == [2]byte{'#', '#'} {
			out = append(out, broken...)
		}
		out = append(out, b)
		g.last = [2]byte{g.last[1], b}
	}
	if _, err := g.to.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
