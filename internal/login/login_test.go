package login_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wtm/internal/kakao"
	"wtm/internal/login"
)

const (
	clientID = "rest-api-key"
	code     = "code-that-works-once"
)

// server plays as much of Kakao as a login meets.
type server struct {
	*httptest.Server
	scopes string // the list that /v2/user/scopes answers
	spent  bool
}

func newServer(t testing.TB) *server {
	t.Helper()
	s := &server{scopes: `{"id":"talk_message","display_name":"카카오톡 메시지 전송","type":"SERVICE","using":true,"agreed":true,"revocable":true}`}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("client_id") != clientID || q.Get("response_type") != "code" || q.Get("scope") != "talk_message" || len(q.Get("state")) < 20 {
			t.Errorf("authorize query = %v", q)
		}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		if r.PostFormValue("code") != code || s.spent {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":"invalid_grant","error_description":"authorization code not found","error_code":"KOE320"}`)
			return
		}
		s.spent = true
		io.WriteString(w, `{"token_type":"bearer","access_token":"access","expires_in":21599,"refresh_token":"refresh","refresh_token_expires_in":5183999,"scope":"talk_message"}`)
	})
	api := func(body func() string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Authorization"); got != "Bearer access" {
				t.Errorf("%s: Authorization = %q", r.URL.Path, got)
			}
			w.Header().Set("Content-Type", "application/json;charset=UTF-8")
			io.WriteString(w, body())
		}
	}
	mux.HandleFunc("/v2/user/me", api(func() string { return `{"id":9007199254740993,"properties":{"nickname":"밥"}}` }))
	mux.HandleFunc("/v2/user/scopes", api(func() string { return `{"id":9007199254740993,"scopes":[` + s.scopes + `]}` }))
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *server) client() *kakao.Client {
	return &kakao.Client{AuthURL: s.URL, APIURL: s.URL, ClientID: clientID, ClientSecret: "client-secret"}
}

// freeURI is a redirect URI whose port nobody uses.
func freeURI(t testing.TB, host string) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprintf("http://%s:%d/callback", host, l.Addr().(*net.TCPAddr).Port)
}

// visit is the browser: it follows redirects and returns the status and the text of the last page.
func visit(t testing.TB, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Errorf("visiting: %v", err)
		return 0, ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("reading the page: %v", err)
	}
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode == 200 && ct != "text/html; charset=utf-8" {
		t.Errorf("Content-Type = %q", ct)
	}
	return resp.StatusCode, string(b)
}

func stateOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("state")
}

func TestPasted(t *testing.T) {
	const uri = "http://localhost:3000/callback"
	for _, tc := range []struct {
		name, address string
		want          string // of the error
	}{
		{"plain", uri + "?code=" + code, ""},
		{"with a state", uri + "?code=" + code + "&state=of-another-process", ""},
		{"white space and quotes", " \n'" + uri + "?code=" + code[:5] + "\r\n " + code[5:] + "'\t", ""},
		{"no scheme", "localhost:3000/callback?code=" + code, ""},
		{"capitals in the host", "HTTP://LocalHost:3000/callback?code=" + code, ""},
		{"empty", "  ", "it is empty"},
		{"no code", uri, "no code="},
		{"empty code", uri + "?code=&state=x", "no code="},
		{"cancelled", uri + "?error=access_denied&error_description=User%20denied%20access", "cancelled"},
		{"another path", "http://localhost:3000/?code=" + code, "redirect URI " + uri},
		{"another port", "http://localhost:3001/callback?code=" + code, "redirect URI " + uri},
		{"another scheme", "https://localhost:3000/callback?code=" + code, "redirect URI " + uri},
		{"another host", "http://localhost.example.com:3000/callback?code=" + code, "redirect URI " + uri},
		{"the code alone", code, "not a whole address"},
		{"broken", "http://[" + code, "not a whole address"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g, err := login.Flow{Client: newServer(t).client(), RedirectURI: uri}.Pasted(t.Context(), tc.address)
			if tc.want == "" {
				if err != nil || g.RefreshToken.Reveal() != "refresh" {
					t.Errorf("Pasted: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("err = %v, want %q", err, tc.want)
			}
			if h, ok := errors.AsType[interface {
				error
				Hint() string
			}](err); !ok || !strings.Contains(h.Hint(), "wtm login") || strings.Contains(h.Hint(), code) {
				t.Errorf("err = %v lacks a hint", err)
			}
			if strings.Contains(err.Error(), code) {
				t.Errorf("the error shows the code: %v", err)
			}
		})
	}
	t.Run("code refused", func(t *testing.T) {
		_, err := login.Flow{Client: newServer(t).client(), RedirectURI: uri}.Pasted(t.Context(), uri+"?code=secret-code-9")
		if err == nil || strings.Contains(err.Error(), "secret-code-9") {
			t.Errorf("err = %v, want one without the code", err)
		}
	})
}

func TestVerify(t *testing.T) {
	for _, tc := range []struct {
		name, scopes string
		wantHint     string
	}{
		{"agreed", `{"id":"profile_nickname","using":true,"agreed":true},{"id":"talk_message","using":true,"agreed":true}`, ""},
		{"not agreed", `{"id":"talk_message","using":true,"agreed":false}`, "tick 카카오톡 메시지 전송"},
		{"friends not agreed", `{"id":"talk_message","using":true,"agreed":true},{"id":"friends","using":true,"agreed":false}`, "tick 카카오 서비스 내 친구목록 (friends)"},
		{"not switched on", `{"id":"profile_nickname","using":true,"agreed":true}`, "https://developers.kakao.com"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			s.scopes = tc.scopes
			user, err := login.Flow{Client: s.client(), Friends: strings.HasPrefix(tc.name, "friends")}.Verify(t.Context(), kakao.Grant{AccessToken: "access"})
			if tc.wantHint == "" {
				if err != nil || user.ID != 9007199254740993 {
					t.Errorf("Verify = %+v, %v", user, err)
				}
				return
			}
			e, ok := errors.AsType[*login.ScopeError](err)
			if !ok || e.ExitCode() != 3 || !strings.Contains(e.Hint(), tc.wantHint) {
				t.Errorf("err = %v, want a ScopeError with hint %q", err, tc.wantHint)
			}
		})
	}
}
