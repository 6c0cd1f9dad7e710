package main

import (
	"context"
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

// TestCommandsOfReadmeExist asks the program for the help of each command that README.md names, and looks its flags up.
func TestCommandsOfReadmeExist(t *testing.T) {
	found := regexp.MustCompile(`(?m)(?:^|[\x60 ])wtm ([a-z]+)((?: --?[a-z-]+)*)`).FindAllStringSubmatch(readme(t, "README.md"), -1)
	known := 0
	for _, m := range found {
		name, flags := m[1], strings.Fields(m[2])
		var out, story strings.Builder
		env := cli.Env{Args: []string{name, "-h"}, Getenv: os.LookupEnv, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &story}
		if cli.Main(context.Background(), env) != cli.ExitDone {
			if strings.Contains("demo run preview login check doctor state recipe schedule version", name) {
				t.Errorf("wtm %s: %s", name, &story)
			}
			continue // a sentence about wtm
		}
		known++
		for _, flag := range flags {
			if flag != "-" && !strings.Contains(out.String(), "  "+flag) {
				t.Errorf("wtm %s has no flag %s:\n%s", name, flag, &out)
			}
		}
	}
	if known < 10 {
		t.Errorf("only %d commands found in README.md", known)
	}
}
