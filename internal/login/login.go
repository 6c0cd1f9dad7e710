// Package login leads a person through Kakao's authorization-code login.
//
// Either the browser comes back to a listener on this machine ([Flow.Loopback]), or the person pastes the address that
// the browser was sent to ([Flow.Pasted]). The listener is bound before the address is shown, answers only to the
// oauthState it made up, and never repeats the authorization code, which no error shows either.
package login

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wtm/internal/kakao"
)

// DefaultTimeout is how long [Flow.Loopback] waits for the person.
const DefaultTimeout = 5 * time.Minute

// The consent items of sending to oneself and to friends
// (https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api).
const (
	ScopeMessage = "talk_message"
	ScopeFriends = "friends"
)

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
	// Friends asks for what sending to friends needs, too.
	Friends bool
	// SelectAccount makes Kakao ask who logs in, where it knows somebody already.
	SelectAccount bool
	// Timeout is how long to wait for the browser to come back; 0 means [DefaultTimeout].
	Timeout time.Duration
}

func (f Flow) print(line string) {
	if f.Print != nil {
		f.Print(line)
	}
}

// scopes are the consent items that the login has to have.
func (f Flow) scopes() []string {
	if f.Friends {
		return []string{ScopeMessage, ScopeFriends}
	}
	return []string{ScopeMessage}
}

// page is the address of the login page.
func (f Flow) page(oauthState string) string {
	return f.Client.AuthorizeURL(kakao.Authorization{RedirectURI: f.RedirectURI, State: oauthState, Scopes: f.scopes(), SelectAccount: f.SelectAccount})
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
	for _, needed := range f.scopes() {
		i := slices.IndexFunc(scopes, func(s kakao.Scope) bool { return s.ID == needed })
		if i < 0 || !scopes[i].Agreed {
			return kakao.User{}, &ScopeError{Scope: needed, Offered: i >= 0 && scopes[i].Using}
		}
	}
	return user, nil
}
