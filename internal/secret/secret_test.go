package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"wtm/internal/secret"
)

func TestValueNeverPrintsItself(t *testing.T) {
	const text = "refresh-token-text"
	nested := struct{ Token secret.Value }{text}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("refreshed", "token", secret.Value(text))

	for name, printed := range map[string]string{
		"%s":     fmt.Sprintf("token %s", secret.Value(text)),
		"%q":     fmt.Sprintf("%q", secret.Value(text)),
		"%v":     fmt.Sprint(nested),
		"%+v":    fmt.Sprintf("%+v", nested),
		"%#v":    fmt.Sprintf("%#v", nested),
		"%x":     fmt.Sprintf("%x", secret.Value(text)),
		"error":  fmt.Errorf("refreshing with %v", secret.Value(text)).Error(),
		"slog":   log.String(),
		"string": secret.Value(text).String(),
	} {
		if strings.Contains(printed, text) || strings.Contains(printed, fmt.Sprintf("%x", text)) {
			t.Errorf("%s shows the secret: %s", name, printed)
		}
	}
}

func TestValueKeepsItsTextInJSON(t *testing.T) {
	got, err := json.Marshal(secret.Value("kept"))
	if err != nil || string(got) != `"kept"` {
		t.Errorf("Marshal = %s, %v; want the text", got, err)
	}
}

func TestEmptyValueIsSeenAsEmpty(t *testing.T) {
	if got := secret.Value("").String(); got != "" {
		t.Errorf("String of the empty value = %q, want nothing", got)
	}
}
