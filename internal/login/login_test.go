package login_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

func TestLoopback(t *testing.T) {
	for _, host := range []string{"localhost", "127.0.0.1"} {
		t.Run(host, func(t *testing.T) {
			s := newServer(t)
			var printed strings.Builder
			var text string
			seen := make(chan struct{})
			f := login.Flow{
				Client: s.client(), RedirectURI: freeURI(t, host),
				Print: func(line string) { printed.WriteString(line + "\n") },
				Open: func(address string) error {
					defer close(seen)
					_, text = visit(t, address)
					return nil
				},
			}
			g, err := f.Loopback(t.Context())
			if err != nil {
				t.Fatalf("Loopback: %v", err)
			}
			<-seen
			if g.AccessToken.Reveal() != "access" || g.RefreshToken.Reveal() != "refresh" {
				t.Errorf("grant = %q, %q", g.AccessToken.Reveal(), g.RefreshToken.Reveal())
			}
			if !strings.Contains(text, "되었습니다") || !strings.Contains(text, "Logged in") || strings.Contains(text, code) {
				t.Errorf("page = %s", text)
			}
			if !strings.Contains(printed.String(), s.URL+"/oauth/authorize?") {
				t.Errorf("printed %q, want the address", printed.String())
			}
		})
	}
}

func TestLoopbackKeepsWaiting(t *testing.T) {
	s := newServer(t)
	uri := freeURI(t, "127.0.0.1")
	done := make(chan struct{})
	var got []string
	f := login.Flow{Client: s.client(), RedirectURI: uri, Open: func(address string) error {
		defer close(done)
		state := stateOf(address)
		for _, a := range []string{
			strings.Replace(uri, "/callback", "/favicon.ico", 1),
			strings.Replace(uri, "/callback", "/callback/x?code=a&state="+state, 1),
			uri + "?code=other&state=wrong",
			uri + "?code=other",
			uri + "?error=access_denied&state=wrong",
			uri + "?state=" + state,
		} {
			status, _ := visit(t, a)
			got = append(got, fmt.Sprint(status))
		}
		resp, err := http.Post(uri+"?code=other&state="+state, "text/plain", nil)
		if err != nil {
			return err
		}
		resp.Body.Close()
		got = append(got, resp.Status[:3])
		status, _ := visit(t, address)
		got = append(got, fmt.Sprint(status))
		return nil
	}}
	g, err := f.Loopback(t.Context())
	if err != nil || g.AccessToken.Reveal() != "access" {
		t.Fatalf("Loopback: %v", err)
	}
	<-done
	if diff := cmp.Diff([]string{"404", "404", "400", "400", "400", "400", "405", "200"}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestLoopbackFailures(t *testing.T) {
	for _, tc := range []struct {
		name, query    string
		want, wantPage string
	}{
		{"cancelled", "error=access_denied&error_description=User+denied+access", "cancelled", "access_denied"},
		{"refused", "error=invalid_scope", "invalid_scope", "talk_message"},
		{"hostile error", "error=%3Cscript%3Ealert(1)", "(unknown)", "(unknown)"},
		{"code refused", "code=secret-code-9", "", "did not work"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			uri := freeURI(t, "127.0.0.1")
			done := make(chan struct{})
			var text string
			f := login.Flow{Client: s.client(), RedirectURI: uri, Open: func(address string) error {
				defer close(done)
				_, text = visit(t, uri+"?"+tc.query+"&state="+stateOf(address))
				return nil
			}}
			_, err := f.Loopback(t.Context())
			<-done
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %q", err, tc.want)
			}
			if !strings.Contains(text, tc.wantPage) || !strings.Contains(text, "못했습니다") {
				t.Errorf("page lacks %q:\n%s", tc.wantPage, text)
			}
			if strings.Contains(fmt.Sprint(err)+text, "secret-code-9") || strings.Contains(text, "<script") {
				t.Errorf("the code or a script shows: %v\n%s", err, text)
			}
		})
	}
}

func TestLoopbackBusyPort(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := login.Flow{
		Client: newServer(t).client(), RedirectURI: "http://" + l.Addr().String() + "/callback",
		Print: func(string) { t.Error("the address was shown before the port was bound") },
		Open:  func(string) error { t.Error("the browser was opened before the port was bound"); return nil },
	}
	_, err = f.Loopback(t.Context())
	e, ok := errors.AsType[*login.ListenError](err)
	if !ok || !strings.Contains(e.Hint(), "wtm login --redirected-url") {
		t.Errorf("err = %v, want a ListenError that hints at --redirected-url", err)
	}
}

func TestLoopbackRedirectURI(t *testing.T) {
	for _, uri := range []string{"", "https://localhost:3000/callback", "http://example.com:3000/", "http://localhost.example.com/", "http://0.0.0.0:3000/", "http://[::1/"} {
		_, err := login.Flow{Client: newServer(t).client(), RedirectURI: uri}.Loopback(t.Context())
		if _, ok := errors.AsType[*login.RedirectURIError](err); !ok {
			t.Errorf("%q: err = %v, want a RedirectURIError", uri, err)
		}
	}
}

func TestLoopbackEnds(t *testing.T) {
	t.Run("nobody comes", func(t *testing.T) {
		f := login.Flow{Client: newServer(t).client(), RedirectURI: freeURI(t, "127.0.0.1"), Timeout: time.Millisecond}
		_, err := f.Loopback(t.Context())
		if e, ok := errors.AsType[*login.TimeoutError](err); !ok || e.ExitCode() != 3 {
			t.Errorf("err = %v, want a TimeoutError", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		f := login.Flow{Client: newServer(t).client(), RedirectURI: freeURI(t, "127.0.0.1"), Print: func(string) { cancel(errors.New("interrupted")) }}
		if _, err := f.Loopback(ctx); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("err = %v, want the cause", err)
		}
	})
	t.Run("no browser", func(t *testing.T) {
		uri := freeURI(t, "127.0.0.1")
		lines := make(chan string, 10)
		f := login.Flow{
			Client: newServer(t).client(), RedirectURI: uri,
			Print: func(line string) { lines <- line },
			Open:  func(string) error { return errors.New("no browser") },
		}
		go func() {
			var address string
			for line := range lines {
				if strings.HasPrefix(line, "http") {
					address = line
				}
				if strings.Contains(line, "open the address yourself") {
					visit(t, address)
					return
				}
			}
		}()
		if _, err := f.Loopback(t.Context()); err != nil {
			t.Errorf("Loopback: %v", err)
		}
	})
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
