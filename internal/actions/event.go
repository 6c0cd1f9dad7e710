package actions

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxEvent is far above the 65,535 characters of a dispatch's inputs.
const maxEvent = 4 << 20

// Event is what started the workflow, as far as wtm asks.
type Event struct {
	// Inputs are those of a dispatch, as they were typed.
	Inputs map[string]any
	// Private is whether the repository is; false when the event does not say.
	Private bool
}

// EventError is an event file that cannot be read.
type EventError struct {
	Path   string
	Reason string
}

func (e *EventError) Error() string {
	return fmt.Sprintf("reading the event file %s: %s", e.Path, e.Reason)
}

// Hint says who makes the file.
func (*EventError) Hint() string {
	return "GITHUB_EVENT_PATH is set by GitHub Actions; elsewhere: unset GITHUB_ACTIONS"
}

// ExitCode is that of a wrong environment.
func (*EventError) ExitCode() int { return 2 }

// ReadEvent reads the file GITHUB_EVENT_PATH. Inputs are read there and not from the environment, because a step's
// environment is printed in its log. An empty path gives an empty event.
func ReadEvent(path string) (Event, error) {
	if path == "" {
		return Event{}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		reason := err
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			reason = p.Err
		}
		return Event{}, &EventError{Path: path, Reason: reason.Error()}
	}
	defer f.Close()
	var file struct {
		Inputs     map[string]any `json:"inputs"`
		Repository struct {
			Private bool `json:"private"`
		} `json:"repository"`
	}
	if json.NewDecoder(io.LimitReader(f, maxEvent)).Decode(&file) != nil {
		return Event{}, &EventError{Path: path, Reason: "it is not JSON"} // whose error would quote it
	}
	return Event{Inputs: file.Inputs, Private: file.Repository.Private}, nil
}

// Flag returns an input as true or false; events of some senders hold it as a text.
func (e Event) Flag(name string) bool {
	switch v := e.Inputs[name].(type) {
	case bool:
		return v
	case string:
		return v == "true"
	}
	return false
}

// Text returns an input as a text, empty when it is not there or no text.
func (e Event) Text(name string) string {
	text, _ := e.Inputs[name].(string)
	return text
}
