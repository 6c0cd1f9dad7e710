package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// AddressError says why an address cannot be fetched. It does not show the address, which may hold a key.
type AddressError struct{ Reason string }

func (e *AddressError) Error() string { return "reading the source's address: " + e.Reason }

// Hint says what an address looks like.
func (e *AddressError) Hint() string {
	return "give the source an address such as https://example.ac.kr/menu in `url:`, then run `wtm check`"
}

// StatusError is an answer other than success.
type StatusError struct {
	Status int
	URL    string // without user, query and fragment, as in all errors here
}

func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("fetching %s: the site answered %d %s", e.URL, e.Status, http.StatusText(e.Status)))
}

// Hint says what to do about the status.
func (e *StatusError) Hint() string {
	switch s := e.Status; {
	case s == http.StatusNotFound, s == http.StatusGone:
		return "the page is gone or has moved: open " + e.URL + " in a browser and put the new address into the source's `url:`"
	case s == http.StatusUnauthorized:
		return "the page wants a login: set the source's `auth:`, `headers:` or `login:`, or compare what they hold with what a browser sends to " + e.URL
	case s == http.StatusForbidden, s == http.StatusNotAcceptable, s == http.StatusUnavailableForLegalReasons:
		return "the site refuses programs or networks such as this one (some let in Korean addresses only): open " + e.URL +
			" in a browser; if it shows there, run wtm from a network in Korea or set `headers:` as the site asks"
	case s == http.StatusTooManyRequests:
		return "the site asks for fewer requests: look at https://en.wikipedia.org/wiki/HTTP_429 and spread the jobs' times"
	case s >= 500:
		return "the site is in trouble: open " + e.URL + " in a browser; the next run tries again by itself"
	}
	return "open " + e.URL + " in a browser and compare the source's `url:`, `method:` and `form:`"
}

// TooLargeError is a page that went on past the limit.
type TooLargeError struct {
	URL   string
	Limit int64 // bytes after decompression
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("fetching %s: the page is larger than %d bytes", e.URL, e.Limit)
}

// Hint points at a smaller page.
func (e *TooLargeError) Hint() string {
	return "open " + e.URL + " in a browser and look for the address of a smaller page, or of the list alone"
}

// RedirectError is a redirect that is not followed.
type RedirectError struct {
	URL    string // where the request began
	Reason string
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("fetching %s: the site redirects %s", e.URL, e.Reason)
}

// Hint asks for the address at the end.
func (e *RedirectError) Hint() string {
	return "open " + e.URL + " in a private browser window and put the address it ends at into the source's `url:`"
}

// BinaryError is an answer that is no text.
type BinaryError struct {
	URL       string
	MediaType string
}

func (e *BinaryError) Error() string {
	return fmt.Sprintf("fetching %s: the answer is %s, not a page of text", e.URL, e.MediaType)
}

// Hint asks for a page of text.
func (e *BinaryError) Hint() string {
	return "open " + e.URL + " in a browser: pictures and documents cannot be read, so look for a page with the same as text"
}

// Trouble names what went wrong on the way to a site.
type Trouble string

// The kinds of [Trouble].
const (
	TroubleTimeout Trouble = "timeout"
	TroubleDNS     Trouble = "dns"
	TroubleTLS     Trouble = "tls"
	TroubleRefused Trouble = "refused"
	TroubleBroken  Trouble = "broken"
)

// NetworkError is a site that could not be reached or an answer that broke off.
type NetworkError struct {
	URL  string
	Kind Trouble
	Err  error
}

func (e *NetworkError) Error() string {
	what := "the connection broke off"
	switch e.Kind {
	case TroubleTimeout:
		what = "no complete answer in time"
	case TroubleDNS:
		what = "the host's name cannot be resolved"
	case TroubleTLS:
		what = "no secure connection: " + e.Err.Error()
	case TroubleRefused:
		what = "the host refuses the connection"
	}
	return fmt.Sprintf("fetching %s: %s", e.URL, what)
}

// Unwrap returns the cause, whose text may show more of the address than this error's.
func (e *NetworkError) Unwrap() error { return e.Err }

// Hint says what to do about this kind of trouble.
func (e *NetworkError) Hint() string {
	switch e.Kind {
	case TroubleTimeout:
		return "open " + e.URL + " in a browser; if it is slow there too, raise the source's `timeout:`"
	case TroubleDNS:
		return "open " + e.URL + " in a browser and compare the host's name in the source's `url:`"
	case TroubleTLS:
		return "the site's certificate or encryption is out of order, look at https://www.ssllabs.com/ssltest/; if the page is also served as http://, use that in `url:`"
	case TroubleRefused:
		return "open " + e.URL + " in a browser and compare the host and port in the source's `url:`"
	}
	return "open " + e.URL + " in a browser; the next run tries again by itself"
}

// explain turns what net/http says into an error of this package.
func explain(ctx context.Context, u *url.URL, err error) error {
	shown := ShownURL(u)
	if ctx.Err() != nil {
		return fmt.Errorf("fetching %s: %w", shown, context.Cause(ctx))
	}
	if e, ok := errors.AsType[*RedirectError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*TooLargeError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*BinaryError](err); ok {
		return e
	}
	// url.Error prints the address with its query.
	if e, ok := errors.AsType[*url.Error](err); ok {
		// net/http has no type for this one.
		if strings.Contains(e.Err.Error(), "Location header") {
			return &RedirectError{URL: shown, Reason: "to something that is not an http or https address"}
		}
		timeout := e.Timeout()
		err = e.Err
		if timeout {
			return &NetworkError{URL: shown, Kind: TroubleTimeout, Err: err}
		}
	}
	return &NetworkError{URL: shown, Kind: kindOf(err), Err: err}
}

func kindOf(err error) Trouble {
	if e, ok := errors.AsType[*net.DNSError](err); ok && !e.IsTimeout {
		return TroubleDNS
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return TroubleTimeout
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return TroubleTimeout
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return TroubleRefused
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return TroubleTLS
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return TroubleTLS
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return TroubleTLS
	}
	// Many handshake failures have no type, only this prefix.
	if strings.Contains(err.Error(), "tls: ") {
		return TroubleTLS
	}
	return TroubleBroken
}
