package chrome

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"wtm/internal/fetch"
)

// NotFoundError is a Chrome that is not there.
type NotFoundError struct {
	// Path is where WTM_CHROME says it is; empty when it was looked for on PATH.
	Path string
	Err  error
}

func (e *NotFoundError) Error() string {
	if e.Path != "" {
		return fmt.Sprintf("looking for Chrome: WTM_CHROME is %q, and there is no program that can be run", e.Path)
	}
	return "looking for Chrome: none of " + strings.Join(names, ", ") + " is on PATH"
}

// Unwrap returns why the path is none of a program.
func (e *NotFoundError) Unwrap() error { return e.Err }

// Hint says how to get one.
func (*NotFoundError) Hint() string {
	return "apt-get install chromium, or export WTM_CHROME=/path/to/chrome"
}

// ExitCode asks for a person, as no Chrome comes by itself; a wrong WTM_CHROME is one of the configuration.
func (e *NotFoundError) ExitCode() int {
	if e.Path != "" {
		return 2
	}
	return 3
}

// errSlow is a Chrome that does not come up.
var errSlow = fmt.Errorf("it is not ready after %v", startTimeout)

// StartError is a Chrome that does not start.
type StartError struct {
	Program string
	Err     error
}

func (e *StartError) Error() string {
	return fmt.Sprintf("starting Chrome (%s): %s", e.Program, telling(e.Err.Error()))
}

// longestLine bounds how much of what Chrome printed an error shows.
const longestLine = 300

// telling is the line of Chrome's output that says most.
func telling(output string) string {
	best := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if best == "" || strings.Contains(line, "FATAL:") || strings.Contains(line, "ERROR:") && !strings.Contains(best, "FATAL:") {
			best = line
		}
	}
	if len(best) > longestLine {
		return strings.ToValidUTF8(best[:longestLine], "") + "…"
	}
	return best
}

// Unwrap returns why.
func (e *StartError) Unwrap() error { return e.Err }

// Hint is a command that shows what Chrome says.
func (e *StartError) Hint() string {
	return e.Program + " --headless --dump-dom about:blank"
}

// TimeoutError is a page that was not ready in time.
type TimeoutError struct {
	URL string
	// Wait is the selector that matched nothing; empty when the page went on loading.
	Wait  string
	Limit time.Duration
}

func (e *TimeoutError) Error() string {
	if e.Wait != "" {
		return fmt.Sprintf("fetching %s: nothing on the page matched the selector of wait (%s) within %v", e.URL, e.Wait, e.Limit)
	}
	return fmt.Sprintf("fetching %s: the page did not finish loading within %v", e.URL, e.Limit)
}

// Hint says which key of the source to look at.
func (e *TimeoutError) Hint() string {
	if e.Wait != "" {
		return "open " + e.URL + " in a browser and adapt the source's `wait:` to what is there once the page is complete, or raise its `timeout:`"
	}
	return "open " + e.URL + " in a browser and give the source a `wait:` with the CSS selector of what you want, or raise its `timeout:`"
}

// SelectorError is a selector that Chrome does not know.
type SelectorError struct {
	Wait string
	Err  error
}

func (e *SelectorError) Error() string {
	return fmt.Sprintf("looking for the selector of wait (%s): Chrome does not know it", e.Wait)
}

// Unwrap returns what Chrome says.
func (e *SelectorError) Unwrap() error { return e.Err }

// Hint points at the selectors that browsers know.
func (*SelectorError) Hint() string {
	return "give the source a `wait:` of https://developer.mozilla.org/en-US/docs/Web/CSS/CSS_selectors"
}

// BrokenError is a Chrome that ended, or that will not do what it is asked to.
type BrokenError struct {
	URL string
	Err error
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("fetching %s: Chrome broke down: %v", e.URL, e.Err)
}

// Unwrap returns what Chrome says.
func (e *BrokenError) Unwrap() error { return e.Err }

// Hint says what happens next.
func (e *BrokenError) Hint() string {
	return "open " + e.URL + " in a browser; the next run tries again by itself"
}

// errCrashed is a page that took its part of Chrome down.
var errCrashed = errors.New("the page crashed")

// reasonOr returns why ctx ended, or err while it has not.
func reasonOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// explain turns what Chrome says into an error that a person can act on. Chrome's names of network errors are in
// https://chromium.googlesource.com/chromium/src/+/main/net/base/net_error_list.h
func explain(shown string, err error) error {
	if _, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		return err
	}
	load, ok := errors.AsType[*chromedp.LoadError](err)
	if !ok {
		return &BrokenError{URL: shown, Err: err}
	}
	name := strings.TrimPrefix(load.ErrorText, "net::ERR_")
	kind := fetch.TroubleBroken
	switch {
	case name == "TOO_MANY_REDIRECTS":
		return &fetch.RedirectError{URL: shown, Reason: "too many times"}
	case name == "UNSAFE_REDIRECT", name == "INVALID_REDIRECT", name == "UNKNOWN_URL_SCHEME":
		return &fetch.RedirectError{URL: shown, Reason: "to something that is not an http or https address"}
	case name == "NAME_NOT_RESOLVED":
		kind = fetch.TroubleDNS
	case name == "CONNECTION_REFUSED", name == "UNSAFE_PORT":
		kind = fetch.TroubleRefused
	case strings.HasSuffix(name, "TIMED_OUT"):
		kind = fetch.TroubleTimeout
	case strings.HasPrefix(name, "CERT_"), strings.HasPrefix(name, "SSL_"):
		kind = fetch.TroubleTLS
	}
	return &fetch.NetworkError{URL: shown, Kind: kind, Err: errors.New(load.ErrorText)}
}
