// Package kakaotest is a strict fake of the Kakao calls that wtm makes, on loopback.
//
// It keeps the rules Kakao documents: one-time codes, a client secret that must be sent, refresh tokens replaced in
// their last month and dead afterwards, limits on issued tokens, on messages and their number, friends who may receive.
// Each token belongs to a user, the default one or one of [Server.AddUser]. Its clock is the test's, faults
// come in the order the test wants, and what a client does against the rules of the wire is kept as a problem.
package kakaotest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"
)

// How long tokens of a REST API key live, as Kakao answers it, and when a refresh token is replaced
// (https://developers.kakao.com/docs/ko/kakaologin/rest-api).
const (
	AccessLife     = 21599 * time.Second
	RefreshLife    = 5183999 * time.Second
	RotationWindow = 30 * 24 * time.Hour
)

// Server is the fake. Set its fields before the first request, or by [Server.Change].
type Server struct {
	// URL is the base of both hosts.
	URL string
	// ClientID and ClientSecret are the app's; an empty secret means that the app has it switched off.
	ClientID, ClientSecret string
	// Clock is the fake's time.
	Clock func() time.Time
	// Latency is added to every answer.
	Latency time.Duration
	// Scopes are the consent items the default user has agreed to; talk_message unless changed.
	Scopes []string
	// Browser is who agrees at the login page; nil is the default user.
	Browser *User
	// TruncateText makes a text over the limit arrive cut, where the default is to refuse it: Kakao's page does not say.
	TruncateText bool
	// OnRequest, when set, is called with phase "before" and "after" the effect of each request.
	OnRequest func(n int, phase, path string)

	http *httptest.Server

	mu        sync.Mutex
	offset    time.Duration
	self      *User // the default user
	users     int   // added ones
	codes     map[string]code
	access    map[string]token
	refresh   map[string]token
	faults    map[string][]Fault
	failing   map[string][]receiverFault // by uuid
	sent      map[tally]int
	delivered []Delivery
	uploads   []Upload
	requests  []Request
	problems  []string
	serial    int
}

// Request is a call as it came in, without its secrets.
type Request struct{ Method, Path string }

// Fault is an answer other than the right one.
type Fault struct {
	// Times is how often it happens; 0 means once, a negative number always.
	Times int
	// Status and Body make an answer. The body is JSON unless it starts with "<".
	Status int
	Body   string
	// DropBefore cuts the connection before the request has an effect, DropAfter after it.
	DropBefore, DropAfter bool
	// Delay comes before the answer; alone, the answer is the right one, late.
	Delay time.Duration
}

// New starts a fake with an app that has a client secret, on the real clock. Close it.
func New() *Server {
	s := &Server{
		ClientID:     "fake-rest-api-key",
		ClientSecret: "fake-client-secret",
		Clock:        time.Now,
		Scopes:       []string{"talk_message"},
		self:         &User{ID: 123456789, Name: "tester", UUID: "fake-uuid-of-tester"},
		codes:        map[string]code{},
		access:       map[string]token{},
		refresh:      map[string]token{},
		faults:       map[string][]Fault{},
		failing:      map[string][]receiverFault{},
		sent:         map[tally]int{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth/authorize", s.authorize)
	mux.HandleFunc("POST /oauth/token", s.token)
	mux.HandleFunc("GET /v2/user/me", s.bearer("USER_ME", s.me))
	mux.HandleFunc("POST /v2/user/me", s.bearer("USER_ME", s.me))
	mux.HandleFunc("GET /v2/user/scopes", s.bearer("", s.scopes))
	mux.HandleFunc("GET /v1/user/access_token_info", s.bearer("", s.tokenInfo))
	for path, parse := range map[string]parser{"default/send": s.template, "send": s.custom, "scrap/send": s.scrap} {
		api := map[bool]string{true: "TALK_MEMO_DEFAULT_SEND", false: "TALK_MEMO_SEND"}[path == "default/send"]
		mux.HandleFunc("POST /v2/api/talk/memo/"+path, s.bearer(api, s.memo(parse)))
		mux.HandleFunc("POST /v1/api/talk/friends/message/"+path, s.bearer("TALK_MESSAGE_SEND", s.message(parse)))
	}
	mux.HandleFunc("GET /v1/api/talk/friends", s.bearer("FRIENDS", s.friends))
	mux.HandleFunc("POST "+uploadPath, s.bearer("", s.upload))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem("there is no call %s %s", r.Method, r.URL.Path)
		s.answer(w, http.StatusNotFound, map[string]any{"code": -2, "msg": "unknown path"})
	})
	s.http = httptest.NewServer(s.guard(mux))
	s.URL = s.http.URL
	return s
}

// ServeHTTP answers without a network between, as a test in a bubble of testing/synctest needs it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.http.Config.Handler.ServeHTTP(w, r)
}

// Close stops the fake.
func (s *Server) Close() { s.http.CloseClientConnections(); s.http.Close() }

// Now returns the fake's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return s.Clock().Add(s.offset) }

// Advance moves the fake's clock.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
}

// RevokeAccess makes every access token unknown, as a change of the user's account can.
func (s *Server) RevokeAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// LiveRefreshTokens returns the refresh tokens that work now, sorted.
func (s *Server) LiveRefreshTokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var live []string
	for _, token := range slices.Sorted(maps.Keys(s.refresh)) {
		if s.now().Before(s.refresh[token].expires) {
			live = append(live, token)
		}
	}
	return live
}

// Tokens returns every token there ever was that still is known, for a search of leaks.
func (s *Server) Tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Concat(slices.Sorted(maps.Keys(s.access)), slices.Sorted(maps.Keys(s.refresh)))
}

// Requests returns the calls made, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Problems returns what clients did against the rules of the wire.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// Fail orders a fault for the next requests to path, after those ordered before.
func (s *Server) Fail(path string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults[path] = append(s.faults[path], f)
}

// Change edits the fields while requests may come in.
func (s *Server) Change(edit func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit(s)
}

// Heal drops the faults that are still to come, of calls and of receivers.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
	clear(s.failing)
}

func (s *Server) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// text makes a token-like text that no other call made. The caller holds the lock.
func (s *Server) text(kind string) string {
	s.serial++
	return fmt.Sprintf("fake-%s-%04d-%016x%016x", kind, s.serial, rand.Uint64(), rand.Uint64())
}
