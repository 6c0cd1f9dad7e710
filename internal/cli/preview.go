package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/preview"
	"wtm/internal/run"
)

// previewFlags are the flags of `wtm preview`.
type previewFlags struct {
	job, html, page string
	live            bool
	now             time.Time
}

// previewForms are the two ways to call it.
const previewForms = "wtm preview JOB --live, or wtm preview JOB --page FILE"

func parsePreviewFlags(e Env, args []string) (previewFlags, error) {
	var p previewFlags
	f := newFlags(e, "preview", "[JOB] --live | --page FILE", "Shows what would be sent at the next slot, as a bubble, and how much of Kakao's limits it uses. Sends and saves nothing.")
	f.BoolVar(&p.live, "live", false, "fetch the pages")
	f.StringVar(&p.page, "page", "", "read the page from `FILE`, as a browser or curl saved it; - for standard input")
	f.StringVar(&p.html, "html", "", "write it to `FILE`, too, as a chat to open in a browser")
	f.Func("now", "show the first slot from `TIME` on (RFC 3339, such as 2026-11-23T11:30:00+09:00)", parseTime(&p.now))
	if err := parse(f, args, 1); err != nil {
		return p, err
	}
	p.job = f.Arg(0)
	switch {
	case p.live && p.page != "":
		return p, &usageError{text: "preview takes --live or --page, not both", hint: previewForms}
	case !p.live && p.page == "":
		return p, &usageError{text: "preview needs --live to fetch the page, or --page with a saved one", hint: previewForms}
	}
	return p, nil
}

func runPreview(ctx context.Context, e Env, args []string) error {
	flags, err := parsePreviewFlags(e, args)
	if err != nil {
		return err
	}
	env, err := e.load(ctx)
	if err != nil {
		return err
	}
	if err := checkTarget(flags.html, flags.page, env); err != nil {
		return err
	}
	if flags.page != "" {
		env = env.AssumeVariables() // no request is made that needs them
	}
	cfg, err := e.readConfig(env)
	if err != nil {
		return err
	}
	e.learnConfig(cfg)
	var pages run.Pages = newPages(env)
	if flags.page != "" {
		if pages, err = openSaved(e, cfg, flags); err != nil {
			return err
		}
	}
	key, place, release, err := openState(ctx, env, true)
	if err != nil {
		return err
	}
	defer release()
	now := flags.now // it stands still, so that a slot at this second is the next one
	if now.IsZero() {
		now = time.Now()
	}
	runner := &run.Runner{
		Config: cfg, Key: key, Store: place, Kakao: newKakao(env), Pages: pages, Learned: e.learn,
		Now: func() time.Time { return now },
	}
	report, err := runner.Run(ctx, run.Options{Job: flags.job, DryRun: true, Ahead: true})
	if err != nil {
		return err
	}
	showPreview(e, report)
	errs := report.Errors()
	if flags.html != "" {
		errs = append(errs, writeChat(e, flags.html, report))
	}
	return errors.Join(errs...)
}

// showPreview prints each message with the room that is left in it.
func showPreview(e Env, r run.Report) {
	if len(r.Slots) == 0 {
		fmt.Fprintln(e.Stdout, "no slot within a year")
	}
	for _, s := range r.Slots {
		fmt.Fprintf(e.Stdout, "%s %s: %s\n", s.Job, s.Slot.Format("2006-01-02 15:04"), sentence(s))
		for i, t := range s.Texts {
			fmt.Fprint(e.Stdout, preview.Bubble(t, bubbleWidth))
			room := preview.Room(t)
			if room != "" && len(s.Texts) > 1 {
				room = fmt.Sprintf("message %d of %d: %s", i+1, len(s.Texts), room)
			}
			if room != "" {
				fmt.Fprintln(e.Stdout, room)
			}
		}
		printNotes(e.Stdout, s)
	}
	printOrigins(e.Stdout, r.Origins())
}

// writeChat writes the same as a page and says how to open it.
func writeChat(e Env, path string, r run.Report) error {
	var chat []preview.Message
	for _, s := range r.Slots {
		m := preview.Message{Job: s.Job, At: s.Slot, To: s.To, Parts: s.Texts}
		var notices []string
		if len(s.Texts) == 0 || s.Outcome == run.Baseline {
			notices = append(notices, sentence(s))
		}
		notices = append(notices, s.Notes...)
		if s.Err != nil {
			for _, err := range apart(s.Err) {
				notices = append(notices, err.Error())
			}
		}
		m.Notice = strings.Join(notices, "\n")
		chat = append(chat, m)
	}
	address, err := writePrivately(path, func(w io.Writer) error { return preview.Page(w, chat) })
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "page: %s, readable by you alone\nopen it in a browser: %s\n", path, address)
	return nil
}

// savedPage is a page that was saved before, in place of the site.
type savedPage struct {
	name   string
	job    string // for which it stands; empty for the only one
	body   []byte
	served atomic.Bool
}

// openSaved reads the page of a job that needs no other.
func openSaved(e Env, cfg config.Config, flags previewFlags) (*savedPage, error) {
	var names []string
	for _, j := range cfg.Jobs {
		names = append(names, j.Name)
	}
	if flags.job == "" && len(names) > 1 {
		return nil, &usageError{text: "--page is the page of one job, and there are " + strings.Join(names, ", "), hint: "wtm preview " + names[0] + " --page " + flags.page}
	}
	for _, j := range cfg.Jobs {
		if flags.job != "" && j.Name != flags.job {
			continue
		}
		if n := len(j.Sources); n > 1 {
			return nil, &unsavedError{j.Name, fmt.Sprintf("job %q has %d sources, and --page is one page", j.Name, n)}
		}
		if j.Sources[0].Login != nil {
			return nil, &unsavedError{j.Name, fmt.Sprintf("job %q logs in to the site first, and a saved page has no login", j.Name)}
		}
	}
	body, err := readFileOrStdin(e, flags.page)
	if err != nil {
		return nil, &usageError{text: "reading the saved page: " + err.Error(), hint: previewForms}
	}
	return &savedPage{name: flags.page, job: flags.job, body: body}, nil
}

// Fetch returns the page to the first request, which is the source's own.
func (s *savedPage) Fetch(_ context.Context, r fetch.Request) (fetch.Page, error) {
	if s.served.Swap(true) {
		return fetch.Page{}, &unsavedError{s.job, "the saved page " + s.name + " has no next page, and none behind its items"}
	}
	return fetch.Saved(s.body, s.name, r)
}

// unsavedError is something that a saved page does not hold.
type unsavedError struct{ job, what string }

func (e *unsavedError) Error() string { return e.what }

// Hint names the way that has all of it.
func (e *unsavedError) Hint() string {
	return strings.Join(strings.Fields("wtm preview "+e.job+" --live"), " ")
}

// ExitCode is that of wrong usage.
func (*unsavedError) ExitCode() int { return ExitUsage }
