package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/cli"
	"wtm/internal/config"
)

// blocks returns the code blocks of a language in a page.
func blocks(page, language string) []string {
	var all []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return all
}

func readme(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestReadmesShowTheSameCommands(t *testing.T) {
	english, korean := readme(t, "README.md"), readme(t, "README.ko.md")
	if diff := cmp.Diff(blocks(english, "sh"), blocks(korean, "sh")); diff != "" {
		t.Errorf("commands (-README.md +README.ko.md):\n%s", diff)
	}
	if e, k := strings.Count(english, "\n## "), strings.Count(korean, "\n## "); e != k {
		t.Errorf("README.md has %d sections, README.ko.md %d", e, k)
	}
	if e, k := strings.Count(english, "\n| "), strings.Count(korean, "\n| "); e != k {
		t.Errorf("README.md has %d rows of tables, README.ko.md %d", e, k)
	}
}

func TestConfigOfReadmesIsValid(t *testing.T) {
	for _, name := range []string{"README.md", "README.ko.md"} {
		found := blocks(readme(t, name), "yaml")
		if len(found) == 0 {
			t.Errorf("%s has no config", name)
		}
		for _, text := range found {
			if _, err := config.Parse(name, []byte(text), func(string) string { return "" }); err != nil {
				t.Error(err)
			}
		}
	}
}

// helpOf returns what a command says of itself; empty of a word that is none.
func helpOf(name string) string {
	var out strings.Builder
	env := cli.Env{Args: []string{name, "-h"}, Getenv: os.LookupEnv, Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Discard}
	if cli.Main(context.Background(), env) != cli.ExitDone {
		return ""
	}
	return out.String()
}

// hasFlag reports whether a command's help lists a flag.
func hasFlag(help, flag string) bool {
	return regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(flag) + `\b`).MatchString(help)
}

// TestCommandsOfReadmesExist looks each command of the READMEs up in the program's help, with the flags behind it, and with
// all flags of its row in the table of commands.
func TestCommandsOfReadmesExist(t *testing.T) {
	used := regexp.MustCompile(`(?m)(?:^|[\x60 ])wtm ([a-z]+)((?: --?[a-z-]+)*)`)
	flag := regexp.MustCompile(`\x60(--[a-z-]+)`)
	for _, page := range []string{"README.md", "README.ko.md"} {
		text, known, rows, flags := readme(t, page), 0, 0, 0
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			help := helpOf(m[1])
			if help == "" {
				continue // a sentence about wtm
			}
			known++
			for f := range strings.FieldsSeq(m[2]) {
				if f != "-" && !hasFlag(help, f) {
					t.Errorf("%s: wtm %s has no flag %s:\n%s", page, m[1], f, help)
				}
			}
		}
		for _, row := range regexp.MustCompile(`(?m)^\| \x60wtm ([a-z]+).*$`).FindAllStringSubmatch(text, -1) {
			rows++
			help := helpOf(row[1])
			if help == "" {
				t.Errorf("%s: there is no command wtm %s", page, row[1])
			}
			for _, f := range flag.FindAllStringSubmatch(row[0], -1) {
				flags++
				if !hasFlag(help, f[1]) {
					t.Errorf("%s: wtm %s has no flag %s:\n%s", page, row[1], f[1], help)
				}
			}
		}
		if known < 10 || rows < 10 || flags < 10 {
			t.Errorf("%s: only %d commands, %d rows and %d flags found", page, known, rows, flags)
		}
	}
}
