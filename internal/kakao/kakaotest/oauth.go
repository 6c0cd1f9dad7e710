package kakaotest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Limits on tokens for one user (https://developers.kakao.com/docs/latest/ko/getting-started/quota).
const (
	issueLimit  = 20
	issueWindow = 10 * time.Minute
)

// authorize plays a user who agrees at once.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("client_id") != s.ClientID || query.Get("response_type") != "code" {
		http.Error(w, "KOE101", http.StatusBadRequest)
		return
	}
	back, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || !back.IsAbs() {
		http.Error(w, "KOE006", http.StatusBadRequest)
		return
	}
	values := back.Query()
	values.Set("code", s.IssueCode(query.Get("redirect_uri")))
	if state := query.Get("state"); state != "" {
		values.Set("state", state)
	}
	back.RawQuery = values.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_request", "KOE001", "malformed")
		return
	}
	form := r.PostForm
	switch {
	case form.Get("client_id") != s.ClientID:
		s.refuseOAuth(w, http.StatusUnauthorized, "invalid_client", "KOE101", "Not exist client_id ["+form.Get("client_id")+"]")
		return
	case s.ClientSecret != "" && form.Get("client_secret") != s.ClientSecret:
		s.refuseOAuth(w, http.StatusUnauthorized, "invalid_client", "KOE010", "Bad client credentials")
		return
	case s.tooMany():
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_request", "KOE237", "token request rate limit exceeded")
		return
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		s.exchange(w, form)
	case "refresh_token":
		s.renew(w, form)
	default:
		s.refuseOAuth(w, http.StatusBadRequest, "unsupported_grant_type", "KOE310", "Unsupported grant type")
	}
}

func (s *Server) tooMany() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued = slices.DeleteFunc(s.issued, func(at time.Time) bool { return s.now().Sub(at) >= issueWindow })
	return len(s.issued) >= issueLimit
}

func (s *Server) exchange(w http.ResponseWriter, form url.Values) {
	s.mu.Lock()
	code := form.Get("code")
	redirect, ok := s.codes[code]
	if ok && redirect != form.Get("redirect_uri") {
		s.mu.Unlock()
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_grant", "KOE303", "Redirect URI mismatch.")
		return
	}
	if !ok {
		s.mu.Unlock()
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_grant", "KOE320", "authorization code not found for code="+code)
		return
	}
	delete(s.codes, code)
	fields := s.issue()
	token := s.text("refresh")
	s.refresh[token] = s.now().Add(RefreshLife)
	fields["refresh_token"], fields["refresh_token_expires_in"] = token, int(RefreshLife.Seconds())
	fields["scope"] = strings.Join(s.Scopes, " ")
	s.mu.Unlock()
	s.answer(w, http.StatusOK, fields)
}

// renew serves a refresh: a new refresh token comes only in the last month of the old one, which is dead from then on.
func (s *Server) renew(w http.ResponseWriter, form url.Values) {
	s.mu.Lock()
	old := form.Get("refresh_token")
	if old == "" {
		s.mu.Unlock()
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_grant", "KOE319", "refresh token not found")
		return
	}
	expires, ok := s.refresh[old]
	if !ok || !s.now().Before(expires) {
		s.mu.Unlock()
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_grant", "KOE322", "expired_or_invalid_refresh_token")
		return
	}
	fields := s.issue()
	if expires.Sub(s.now()) < RotationWindow {
		token := s.text("refresh")
		delete(s.refresh, old)
		s.refresh[token] = s.now().Add(RefreshLife)
		fields["refresh_token"], fields["refresh_token_expires_in"] = token, int(RefreshLife.Seconds())
	}
	s.mu.Unlock()
	s.answer(w, http.StatusOK, fields)
}

// issue makes an access token. The caller holds the lock.
func (s *Server) issue() map[string]any {
	token := s.text("access")
	s.access[token] = s.now().Add(AccessLife)
	s.issued = append(s.issued, s.now())
	return map[string]any{"token_type": "bearer", "access_token": token, "expires_in": int(AccessLife.Seconds())}
}
