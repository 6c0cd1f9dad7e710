// Package secret holds a string that never prints itself.
//
// Tokens, keys and codes travel through the program as a [Value], so that a stray %v, an error message or a log line
// shows "[secret]" and not the token. JSON keeps the real text, because the state has to store it: seal what you
// marshal.
package secret

import "log/slog"

// Value is a text that must not reach output, logs, errors or process arguments.
type Value string

// shown is what every printing of a non-empty Value gives.
const shown = "[secret]"

// String returns "[secret]", or the empty string when there is no value.
func (v Value) String() string {
	if v == "" {
		return ""
	}
	return shown
}

// GoString keeps %#v from showing the text.
func (v Value) GoString() string { return v.String() }

// LogValue keeps slog from showing the text.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// Reveal returns the text itself, for the one place that sends or seals it.
func (v Value) Reveal() string { return string(v) }
