package kakao

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ErrReauthorize matches every [*APIError] after which only a new login helps.
var ErrReauthorize = errors.New("the Kakao login has ended")

// errSlow is the cause of a request that took longer than [requestTimeout].
var errSlow = errors.New("no answer in time")

// APIError is a refusal by Kakao. Its text is ours: Kakao's own may change, and may echo what was sent.
type APIError struct {
	// Status is the HTTP status; 200 when an answer says that a part of a call was refused.
	Status int
	// Code is Kakao's code: "KOE322" from the auth host, "-401" from the API, "" when the answer had none.
	Code string
	// RequiredScopes are the consent items a -402 asks for.
	RequiredScopes []string

	path         string
	ipMismatched bool
}

// newAPIError reads either of Kakao's two error shapes: the auth host's error, error_description and error_code, and the
// API's code and msg (https://developers.kakao.com/docs/latest/ko/rest-api/reference#response-error).
func newAPIError(u *url.URL, status int, body []byte) *APIError {
	var answer struct {
		Code           *int     `json:"code"`
		Msg            string   `json:"msg"`
		Error          string   `json:"error"`
		ErrorCode      string   `json:"error_code"`
		RequiredScopes []string `json:"required_scopes"`
	}
	e := &APIError{Status: status, path: u.Path}
	if json.Unmarshal(body, &answer) != nil {
		return e // a gateway's HTML page
	}
	switch {
	case answer.Code != nil:
		e.Code = strconv.Itoa(*answer.Code)
	case knownCode(answer.ErrorCode):
		e.Code = answer.ErrorCode
	case knownOAuthError(answer.Error):
		e.Code = answer.Error // error_code can be missing
	}
	for _, s := range answer.RequiredScopes {
		if scopeLike(s) {
			e.RequiredScopes = append(e.RequiredScopes, s)
		}
	}
	// The one case the code does not tell apart: an allowed-address list on the key, which no refresh can cure.
	e.ipMismatched = e.Code == "-401" && strings.Contains(answer.Msg, "ip mismatched")
	return e
}

// knownCode reports whether text has the form of a KOE code, so that nothing else of an answer reaches an error.
func knownCode(text string) bool {
	return len(text) == 6 && strings.HasPrefix(text, "KOE") && strings.Trim(text[3:], "0123456789") == ""
}

func knownOAuthError(text string) bool {
	return slices.Contains([]string{"invalid_request", "invalid_client", "invalid_scope", "invalid_grant", "misconfigured",
		"unauthorized", "access_denied", "server_error", "unauthorized_client"}, text)
}

func scopeLike(text string) bool {
	return text != "" && len(text) < 64 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_0123456789") == ""
}

func (e *APIError) Error() string {
	code := e.Code
	if code == "" {
		code = "no code"
	}
	if e.Status == http.StatusOK { // a part of an answer, see [FriendFailure]
		return fmt.Sprintf("Kakao refused %s: %s (%s)", e.path, e.meaning().cause, code)
	}
	return fmt.Sprintf("Kakao refused %s: %s (%s, HTTP %d)", e.path, e.meaning().cause, code, e.Status)
}

// Hint returns what to do: a command to run or a page to open.
func (e *APIError) Hint() string {
	if e.Code == "-402" && len(e.RequiredScopes) > 0 {
		return "agree to " + strings.Join(e.RequiredScopes, ", ") + ": wtm login"
	}
	if hint, ok := friendHints[e.Code]; ok && strings.HasPrefix(e.path, friendsPath) {
		return hint
	}
	return e.meaning().hint
}

// ExitCode is 3 when a person must act and 1 otherwise.
func (e *APIError) ExitCode() int {
	if e.meaning().person {
		return 3
	}
	return 1
}

// Retryable reports whether the same call may work a moment later.
func (e *APIError) Retryable() bool {
	return e.meaning().passes || e.Status == http.StatusTooManyRequests && e.Code != "KOE237" || e.Status == http.StatusServiceUnavailable
}

// Unauthorized reports whether the access token was refused in a way that a refresh may cure.
func (e *APIError) Unauthorized() bool {
	return !e.ipMismatched && (e.Code == "-401" || e.Code == "" && e.Status == http.StatusUnauthorized)
}

// Is makes errors.Is(err, ErrReauthorize) true when only a login helps.
func (e *APIError) Is(target error) bool { return target == ErrReauthorize && e.meaning().login }

// ResultError is an answer with status 200 whose result_code is not 0: the message was not sent.
type ResultError struct{ Code *int }

func (e *ResultError) Error() string {
	if e.Code == nil {
		return "Kakao answered a send without result_code"
	}
	return fmt.Sprintf("Kakao answered a send with result_code %d", *e.Code)
}

// Hint names the page that lists the codes.
func (*ResultError) Hint() string { return "https://developers.kakao.com/docs/ko/rest-api/error-code" }

// AnswerError is an answer with status 200 that is not what the API promises.
type AnswerError struct {
	Host, Path string
	// What says what is wrong with it; empty means that it is not the JSON of the call.
	What string
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s answered %s with %s", e.Host, e.Path, cmp.Or(e.What, "something that is not its JSON"))
}

// Hint names the settings that lead to a wrong host.
func (*AnswerError) Hint() string {
	return "check KAKAO_AUTH_URL and KAKAO_API_URL, which are best left unset"
}

// TransportError is a request without an answer.
type TransportError struct {
	Host, Path string
	// Sent says that the connection stood, so that Kakao may have seen the request.
	Sent bool
	err  error
}

// newTransportError drops the *url.Error around err, which would print the whole address.
func newTransportError(ctx context.Context, u *url.URL, connected bool, err error) *TransportError {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &TransportError{Host: u.Host, Path: u.Path, Sent: connected, err: err}
}

func (e *TransportError) Error() string {
	if e.Sent {
		return fmt.Sprintf("no answer from %s to %s: %v", e.Host, e.Path, e.err)
	}
	return fmt.Sprintf("connecting to %s: %v", e.Host, e.err)
}

// Unwrap returns what went wrong underneath.
func (e *TransportError) Unwrap() error { return e.err }

// Hint names the page that shows whether Kakao is up.
func (*TransportError) Hint() string {
	return "check the network, and Kakao's own state: https://developers.kakao.com/status"
}
