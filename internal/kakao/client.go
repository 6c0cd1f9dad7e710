// Package kakao calls Kakao's OAuth and KakaoTalk message APIs for one app.
//
// It never prints and keeps no state: tokens come in as arguments and go out in a [Grant]. Requests are form-encoded,
// answers are JSON (https://developers.kakao.com/docs/latest/ko/rest-api/reference). A message is a [Template], which [New]
// makes of a [Spec] within Kakao's limits. A refused call is an [*APIError],
// told apart by its code and never by its text, which Kakao may change. No token, code or secret is ever part of a URL
// or an error.
package kakao

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"wtm/internal/secret"
	"wtm/internal/wait"
)

// The hosts of the real service.
const (
	DefaultAuthURL = "https://kauth.kakao.com"
	DefaultAPIURL  = "https://kapi.kakao.com"
)

const (
	// requestTimeout bounds one request with its answer.
	requestTimeout = 15 * time.Second
	// maxAnswer is far above any answer of the calls used.
	maxAnswer = 1 << 20
)

// Client calls Kakao as one app. ClientID is required; what else is zero has a default.
type Client struct {
	// HTTP sends the requests; nil means a client of its own. Redirects are not followed: an API that redirects would
	// carry the token elsewhere.
	HTTP *http.Client
	// AuthURL and APIURL are the base URLs; empty means the real service.
	AuthURL, APIURL string
	// ClientID is OAuth's name for what Kakao calls the REST API key.
	ClientID string
	// ClientSecret is sent when set; new REST API keys require it.
	ClientSecret secret.Value
	// Sleep waits between tries; nil waits for real.
	Sleep func(ctx context.Context, d time.Duration) error
}

// authURL and apiURL join a base URL and a path.
func (c *Client) authURL(path string) string { return base(c.AuthURL, DefaultAuthURL) + path }
func (c *Client) apiURL(path string) string  { return base(c.APIURL, DefaultAPIURL) + path }

func base(set, standard string) string {
	if set == "" {
		set = standard
	}
	return strings.TrimRight(set, "/")
}

// post sends a form and decodes the answer into out. access is empty for the calls of the auth host.
func (c *Client) post(ctx context.Context, address string, access secret.Value, form url.Values, out any) error {
	return c.postBody(ctx, address, access, "application/x-www-form-urlencoded;charset=utf-8", []byte(form.Encode()), out)
}

// postBody sends a body of any type and decodes the answer into out.
func (c *Client) postBody(ctx context.Context, address string, access secret.Value, contentType string, body []byte, out any) error {
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("asking Kakao: %w", err)
	}
	// A connection of its own, and no way to rewind the body: so the transport never sends a message twice, and a
	// failure before the connection stood is one that surely did not arrive.
	request.Close = true
	request.GetBody = nil
	request.Header.Set("Content-Type", contentType)
	return c.do(ctx, request, access, out)
}

// get asks and decodes the answer into out.
func (c *Client) get(ctx context.Context, address string, access secret.Value, out any) error {
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("asking Kakao: %w", err)
	}
	return c.do(ctx, request, access, out)
}

func (c *Client) do(ctx context.Context, request *http.Request, access secret.Value, out any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	if access != "" {
		request.Header.Set("Authorization", "Bearer "+access.Reveal())
	}
	connected := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	answer, err := c.httpClient().Do(request.WithContext(ctx))
	if err != nil {
		return newTransportError(ctx, request.URL, connected, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return newTransportError(ctx, request.URL, true, err)
	}
	if answer.StatusCode != http.StatusOK {
		return newAPIError(request.URL, answer.StatusCode, body)
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(out); err != nil {
		// The decoder's error may quote the body, and the body may hold tokens.
		return &AnswerError{Host: request.URL.Host, Path: request.URL.Path}
	}
	return nil
}

func (c *Client) httpClient() *http.Client {
	client := http.Client{}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	return wait.For(ctx, d)
}
