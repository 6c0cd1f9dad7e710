package login_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/login"
)

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
