// Package internal_test holds what is true of all packages together.
package internal_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of this module each one may know: data goes down, never back up, and leaves do not know
// each other. A package that is not here does not exist. Tests are free.
var mayImport = map[string][]string{
	"cmd/wtm": {"cli"},
	"cli":     {"actions", "run", "config", "state", "store", "kakao", "login", "chrome", "fetch", "preview", "demo", "schedule", "recipe", "secret"},
	"run":     {"config", "schedule", "state", "store", "kakao", "fetch", "pagecache", "scrape", "compose", "secret", "wait"},
	"demo":    {"run", "config", "state", "store", "kakao", "kakao/kakaotest", "fetch", "preview", "secret"},
	// Config makes the values of others: what it parses is valid in their sense.
	"config":  {"scrape", "compose", "schedule", "fetch", "secret"},
	"login":   {"kakao", "secret"},
	"compose": {"scrape", "kakao"},
	"preview": {"kakao"},
	"state":   {"secret"},
	"kakao":   {"secret", "wait"},
	// The fake keeps the limits that the client knows.
	"kakao/kakaotest": {"kakao"},
	"store":           {"secret", "wait"},
	"actions":         {"secret"},
	"githubtest":      {},
	// Only tests use it.
	"githubtest/contract": {},
	"recipe":              {},
	"schedule":            {},
	// It gives what fetch gives, with the same errors.
	"chrome":    {"fetch"},
	"fetch":     {},
	"pagecache": {"fetch"},
	"scrape":    {},
	"secret":    {},
	"wait":      {},
}

func TestImportsGoDown(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "wtm/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := short(words[0])
		if name == "internal" {
			continue // this test alone
		}
		seen[name] = true
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("package %s has no sentence: add it to the table, and to CONTRIBUTING", name)
			continue
		}
		for _, imported := range words[1:] {
			if strings.HasPrefix(imported, "wtm/") && !slices.Contains(allowed, short(imported)) {
				t.Errorf("%s must not know %s", name, short(imported))
			}
		}
	}
	for name := range mayImport {
		if !seen[name] {
			t.Errorf("package %s is in the table and nowhere else", name)
		}
	}
}

func short(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "wtm/"), "internal/")
}
