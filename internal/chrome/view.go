package chrome

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	cdpfetch "github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"wtm/internal/fetch"
)

const (
	// lookEvery is how often the page is looked at.
	lookEvery = 100 * time.Millisecond
	// silenceLimit is how long a page that has loaded may go on asking for more: some never stop.
	silenceLimit = 5 * time.Second
	// allOfIt is how many times the limit of a page everything that it loads may be.
	allOfIt = 10
)

// view is one page on its way.
type view struct {
	address *url.URL
	request fetch.Request
	render  fetch.Render
	limit   int64
	// fail ends everything with the reason.
	fail context.CancelCauseFunc

	mu    sync.Mutex
	frame cdp.FrameID // the page's own, not those in it
	// document is the request for the newest document of the frame, and loader what it is loaded by; scripts may go from
	// one document to the next. shownBy loaded the document that is shown.
	document        network.RequestID
	loader, shownBy cdp.LoaderID
	status          int
	marks           map[cdp.LoaderID]marks
	bytes, allBytes int64
}

// marks are how far a document is.
type marks struct {
	loaded time.Time
	silent bool
}

func (v *view) shown() string { return fetch.ShownURL(v.address) }

// page opens the address, and reads the page once it is ready.
func (v *view) page(ctx context.Context, t *chromedp.Target) (fetch.Page, error) {
	if err := v.open(ctx, t); err != nil {
		return fetch.Page{}, err
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		ready, err := v.ready(ctx, t)
		if ready {
			var p fetch.Page
			if p, err = v.read(ctx, t); err == nil {
				return p, nil
			}
		}
		// Chrome cannot answer while one document takes the place of another.
		if _, passing := errors.AsType[*cdproto.Error](err); err != nil && !passing {
			return fetch.Page{}, err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fetch.Page{}, ctx.Err()
		}
	}
}

// ready reports whether the page holds what it should, or has loaded and fallen silent.
func (v *view) ready(ctx context.Context, t *chromedp.Target) (bool, error) {
	if v.render.Wait != "" {
		return v.matches(ctx, t)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	m := v.marks[v.loader]
	return !m.loaded.IsZero() && (m.silent || time.Since(m.loaded) > silenceLimit), nil
}

// hear takes in what Chrome tells of the page. It must not wait: what asks Chrome in turn does so beside it.
func (v *view) hear(ctx context.Context, t *chromedp.Target) func(event any) {
	return func(event any) {
		v.mu.Lock()
		defer v.mu.Unlock()
		switch e := event.(type) {
		case *cdpfetch.EventRequestPaused:
			go v.letThrough(ctx, t, e)
		case *page.EventJavascriptDialogOpening:
			// Scripts stand still until somebody answers.
			go cdp.Call(ctx, t, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
		case *inspector.EventTargetCrashed:
			v.fail(&BrokenError{URL: v.shown(), Err: errCrashed})
		case *network.EventRequestWillBeSent:
			if e.Type == network.ResourceTypeDocument && e.FrameID == v.frame {
				v.document, v.loader, v.bytes = e.RequestID, e.LoaderID, 0
			}
		case *network.EventResponseReceived:
			v.answered(e)
		case *network.EventDataReceived:
			v.count(e)
		case *network.EventLoadingFailed:
			v.failed(e)
		case *page.EventFrameNavigated:
			if e.Frame.ID == v.frame {
				v.loader, v.shownBy = e.Frame.LoaderID, e.Frame.LoaderID
			}
		case *page.EventFrameStoppedLoading:
			// Unlike the load event it comes also when a script began to go elsewhere and did not get there.
			if e.FrameID == v.frame {
				v.mark(v.shownBy, marks{loaded: time.Now()})
			}
		case *page.EventLifecycleEvent:
			if e.FrameID == v.frame && e.Name == "networkIdle" {
				v.mark(e.LoaderID, marks{silent: true})
			}
		}
	}
}

func (v *view) answered(e *network.EventResponseReceived) {
	if e.RequestID != v.document {
		return
	}
	v.status = int(e.Response.Status)
	if v.status < 200 || v.status > 299 {
		v.fail(&fetch.StatusError{Status: v.status, URL: v.shown()})
	}
}

// count stops a page that does not end before it fills the memory.
func (v *view) count(e *network.EventDataReceived) {
	v.allBytes += e.DataLength
	if e.RequestID == v.document {
		v.bytes += e.DataLength
	}
	switch {
	case v.bytes > v.limit:
		v.fail(&fetch.TooLargeError{URL: v.shown(), Limit: v.limit})
	case v.allBytes > allOfIt*v.limit:
		v.fail(&fetch.TooLargeError{URL: v.shown(), Limit: allOfIt * v.limit})
	}
}

func (v *view) failed(e *network.EventLoadingFailed) {
	switch {
	case e.RequestID != v.document:
	case v.loader != v.shownBy:
		// What was to come next does not, as with a download. (The first document's failure is the answer to Navigate.)
		v.loader = v.shownBy
	case !e.Canceled:
		v.fail(explain(v.shown(), &chromedp.LoadError{ErrorText: e.ErrorText}))
	}
}

// mark notes how far a document is now.
func (v *view) mark(loader cdp.LoaderID, now marks) {
	m := v.marks[loader]
	if m.loaded.IsZero() {
		m.loaded = now.loaded
	}
	m.silent = m.silent || now.silent
	v.marks[loader] = m
}

// navigate goes to the address, and returns when the document begins.
func (v *view) navigate(ctx context.Context, t *chromedp.Target) error {
	result, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: v.address.String()})
	switch {
	case err != nil:
		return err
	case result.IsDownload:
		return &fetch.BinaryError{URL: v.shown(), MediaType: "a file to download"}
	case result.ErrorText != "":
		return &chromedp.LoadError{ErrorText: strings.TrimSpace(result.ErrorText)}
	}
	return nil
}
