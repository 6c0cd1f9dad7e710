package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	maxTries     = 3
	maxRedirects = 5
	firstWait    = time.Second
	longestWait  = 10 * time.Second
	// longestRetryAfter is how long a site may ask to wait: the message is due at a set time. Who asks for longer is not
	// asked again.
	longestRetryAfter = 30 * time.Second
)

// tries makes the tries of one request.
type tries struct {
	method     string
	redirected bool
}

func (t *tries) client(transport http.RoundTripper, jar http.CookieJar, timeout time.Duration) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: transport, Jar: jar, Timeout: timeout, CheckRedirect: t.checkRedirect},
		RetryWaitMin: firstWait,
		RetryWaitMax: longestWait,
		RetryMax:     maxTries - 1,
		CheckRetry:   t.again,
		Backoff:      retryablehttp.DefaultBackoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// again decides whether to try once more.
func (t *tries) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if t.method != http.MethodGet {
		// Only a request that surely never reached the site may go out again.
		return err != nil && !t.redirected && dialing(err), nil
	}
	if err != nil {
		return passing(err), nil
	}
	s := resp.StatusCode
	return (s == http.StatusTooManyRequests || s >= 500 && s != http.StatusNotImplemented) && !tooLate(resp), nil
}

func dialing(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// passing reports whether err may be gone at the next try.
func passing(err error) bool {
	if _, ok := errors.AsType[*RedirectError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*TooLargeError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*BinaryError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	return true
}

// tooLate reports whether the site asks to come back later than is of use.
func tooLate(resp *http.Response) bool {
	asked := retryablehttp.DefaultBackoff(0, 0, 0, resp) // nothing but its Retry-After
	return asked < 0 || asked > longestRetryAfter        // below 0 it is so long that it overflowed
}

func (t *tries) checkRedirect(req *http.Request, via []*http.Request) error {
	t.redirected = true
	from := via[0].URL
	if !isWeb(req.URL) || req.URL.Hostname() == "" {
		return &RedirectError{URL: ShownURL(from), Reason: "to something that is not an http or https address"}
	}
	if len(via) > maxRedirects {
		return &RedirectError{URL: ShownURL(from), Reason: "more than five times"}
	}
	if SameSite(from, req.URL) {
		return nil
	}
	if req.Method == http.MethodPost {
		return &RedirectError{URL: ShownURL(from), Reason: "to another site, which would get the form"}
	}
	// net/http drops Authorization and Cookie here, but configured headers may hold other keys, and the Referer the query.
	for name := range req.Header {
		switch name {
		case "User-Agent", "Accept", "Accept-Language":
		default:
			req.Header.Del(name)
		}
	}
	return nil
}

// SameSite reports whether what was meant for from may go to to: the same host and port, or its move from http to https.
func SameSite(from, to *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	if from.Scheme == to.Scheme {
		return from.Port() == to.Port()
	}
	return to.Scheme == "https" && from.Port() == "" && to.Port() == ""
}
