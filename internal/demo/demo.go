// Package demo is a whole world on loopback for trying wtm: a fake Kakao, a meal page, and the real run between them.
//
// Nothing in it leaves the machine, and nothing of it stays there: the state lives in a temporary folder that goes away.
package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/kakao"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/preview"
	"wtm/internal/run"
	"wtm/internal/secret"
	"wtm/internal/state"
	"wtm/internal/store"
)

// daysLeft is what the refresh token of the demo has to live: under Kakao's 30 days, so that the run has to rotate it.
const daysLeft = 20

// ahead is how long before the slot the demo's trigger comes, so that a person sees the run wait.
const ahead = 2 * time.Second

// slotText is the lunch the demo sends, a Monday in Seoul.
const slotText = "2026-11-23T11:30:00+09:00"

// bubbleWidth is that of a phone's chat, in terminal columns.
const bubbleWidth = 44

// world is what stands around a run.
type world struct {
	kakao *kakaotest.Server
	page  *pageServer
	dir   string
	key   state.Key
	now   func() time.Time
}

// Run shows a login's state, a run that rotates the token, scrapes and sends, and a second run that finds it done.
// Each step is one line on out.
func Run(ctx context.Context, out io.Writer) error {
	slot, err := time.Parse(time.RFC3339, slotText)
	if err != nil {
		return err
	}
	w, err := open(slot.Add(-ahead))
	if err != nil {
		return fmt.Errorf("setting up the demo: %w", err)
	}
	defer w.close()

	say(out, "world", "a fake Kakao at %s and a dormitory's meal page at %s, both on this machine", w.kakao.URL, w.page.url)
	before, err := w.seed(ctx)
	if err != nil {
		return fmt.Errorf("sealing the demo's state: %w", err)
	}
	say(out, "state", "sealed with age in %s; the refresh token has %d days left, the access token none", w.path(), daysLeft)

	say(out, "first run", "starts at %s, %s before the slot of 11:30", w.now().In(slot.Location()).Format("15:04:05"), ahead)
	report, err := w.run(ctx)
	if err != nil {
		return err
	}
	if err := firstErr(report); err != nil {
		return err
	}
	if report.Rotated {
		say(out, "token", "Kakao rotated the refresh token; the new one was saved before it was used")
	}
	for _, s := range report.Slots {
		say(out, "page", "%d dishes in today's cell of the weekly table", s.Items)
		say(out, "sent", "job %s, slot %s, to %v, at %s", s.Job, s.Slot.Format("15:04"), s.Sent, s.At.In(slot.Location()).Format("15:04:05.000"))
	}
	for _, d := range w.kakao.Delivered() {
		text, err := kakao.New(kakao.Text{Text: d.Text, Link: kakao.Link{WebURL: d.Link, MobileWebURL: d.Link}})
		if err != nil {
			return fmt.Errorf("showing what arrived: %w", err)
		}
		fmt.Fprintf(out, "\n%s\n", preview.Bubble(text, bubbleWidth))
	}
	after, err := w.opened(ctx)
	if err != nil {
		return err
	}
	w.showChange(out, before, after)

	second, err := w.run(ctx)
	if err != nil {
		return err
	}
	if err := firstErr(second); err != nil {
		return err
	}
	if n := len(w.kakao.Delivered()); n != 1 || len(second.Slots) != 0 {
		return fmt.Errorf("the second run served %d slots, and %d messages arrived instead of one", len(second.Slots), n)
	}
	say(out, "second run", "finds the slot marked as sent and sends nothing")
	if problems := w.kakao.Problems(); len(problems) > 0 {
		return fmt.Errorf("the fake Kakao was asked wrongly: %v", problems)
	}
	fmt.Fprintln(out, "\nThat was the real run; only Kakao and the page were made up. Next: README.md, \"Make a Kakao app\".")
	return nil
}

func say(out io.Writer, step, format string, args ...any) {
	fmt.Fprintf(out, "%-10s  %s\n", step, fmt.Sprintf(format, args...))
}

// open starts the fakes with the clock at start.
func open(start time.Time) (*world, error) {
	began := time.Now()
	w := &world{now: func() time.Time { return start.Add(time.Since(began)) }}
	identity, _, err := state.GenerateIdentity()
	if err != nil {
		return nil, err
	}
	if w.key, err = state.ParseKey(identity); err != nil {
		return nil, err
	}
	if w.dir, err = os.MkdirTemp("", "wtm-demo-"); err != nil {
		return nil, err
	}
	if w.page, err = servePage(start); err != nil {
		return nil, err
	}
	w.kakao = kakaotest.New()
	w.kakao.Clock = w.now
	return w, nil
}

func (w *world) close() {
	w.kakao.Close()
	w.page.close()
	os.RemoveAll(w.dir)
}

func (w *world) path() string { return filepath.Join(w.dir, "tokens.age") }

func (w *world) store() store.File { return store.File{Path: w.path()} }

// seed writes the state a person would have forty days after the login.
func (w *world) seed(ctx context.Context) (state.State, error) {
	const refresh = "demo-refresh-token"
	now := w.now()
	expires := now.Add(daysLeft * 24 * time.Hour)
	w.kakao.AddRefreshToken(refresh, expires)
	s := state.New(now.AddDate(0, 0, -40))
	s.Accounts[state.Me] = state.Account{
		Access:  state.Token{Value: "demo-access-token", IssuedAt: now.Add(-24 * time.Hour), ExpiresAt: now.Add(-18 * time.Hour)},
		Refresh: state.Token{Value: secret.Value(refresh), IssuedAt: now.AddDate(0, 0, -40), ExpiresAt: expires},
		Scope:   []string{"talk_message"},
	}
	// Yesterday's lunches are not the demo's subject: it starts as if every earlier slot had been served.
	s.Created = now.Add(-time.Minute)
	sealed, err := w.key.Seal(s)
	if err != nil {
		return s, err
	}
	_, err = w.store().Save(ctx, sealed, "", "demo")
	return s, err
}

// run does one real run.
func (w *world) run(ctx context.Context) (run.Report, error) {
	cfg, err := config.Parse("demo.yml", fmt.Appendf(nil, configText, w.page.url), func(string) string { return "" })
	if err != nil {
		return run.Report{}, err
	}
	runner := &run.Runner{
		Config:   cfg,
		Key:      w.key,
		Store:    w.store(),
		Kakao:    &kakao.Client{HTTP: &http.Client{}, AuthURL: w.kakao.URL, APIURL: w.kakao.URL, ClientID: w.kakao.ClientID, ClientSecret: secret.Value(w.kakao.ClientSecret)},
		Pages:    fetch.New(),
		Now:      w.now,
		SaveEach: true,
	}
	return runner.Run(ctx, run.Options{})
}

func (w *world) opened(ctx context.Context) (state.State, error) {
	data, _, err := w.store().Load(ctx)
	if err != nil {
		return state.State{}, err
	}
	return w.key.Open(data)
}

// showChange says what the run changed in the state, without a secret.
func (w *world) showChange(out io.Writer, before, after state.State) {
	was, is := before.Accounts[state.Me], after.Accounts[state.Me]
	say(out, "state", "refresh token: lasted until %s, now until %s", was.Refresh.ExpiresAt.Format("2006-01-02"), is.Refresh.ExpiresAt.Format("2006-01-02"))
	say(out, "", "access token: expired %s, now valid until %s", was.Access.ExpiresAt.Format("2006-01-02 15:04"), is.Access.ExpiresAt.In(was.Access.ExpiresAt.Location()).Format("2006-01-02 15:04"))
	for _, marks := range after.Jobs["lunch"].Slots {
		for who, mark := range marks {
			say(out, "", "job lunch, slot 11:30: marked as %s to %s", mark.Outcome, who)
		}
	}
}

func firstErr(r run.Report) error {
	for _, err := range r.Errors() {
		return err
	}
	return nil
}
