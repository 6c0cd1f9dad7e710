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
	values.Set("code", s.IssueCodeFor(s.browser(), query.Get("redirect_uri")))
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

// tooMany reports whether a user has used up the limit on tokens. The caller holds the lock.
func (s *Server) tooMany(u *User) bool {
	u.issued = slices.DeleteFunc(u.issued, func(at time.Time) bool { return s.now().Sub(at) >= issueWindow })
	return len(u.issued) >= issueLimit
}

func (s *Server) refuseMore(w http.ResponseWriter) {
	s.refuseOAuth(w, http.StatusBadRequest, "invalid_request", "KOE237", "token request rate limit exceeded")
}

func (s *Server) exchange(w http.ResponseWriter, form url.Values) {
	s.mu.Lock()
	code := form.Get("code")
	issued, ok := s.codes[code]
	if ok && issued.redirect != form.Get("redirect_uri") {
		s.mu.Unlock()
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_grant", "KOE303", "Redirect URI mismatch.")
		return
	}
	if !ok {
		s.mu.Unlock()
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_grant", "KOE320", "authorization code not found for code="+code)
		return
	}
	if s.tooMany(issued.user) {
		s.mu.Unlock()
		s.refuseMore(w)
		return
	}
	delete(s.codes, code)
	fields := s.issue(issued.user)
	s.issueRefresh(fields, issued.user)
	fields["scope"] = strings.Join(s.agreed(issued.user), " ")
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
	found, ok := s.refresh[old]
	if !ok || !s.now().Before(found.expires) {
		s.mu.Unlock()
		s.refuseOAuth(w, http.StatusBadRequest, "invalid_grant", "KOE322", "expired_or_invalid_refresh_token")
		return
	}
	if s.tooMany(found.user) {
		s.mu.Unlock()
		s.refuseMore(w)
		return
	}
	fields := s.issue(found.user)
	if found.expires.Sub(s.now()) < RotationWindow {
		delete(s.refresh, old)
		s.issueRefresh(fields, found.user)
	}
	s.mu.Unlock()
	s.answer(w, http.StatusOK, fields)
}

// issue makes an access token. The caller holds the lock.
func (s *Server) issue(u *User) map[string]any {
	text := s.text("access")
	s.access[text] = token{s.now().Add(AccessLife), u}
	u.issued = append(u.issued, s.now())
	return map[string]any{"token_type": "bearer", "access_token": text, "expires_in": int(AccessLife.Seconds())}
}

// issueRefresh adds a refresh token to an answer. The caller holds the lock.
func (s *Server) issueRefresh(fields map[string]any, u *User) {
	text := s.text("refresh")
	s.refresh[text] = token{s.now().Add(RefreshLife), u}
	fields["refresh_token"], fields["refresh_token_expires_in"] = text, int(RefreshLife.Seconds())
}
