// Package login leads a person through Kakao's authorization-code login.
//
// Either the browser comes back to a listener on this machine ([Flow.Loopback]), or the person pastes the address that
// the browser was sent to ([Flow.Pasted]). The listener is bound before the address is shown, answers only to the
// oauthState it made up, and never repeats the authorization code, which no error shows either.
package login

import (
	"context"
	"fmt"
	"time"

	"wtm/internal/kakao"
)

// DefaultTimeout is how long [Flow.Loopback] waits for the person.
const DefaultTimeout = 5 * time.Minute

// scopeMessage is the consent item that sending needs
// (https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api).
const scopeMessage = "talk_message"

// Flow is one login.
type Flow struct {
	// Client talks to Kakao.
	Client *kakao.Client
	// RedirectURI is the one registered with Kakao for the REST API key, byte for byte.
	RedirectURI string
	// Open opens the browser; nil leaves that to the person.
	Open func(url string) error
	// Print shows a line to the person; nil shows nothing.
	Print func(string)
	// Timeout is how long to wait for the browser to come back; 0 means [DefaultTimeout].
	Timeout time.Duration
}

func (f Flow) print(line string) {
	if f.Print != nil {
		f.Print(line)
	}
}

// Verify reads the user that g belongs to and makes sure that the login allows sending; if it does not, the error is a
// [*ScopeError]. Reading the user also keeps Kakao from dropping the link as unused.
func (f Flow) Verify(ctx context.Context, g kakao.Grant) (kakao.User, error) {
	user, err := f.Client.Me(ctx, g.AccessToken)
	if err != nil {
		return kakao.User{}, fmt.Errorf("checking the login: %w", err)
	}
	scopes, err := f.Client.Scopes(ctx, g.AccessToken)
	if err != nil {
		return kakao.User{}, fmt.Errorf("checking the consent: %w", err)
	}
	missing := &ScopeError{Scope: scopeMessage}
	for _, s := range scopes {
		if s.ID != scopeMessage {
			continue
		}
		if s.Agreed {
			return user, nil
		}
		missing.Offered = s.Using
	}
	return kakao.User{}, missing
}
