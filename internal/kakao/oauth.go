package kakao

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wtm/internal/secret"
)

// Grant is what the token endpoint gives. Lives count from the answer.
type Grant struct {
	// AccessToken is empty only in a broken answer that has a refresh token all the same.
	AccessToken secret.Value
	AccessLife  time.Duration
	// RefreshToken is empty when the old one stays: Kakao sends a new one only when the one used had under a month left,
	// and that one is dead from then on.
	RefreshToken secret.Value
	RefreshLife  time.Duration
	// Scope is nil when the answer did not say, which means unchanged.
	Scope []string
}

// tokenAnswer is the body of POST /oauth/token
// (https://developers.kakao.com/docs/ko/kakaologin/rest-api#request-token).
type tokenAnswer struct {
	AccessToken           secret.Value `json:"access_token"`
	ExpiresIn             seconds      `json:"expires_in"`
	RefreshToken          secret.Value `json:"refresh_token"`
	RefreshTokenExpiresIn seconds      `json:"refresh_token_expires_in"`
	Scope                 *string      `json:"scope"`
}

// The lives to assume where an answer does not say, or not in a way that can be read: an answer with a new refresh token
// must never be thrown away. They are those Kakao documents, the access token's cut short.
const (
	assumedAccess  = time.Hour
	assumedRefresh = 60 * 24 * time.Hour
)

// seconds is a number of seconds, as a number or a text; what is neither is 0.
type seconds int64

// UnmarshalJSON never fails.
func (s *seconds) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	if err != nil {
		n = 0
	}
	const most = 10 * 365 * 24 * 60 * 60
	*s = seconds(min(max(0, n), most))
	return nil
}

// or returns the duration, or another one for 0.
func (s seconds) or(standard time.Duration) time.Duration {
	if s == 0 {
		return standard
	}
	return time.Duration(s) * time.Second
}

// Authorization is what the login page is asked for
// (https://developers.kakao.com/docs/ko/kakaologin/rest-api#request-code).
type Authorization struct {
	RedirectURI string // as registered
	State       string // comes back unchanged in the redirect; left out when empty
	// Scopes are consent items such as talk_message.
	Scopes []string
	// SelectAccount makes the page ask who logs in, also where somebody is logged in already.
	SelectAccount bool
}

// AuthorizeURL returns the page to open in the user's browser.
func (c *Client) AuthorizeURL(a Authorization) string {
	query := url.Values{
		"client_id":     {c.ClientID},
		"redirect_uri":  {a.RedirectURI},
		"response_type": {"code"},
	}
	if a.State != "" {
		query.Set("state", a.State)
	}
	if len(a.Scopes) > 0 {
		query.Set("scope", strings.Join(a.Scopes, ","))
	}
	if a.SelectAccount {
		query.Set("prompt", "select_account")
	}
	return c.authURL("/oauth/authorize") + "?" + query.Encode()
}

// Exchange trades an authorization code, which is good once, for tokens. redirectURI must be the one of the authorize
// page. It is never tried again once it was sent: the code may be used up.
func (c *Client) Exchange(ctx context.Context, code secret.Value, redirectURI string) (Grant, error) {
	return c.token(ctx, neverSent, url.Values{
		"grant_type":   {"authorization_code"},
		"redirect_uri": {redirectURI},
		"code":         {code.Reveal()},
	})
}

// Refresh asks for a new access token. When the answer has a refresh token, save it before doing anything else: the old
// one no longer works. Faults of the network and of the server are tried again, which at worst issues a token twice;
// [ErrReauthorize] means that only a login helps.
func (c *Client) Refresh(ctx context.Context, refresh secret.Value) (Grant, error) {
	return c.token(ctx, mayPass, url.Values{
		"grant_type":    {"refresh_token"},
		"refresh_token": {refresh.Reveal()},
	})
}

func (c *Client) token(ctx context.Context, again func(error) bool, form url.Values) (Grant, error) {
	form.Set("client_id", c.ClientID)
	if c.ClientSecret != "" {
		form.Set("client_secret", c.ClientSecret.Reveal())
	}
	var answer tokenAnswer
	err := c.retry(ctx, again, func() error {
		return c.post(ctx, c.authURL("/oauth/token"), "", form, &answer)
	})
	if err != nil {
		return Grant{}, err
	}
	if answer.AccessToken == "" && answer.RefreshToken == "" {
		return Grant{}, &AnswerError{Host: "the token endpoint", Path: "/oauth/token"}
	}
	grant := Grant{
		AccessToken:  answer.AccessToken,
		AccessLife:   answer.ExpiresIn.or(assumedAccess),
		RefreshToken: answer.RefreshToken,
		RefreshLife:  answer.RefreshTokenExpiresIn.or(assumedRefresh),
	}
	if answer.Scope != nil {
		grant.Scope = strings.Fields(*answer.Scope)
	}
	return grant, nil
}

// neverSent reports whether the request surely did not reach Kakao.
func neverSent(err error) bool {
	t, ok := errors.AsType[*TransportError](err)
	return ok && !t.Sent
}

// mayPass reports whether a refresh that failed so may work a moment later. A refresh that was cut off is asked again
// with the same token: if Kakao did not see it, this mends it, and if it did, the second answer tells.
func mayPass(err error) bool {
	if _, ok := errors.AsType[*TransportError](err); ok {
		return true
	}
	refused, ok := errors.AsType[*APIError](err)
	return ok && (refused.Retryable() || refused.Status >= 500)
}
