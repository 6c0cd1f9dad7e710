package actions

import (
	"fmt"
	"os"
	"strings"
)

// Summary is the page of a run that a person reads.
type Summary struct {
	// Title says in one line how it went.
	Title string
	Rows  []Row
	// Facts are short sentences: the next slot, how long the login lasts.
	Facts []string
	// Todo are things a person has to do, the text and the command or page.
	Todo []Task
	// Link is an address of ours to open, shown after the facts.
	Link string
	// Messages are the texts that were sent; set only where everybody who sees the page may read them.
	Messages []string
}

// Row is one slot of one job.
type Row struct{ Job, Slot, Outcome, Late string }

// Task is one thing to do.
type Task struct{ What, How string }

// Markdown returns the page. No text in it can be markup: pages of others are quoted in errors.
func (s Summary) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", plain(s.Title))
	if len(s.Rows) > 0 {
		b.WriteString("| job | slot | what came of it | run started |\n|---|---|---|---|\n")
		for _, r := range s.Rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", plain(r.Job), plain(r.Slot), plain(r.Outcome), plain(r.Late))
		}
		b.WriteByte('\n')
	}
	if len(s.Todo) > 0 {
		b.WriteString("#### To do\n\n")
		for _, t := range s.Todo {
			fmt.Fprintf(&b, "- **%s**<br>%s\n", plain(t.What), plain(t.How))
		}
		b.WriteByte('\n')
	}
	for _, fact := range s.Facts {
		fmt.Fprintf(&b, "- %s\n", plain(fact))
	}
	if s.Link != "" {
		fmt.Fprintf(&b, "\n<%s>\n", s.Link)
	}
	for _, m := range s.Messages {
		fmt.Fprintf(&b, "\n<pre>%s</pre>\n", strings.ReplaceAll(plain(m), " ", "&nbsp;"))
	}
	return b.String()
}

// plain writes a text so that neither Markdown nor HTML sees anything in it: every character that could mean something
// becomes its number, and the text stays in one paragraph.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString("<br>")
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case strings.ContainsRune("\\`*_{}[]()<>#+!|~&@$\"'", r):
			fmt.Fprintf(&b, "&#%d;", r)
		case r == ':':
			b.WriteString("&#58;") // no :emoji:, and no address with a scheme becomes a link
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Append adds the page to the file GITHUB_STEP_SUMMARY; an empty path does nothing.
func (s Summary) Append(path string) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("writing the step summary: %w", err)
	}
	defer f.Close()
	if _, err := f.WriteString(s.Markdown() + "\n"); err != nil {
		return fmt.Errorf("writing the step summary: %w", err)
	}
	return nil
}
