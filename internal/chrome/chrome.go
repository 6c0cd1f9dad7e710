// Package chrome brings a web page as Chrome shows it after its scripts ran.
//
// Each page has a Chrome of its own, headless and with an empty profile, which is killed when the page has been read, took
// too long or is no longer wanted: whatever a page's scripts do, nothing of it stays behind, and no page knows of another.
// Chrome is spoken to through a pipe that nobody else can open. It gets only the variables of the environment that it
// needs, because the others hold the secrets of the run, and nothing secret as an argument, because those are for all to see.
package chrome

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/chromedp/chromedp"

	"wtm/internal/fetch"
)

const (
	// DefaultTimeout is how long a page may take from its address to its text.
	DefaultTimeout = 30 * time.Second

	// startTimeout is how long Chrome itself may take before that; on a busy machine it takes seconds.
	startTimeout = time.Minute
	// atOnce is how many Chromes run at once: each takes some hundred megabytes.
	atOnce = 2
)

// Browser fetches pages with Chrome; it may be used by several goroutines.
type Browser struct {
	// Path is Chrome's program; empty means the first of its usual names on PATH.
	Path string
	// MaxBytes is the largest page; 0 means [fetch.DefaultMaxBytes].
	MaxBytes int64

	places chan struct{}
}

// New returns a browser whose program is at path; empty means the first of Chrome's usual names on PATH.
func New(path string) *Browser {
	return &Browser{Path: path, MaxBytes: fetch.DefaultMaxBytes, places: make(chan struct{}, atOnce)}
}

// Fetch brings the page that r names, which is a GET without a form; the charset is what Chrome takes it to be. Its errors
// are those of [fetch.Client] and of this package, with a Hint.
func (b *Browser) Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	address, err := fetch.ParseURL(r.URL)
	if err != nil {
		return fetch.Page{}, err
	}
	program, err := Find(b.Path)
	if err != nil {
		return fetch.Page{}, err
	}
	shown := fetch.ShownURL(address)
	select {
	case b.places <- struct{}{}:
		defer func() { <-b.places }()
	case <-ctx.Done():
		return fetch.Page{}, fmt.Errorf("fetching %s: %w", shown, context.Cause(ctx))
	}
	page, err := b.fetch(ctx, program, address, r)
	if err != nil && ctx.Err() != nil {
		return fetch.Page{}, fmt.Errorf("fetching %s: %w", shown, context.Cause(ctx))
	}
	return page, err
}

// fetch starts a Chrome, has it show the page, and ends it.
func (b *Browser) fetch(ctx context.Context, program string, address *url.URL, r fetch.Request) (fetch.Page, error) {
	// Killed, Chrome leaves behind what it has in the folders for temporary files and settings.
	temp, err := os.MkdirTemp("", "wtm-chrome-")
	if err != nil {
		return fetch.Page{}, &StartError{Program: program, Err: err}
	}
	defer clearAway(temp)
	// Every end has its reason here. The contexts of chromedp below it may end first, without one, when Chrome does.
	reason, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ctx, wait := chromedp.NewExecAllocator(reason, options(program, temp)...)
	defer wait()
	silent := func(string, ...any) {}
	ctx, kill := chromedp.NewContext(ctx, chromedp.WithLogf(silent), chromedp.WithErrorf(silent))
	defer kill()

	slow := time.AfterFunc(startTimeout, func() { stop(&StartError{Program: program, Err: errSlow}) })
	err = chromedp.Do(ctx)
	slow.Stop()
	if err != nil {
		return fetch.Page{}, reasonOr(reason, &StartError{Program: program, Err: err})
	}
	v := &view{
		address: address, request: r, render: *cmp.Or(r.Render, &fetch.Render{}), fail: stop,
		limit: cmp.Or(b.MaxBytes, fetch.DefaultMaxBytes),
	}
	timeout := cmp.Or(r.Timeout, DefaultTimeout)
	late := time.AfterFunc(timeout, func() { stop(&TimeoutError{URL: v.shown(), Wait: v.render.Wait, Limit: timeout}) })
	defer late.Stop()
	page, err := chromedp.Run(ctx, v.page)
	if err != nil {
		return fetch.Page{}, reasonOr(reason, explain(v.shown(), err))
	}
	return page, nil
}
