package main

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
)

// partLength is how much of a secret may not be seen either.
const partLength = 12

// leaks names the encodings in which a text shows one of the secrets, or a long part of one.
func leaks(text string, secrets []string) []string {
	var found []string
	for _, s := range secrets {
		for encoding, form := range map[string]string{
			"as it is": s, "base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "="),
			"base64url": base64.RawURLEncoding.EncodeToString([]byte(s)), "hex": hex.EncodeToString([]byte(s)),
			"escaped": url.QueryEscape(s), "backwards": reversed(s),
		} {
			if strings.Contains(text, form) {
				found = append(found, encoding)
			}
		}
		if len(s) <= partLength+8 {
			continue // a part of a short text may be a word
		}
		for _, part := range []string{s[:partLength+8], s[len(s)-partLength:]} {
			if strings.Contains(text, part) {
				found = append(found, "in part")
			}
		}
	}
	return found
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

func TestLeaksAreSeen(t *testing.T) {
	const s = "refresh-token-0123456789abcdefghij"
	for _, text := range []string{
		"x " + s, base64.StdEncoding.EncodeToString([]byte(s)), hex.EncodeToString([]byte(s)), "…" + s[len(s)-14:], reversed(s),
	} {
		if len(leaks(text, []string{s})) == 0 {
			t.Errorf("%q is not seen", text)
		}
	}
	if got := leaks("the refresh token was rotated", []string{s}); len(got) != 0 {
		t.Errorf("a harmless sentence is taken for a leak: %v", got)
	}
}
