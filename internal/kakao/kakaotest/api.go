package kakaotest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wtm/internal/kakao"
)

// userID is the one user's member number.
const userID = 123456789

// bearer checks the access token and, for an api that needs it, the consent to talk_message.
func (s *Server) bearer(api string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		expires, known := s.access[token]
		now, scopes := s.now(), s.Scopes
		s.mu.Unlock()
		switch {
		case !ok:
			s.problem("%s came without a Bearer token", r.URL.Path)
			s.refuse(w, http.StatusUnauthorized, -401, "InvalidTokenException")
		case !known:
			s.refuse(w, http.StatusUnauthorized, -401, "this access token does not exist")
		case !now.Before(expires):
			s.refuse(w, http.StatusUnauthorized, -401, "this access token is already expired")
		case strings.HasPrefix(api, "TALK_") && !slices.Contains(scopes, "talk_message"):
			s.answer(w, http.StatusForbidden, map[string]any{"code": -402, "msg": "insufficient scopes.", "api_type": api,
				"required_scopes": []string{"talk_message"}, "allowed_scopes": scopes})
		default:
			next(w, r)
		}
	}
}

func (s *Server) me(w http.ResponseWriter, _ *http.Request) {
	s.answer(w, http.StatusOK, map[string]any{"id": userID, "connected_at": "2026-01-02T03:04:05Z",
		"kakao_account": map[string]any{"profile": map[string]any{"nickname": "tester"}}})
}

func (s *Server) scopes(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	agreed := s.Scopes
	s.mu.Unlock()
	item := func(id, name string) map[string]any {
		return map[string]any{"id": id, "display_name": name, "type": "SERVICE", "using": true, "agreed": slices.Contains(agreed, id)}
	}
	s.answer(w, http.StatusOK, map[string]any{"id": userID, "scopes": []any{
		item("talk_message", "카카오톡 메시지 전송"), item("account_email", "카카오계정(이메일)")}})
}

func (s *Server) tokenInfo(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	left := s.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")].Sub(s.now())
	s.mu.Unlock()
	s.answer(w, http.StatusOK, map[string]any{"id": userID, "expires_in": int(left / time.Second), "app_id": 1234})
}

// memo keeps a message that Kakao would take (https://developers.kakao.com/docs/ko/message-template/default).
func (s *Server) memo(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuse(w, http.StatusBadRequest, -2, "failed to parse parameter.")
		return
	}
	var object map[string]any
	if json.Unmarshal([]byte(r.PostForm.Get("template_object")), &object) != nil {
		s.refuse(w, http.StatusBadRequest, -2, "failed to parse parameter. name=template_object")
		return
	}
	text, _ := object["text"].(string)
	link, _ := object["link"].(map[string]any)
	web, _ := link["web_url"].(string)
	mobile, _ := link["mobile_web_url"].(string)
	if object["object_type"] != "text" || text == "" || web == "" && mobile == "" {
		s.problem("a template_object that Kakao refuses: object_type %v, text of %d units, link %v", object["object_type"], kakao.UTF16Len(text), link != nil)
		s.refuse(w, http.StatusBadRequest, -2, "failed to parse parameter. name=template_object")
		return
	}
	if n := kakao.UTF16Len(text); n > kakao.MaxText {
		if !s.TruncateText {
			s.problem("a text of %d units", n)
			s.refuse(w, http.StatusBadRequest, -2, fmt.Sprintf("text is too long: %d", n))
			return
		}
		runes := []rune(text)
		text = string(runes[:min(len(runes), kakao.MaxText)])
	}
	s.mu.Lock()
	s.delivered = append(s.delivered, Delivery{At: s.now(), Text: text, Link: web, Object: object})
	s.mu.Unlock()
	s.answer(w, http.StatusOK, map[string]any{"result_code": 0})
}
