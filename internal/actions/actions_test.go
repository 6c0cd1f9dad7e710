package actions_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"wtm/internal/actions"
	"wtm/internal/githubtest"
	"wtm/internal/githubtest/contract"
	"wtm/internal/secret"
	"wtm/internal/store"
)

// isCommand is how the runner recognizes a command: the newer form at the beginning of a line, the older one anywhere.
func isCommand(line string) bool {
	return strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[")
}

var lineEnds = regexp.MustCompile(`\r\n|\r|\n`)

// TestGuardedTextIsNeverACommand writes hostile texts in pieces of any size.
func TestGuardedTextIsNeverACommand(t *testing.T) {
	hostile := func(text string, seed uint64) bool {
		pieces := []string{"::", ":", "##[", "#", "[", "\n", "\r", " ", "\u3000", "::add-mask::x", "::error::x", "%0A::stop-commands::", "a", text}
		r := rand.New(rand.NewPCG(seed, 1))
		var out bytes.Buffer
		w := actions.Guard(&out)
		var want strings.Builder
		for range 40 {
			piece := pieces[r.IntN(len(pieces))]
			want.WriteString(piece)
			for piece != "" {
				n := 1 + r.IntN(len(piece))
				if _, err := w.Write([]byte(piece[:n])); err != nil {
					return false
				}
				piece = piece[n:]
			}
		}
		if slices.ContainsFunc(lineEnds.Split(out.String(), -1), isCommand) {
			return false
		}
		return strings.ReplaceAll(out.String(), "\u200b", "") == strings.ReplaceAll(want.String(), "\u200b", "")
	}
	if err := quick.Check(hostile, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestCommandsStayOneCommand(t *testing.T) {
	check := func(title, text string) bool {
		var out bytes.Buffer
		actions.Annotate(&out, actions.Error, title+"\n::add-mask::a,b:c%0A", text+"\r\n::error::x%")
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		return len(lines) == 1 && strings.HasPrefix(lines[0], "::error title=") && !strings.Contains(lines[0], "\r") &&
			strings.Count(strings.SplitN(lines[0], "::", 3)[1], ",") == 0
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func TestMaskHidesEachLine(t *testing.T) {
	var out bytes.Buffer
	actions.Mask(&out, "one%two", "AGE-SECRET-KEY-1A\r\n\n AGE-SECRET-KEY-1B ", "")
	if want := "::add-mask::one%25two\n::add-mask::AGE-SECRET-KEY-1A\n::add-mask::AGE-SECRET-KEY-1B\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestReadEvent(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	event, err := actions.ReadEvent(write("dispatch.json", `{"inputs":{"redirected_url":"http://localhost:3000/?code=x","force":true},"repository":{"private":true}}`))
	if err != nil || event.Text("redirected_url") != "http://localhost:3000/?code=x" || event.Text("force") != "" || event.Text("none") != "" || !event.Private {
		t.Errorf("%+v, %v", event, err)
	}
	if event, err := actions.ReadEvent(""); err != nil || event.Private {
		t.Errorf("%+v, %v", event, err)
	}
	for _, path := range []string{write("broken.json", "code=secret-code <html>"), filepath.Join(dir, "nowhere.json"), dir} {
		_, err := actions.ReadEvent(path)
		if err == nil || strings.Contains(err.Error(), "secret-code") || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestSummaryHoldsNoMarkupOfOthers(t *testing.T) {
	const hostile = "a|b\n::error::x <img src=x onerror=y> [link](https://evil.example) `code` **bold** @user #1 ![x](y) https://evil.example </pre>"
	s := actions.Summary{Title: hostile, Rows: []actions.Row{{Job: hostile, Slot: hostile, Outcome: hostile, Late: hostile}},
		Facts: []string{hostile}, Todo: []actions.Task{{What: hostile, How: hostile}}, Messages: []string{hostile}}
	page := s.Markdown()
	for _, forbidden := range []string{"<img", "](", "`", "@user", "https://", "::", "a|b", "</pre> "} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page contains %q:\n%s", forbidden, page)
		}
	}
	if got := strings.Count(page, "\n| "); got != 2 {
		t.Errorf("%d rows of the table:\n%s", got, page)
	}
	path := filepath.Join(t.TempDir(), "summary.md")
	if err := s.Append(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(path); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != page+"\n"+page+"\n" {
		t.Errorf("%v: %s", err, data)
	}
}

func TestRepository(t *testing.T) {
	g := githubtest.New()
	defer g.Close()
	check, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	g.Check = check
	client, err := store.NewGitHub(g.URL, secret.Value(g.Token))
	if err != nil {
		t.Fatal(err)
	}
	r := actions.Repository{Client: client, Owner: g.Owner, Name: g.Repo}
	if err := r.Keepalive(t.Context()); err != nil || g.Enabled("schedule.yml") != 1 {
		t.Errorf("enabled %d times, %v", g.Enabled("schedule.yml"), err)
	}
	idle, err := r.Idle(t.Context(), time.Now().Add(50*24*time.Hour))
	if err != nil || idle < actions.IdleWarning {
		t.Errorf("idle %v, %v", idle, err)
	}
	g.NoActions = true
	if err := r.Keepalive(t.Context()); err == nil || strings.Contains(err.Error(), g.URL) {
		t.Errorf("without the permission: %v", err)
	}
	for _, p := range g.Problems() {
		t.Errorf("GitHub was asked wrongly: %s", p)
	}
}
