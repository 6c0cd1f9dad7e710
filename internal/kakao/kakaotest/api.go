package kakaotest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// consents are the consent items that an api needs.
var consents = map[string][]string{
	"TALK_MEMO_DEFAULT_SEND": {"talk_message"},
	"TALK_MEMO_SEND":         {"talk_message"},
	"TALK_MESSAGE_SEND":      {"talk_message", "friends"},
	"FRIENDS":                {"friends"},
}

// userHandler answers a call of a user.
type userHandler func(w http.ResponseWriter, r *http.Request, u *User)

// bearer finds the user of the access token and checks the consents an api needs.
func (s *Server) bearer(api string, next userHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		found, known := s.access[text]
		now, agreed := s.now(), s.agreed(found.user)
		s.mu.Unlock()
		missing := slices.ContainsFunc(consents[api], func(id string) bool { return !slices.Contains(agreed, id) })
		switch {
		case !ok:
			s.problem("%s came without a Bearer token", r.URL.Path)
			s.refuse(w, http.StatusUnauthorized, -401, "InvalidTokenException")
		case !known:
			s.refuse(w, http.StatusUnauthorized, -401, "this access token does not exist")
		case !now.Before(found.expires):
			s.refuse(w, http.StatusUnauthorized, -401, "this access token is already expired")
		case missing:
			s.answer(w, http.StatusForbidden, map[string]any{"code": -402, "msg": "insufficient scopes.", "api_type": api,
				"required_scopes": consents[api], "allowed_scopes": agreed})
		default:
			next(w, r, found.user)
		}
	}
}

func (s *Server) me(w http.ResponseWriter, _ *http.Request, u *User) {
	s.answer(w, http.StatusOK, map[string]any{"id": u.ID, "connected_at": "2026-01-02T03:04:05Z",
		"kakao_account": map[string]any{"profile": map[string]any{"nickname": u.Name}}})
}

func (s *Server) scopes(w http.ResponseWriter, _ *http.Request, u *User) {
	s.mu.Lock()
	agreed := s.agreed(u)
	s.mu.Unlock()
	item := func(id, name string) map[string]any {
		return map[string]any{"id": id, "display_name": name, "type": "SERVICE", "using": true, "agreed": slices.Contains(agreed, id)}
	}
	s.answer(w, http.StatusOK, map[string]any{"id": u.ID, "scopes": []any{
		item("talk_message", "카카오톡 메시지 전송"), item("friends", "카카오 서비스 내 친구목록"), item("account_email", "카카오계정(이메일)")}})
}

func (s *Server) tokenInfo(w http.ResponseWriter, r *http.Request, u *User) {
	s.mu.Lock()
	left := s.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")].expires.Sub(s.now())
	s.mu.Unlock()
	s.answer(w, http.StatusOK, map[string]any{"id": u.ID, "expires_in": int(left / time.Second), "app_id": 1234})
}
