package kakaotest

import (
	"cmp"
	"fmt"
	"time"
)

// User is a person with tokens. Change one within [Server.Change].
type User struct {
	ID   int64  // the member number
	Name string // the nickname
	UUID string // how friends' sends would address this user
	// Scopes are the consent items agreed to. Of the default user they are the server's.
	Scopes []string

	friends []*Friend
	issued  []time.Time // of access tokens, for the rate limit
}

// token is an access or refresh token.
type token struct {
	expires time.Time
	user    *User
}

// code is an authorization code.
type code struct {
	redirect string
	user     *User
}

// Me returns the default user, whom every token belongs to that is added without one.
func (s *Server) Me() *User { return s.self }

// AddUser adds a person who has agreed to talk_message and friends.
func (s *Server) AddUser(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
	return &User{ID: 200000000 + int64(s.users), Name: name, UUID: fmt.Sprintf("fake-uuid-of-user-%d", s.users), Scopes: []string{"talk_message", "friends"}}
}

// agreed returns the consent items of a user. The caller holds the lock.
func (s *Server) agreed(u *User) []string {
	switch u {
	case nil:
		return nil
	case s.self:
		return s.Scopes
	}
	return u.Scopes
}

// browser returns who sits at the login page.
func (s *Server) browser() *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.Browser, s.self)
}

// AddRefreshToken makes a refresh token of the default user known that lives until expires.
func (s *Server) AddRefreshToken(text string, expires time.Time) {
	s.AddRefreshTokenFor(s.Me(), text, expires)
}

// AddRefreshTokenFor is [Server.AddRefreshToken] for a user.
func (s *Server) AddRefreshTokenFor(u *User, text string, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh[text] = token{expires, u}
}

// AddAccessToken makes an access token of the default user known that lives until expires.
func (s *Server) AddAccessToken(text string, expires time.Time) {
	s.AddAccessTokenFor(s.Me(), text, expires)
}

// AddAccessTokenFor is [Server.AddAccessToken] for a user.
func (s *Server) AddAccessTokenFor(u *User, text string, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access[text] = token{expires, u}
}

// IssueCode returns an authorization code, as the login page would after the default user agreed.
func (s *Server) IssueCode(redirectURI string) string { return s.IssueCodeFor(s.Me(), redirectURI) }

// IssueCodeFor is [Server.IssueCode] for a user.
func (s *Server) IssueCodeFor(u *User, redirectURI string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text("code")
	s.codes[text] = code{redirectURI, u}
	return text
}
