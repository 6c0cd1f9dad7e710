// Package fetch brings a web page as UTF-8 bytes.
//
// It is polite and bounded: it says who it is, tries a GET three times at most, waits as long as the site asks (or
// gives up when that is too long), follows five redirects, and stops reading at the size limit, counted after decompression. A POST goes out
// once, unless no connection came about. Addresses in errors never show user names, passwords or queries, because a
// query may hold an API key.
package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	// DefaultMaxBytes is the size limit of a page after decompression.
	DefaultMaxBytes = 10 << 20
	// DefaultTimeout is how long one try may take, redirects and body included.
	DefaultTimeout = 15 * time.Second
	// DefaultUserAgent names the program and how often it comes.
	DefaultUserAgent = "wtm (obapmu; reads a few pages a run)"

	// usualPage is the size that most pages stay below: what is read into it grows no further.
	usualPage = 32 << 10

	defaultAccept   = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	defaultLanguage = "ko,en;q=0.5"
	formMediaType   = "application/x-www-form-urlencoded"
)

// Client fetches pages. Its zero value works and shares [http.DefaultTransport]; it may be used by several goroutines.
type Client struct {
	// Transport makes the connections; nil means [http.DefaultTransport].
	Transport http.RoundTripper
	// MaxBytes is the largest page after decompression; 0 means [DefaultMaxBytes].
	MaxBytes int64
	// Timeout is for one try; 0 means [DefaultTimeout].
	Timeout time.Duration
	// UserAgent is sent unless the request has its own; empty means [DefaultUserAgent].
	UserAgent string
}

// Request says what to fetch.
type Request struct {
	// Method is GET or POST; empty means POST with a form and GET without.
	Method string
	// URL is an absolute http or https address.
	URL string
	// Header is sent as it is, to the host of URL only: a redirect elsewhere does not get it.
	Header http.Header
	// Form is the body of a POST, or added to the query of a GET.
	Form url.Values
	// Jar keeps the site's cookies from one request to the next; nil keeps none.
	Jar http.CookieJar
	// Charset, when set, is believed whatever the page says about itself.
	Charset string
	// Timeout replaces that of the [Client] for one try; 0 keeps it.
	Timeout time.Duration
	// Raw brings the bytes of a picture or any other file as they are.
	Raw bool
	// Render asks for the page as a browser shows it after its scripts ran, which a [Client] cannot do; nil does not.
	Render *Render
}

// Render says when a page is as it should be.
type Render struct {
	// Wait is a CSS selector of what the page holds then; empty takes the page once it has loaded and fallen silent.
	Wait string
	// Zone is the name of the time zone that scripts see, such as "Asia/Seoul"; empty leaves that of the machine.
	Zone string
}

// Page is what came back, always with a status of 200 to 299.
type Page struct {
	// URL is where the page was found in the end, after redirects.
	URL *url.URL
	// Status is the HTTP status.
	Status int
	// MediaType is the declared type without parameters, such as "text/html"; empty when there was none.
	MediaType string
	// Charset is the encoding that Body was in, by its name in the WHATWG Encoding Standard; empty with Raw.
	Charset string
	// Body is the page in UTF-8, or as it is with Raw.
	Body []byte
}

// New returns a client with its own connections and the default limits.
func New() *Client {
	c := &Client{MaxBytes: DefaultMaxBytes, Timeout: DefaultTimeout, UserAgent: DefaultUserAgent}
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		own := t.Clone()
		own.ReadBufferSize = usualPage
		c.Transport = own
	}
	return c
}

// Fetch brings the page that r names. Its errors are typed, with a Hint, except those of ctx.
func (c *Client) Fetch(ctx context.Context, r Request) (Page, error) {
	req, err := c.newRequest(ctx, r)
	if err != nil {
		return Page{}, err
	}
	var body []byte
	req.SetResponseHandler(func(resp *http.Response) error {
		defer resp.Body.Close()
		if !succeeded(resp.StatusCode) {
			return nil
		}
		var err error
		body, err = readPage(resp, cmp.Or(c.MaxBytes, DefaultMaxBytes))
		return err
	})
	t := &tries{method: req.Method}
	resp, err := t.client(c.Transport, r.Jar, cmp.Or(r.Timeout, c.Timeout, DefaultTimeout)).Do(req)
	if err != nil {
		return Page{}, explain(ctx, req.URL, err)
	}
	defer resp.Body.Close()
	if !succeeded(resp.StatusCode) {
		return Page{}, &StatusError{Status: resp.StatusCode, URL: ShownURL(resp.Request.URL)}
	}
	return newPage(resp, body, r)
}

func newPage(resp *http.Response, body []byte, r Request) (Page, error) {
	contentType := resp.Header.Get("Content-Type")
	// A damaged parameter still leaves a usable type: mime returns both.
	mediaType, _, _ := mime.ParseMediaType(contentType)
	page := Page{URL: resp.Request.URL, Status: resp.StatusCode, MediaType: mediaType, Body: body}
	if r.Raw {
		return page, nil
	}
	shown := ShownURL(resp.Request.URL)
	if what := binaryType(mediaType, body); what != "" {
		return Page{}, &BinaryError{URL: shown, MediaType: what}
	}
	var err error
	if page.Body, page.Charset, err = Decode(body, contentType, r.Charset); err != nil {
		return Page{}, fmt.Errorf("fetching %s: %w", shown, err)
	}
	return page, nil
}

func succeeded(status int) bool { return status >= 200 && status < 300 }

func (c *Client) newRequest(ctx context.Context, r Request) (*retryablehttp.Request, error) {
	u, err := ParseURL(r.URL)
	if err != nil {
		return nil, err
	}
	method := strings.ToUpper(r.Method)
	if method == "" {
		method = http.MethodGet
		if len(r.Form) > 0 {
			method = http.MethodPost
		}
	}
	var body any
	switch method {
	case http.MethodPost:
		body = []byte(r.Form.Encode())
	case http.MethodGet:
		if len(r.Form) > 0 {
			u.RawQuery = strings.Trim(u.RawQuery+"&"+r.Form.Encode(), "&")
		}
	default:
		return nil, &AddressError{Reason: fmt.Sprintf("the method %q is neither GET nor POST", r.Method)}
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, &AddressError{Reason: "it makes no valid request"}
	}
	req.Header.Set("User-Agent", cmp.Or(c.UserAgent, DefaultUserAgent))
	req.Header.Set("Accept", defaultAccept)
	req.Header.Set("Accept-Language", defaultLanguage)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", formMediaType)
	}
	for name, values := range r.Header {
		req.Header.Del(name)
		for _, v := range values {
			req.Header.Add(name, v)
		}
	}
	// net/http decompresses only what it asked for itself.
	req.Header.Del("Accept-Encoding")
	return req, nil
}

// readPage reads at most limit bytes. The body of an endless page is left unread: closing it drops the connection.
func readPage(resp *http.Response, limit int64) ([]byte, error) {
	tooLarge := &TooLargeError{URL: ShownURL(resp.Request.URL), Limit: limit}
	if resp.ContentLength > limit {
		return nil, tooLarge
	}
	switch enc := strings.ToLower(resp.Header.Get("Content-Encoding")); enc {
	case "", "identity":
	default:
		return nil, &BinaryError{URL: tooLarge.URL, MediaType: "data compressed as " + enc}
	}
	body := bytes.NewBuffer(make([]byte, 0, usualPage))
	_, err := body.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if int64(body.Len()) > limit {
		return nil, tooLarge
	}
	if err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// ParseURL reads an absolute http or https address as a browser's address bar would: Korean letters and spaces in the query are escaped.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		// url.Error quotes the whole address; only its cause is shown, and not even that where it quotes too.
		if _, ok := errors.AsType[url.EscapeError](err); ok {
			return nil, &AddressError{Reason: "it has a % that is not followed by two hexadecimal digits"}
		}
		return nil, &AddressError{Reason: "it is not a valid address"}
	}
	if !isWeb(u) {
		return nil, &AddressError{Reason: "it does not begin with http:// or https://"}
	}
	if u.Hostname() == "" {
		return nil, &AddressError{Reason: "it names no host"}
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, nil
}

func isWeb(u *url.URL) bool { return u.Scheme == "http" || u.Scheme == "https" }

func escapeQuery(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		if ch := raw[i]; ch <= ' ' || ch >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", ch)
		} else {
			b.WriteByte(ch)
		}
	}
	return b.String()
}

// ShownURL is u as errors may show it: without user name, password, query and fragment.
func ShownURL(u *url.URL) string {
	shown := *u
	shown.User, shown.RawQuery, shown.ForceQuery, shown.Fragment, shown.RawFragment = nil, "", false, "", ""
	return shown.String()
}
