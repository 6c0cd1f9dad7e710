package fetch_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/fetch"
)

// answer is what a scripted site does at one try: an error, or a status after a delay.
type answer struct {
	err        error
	status     int
	retryAfter string
	delay      time.Duration
	body       io.Reader
}

// site is a RoundTripper, because sockets do not stand still in a synctest bubble.
type site struct {
	answers []answer
	began   time.Time
	at      []time.Duration
	open    int
}

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(s.at) == 0 {
		s.began = time.Now()
	}
	a := s.answers[min(len(s.at), len(s.answers)-1)]
	s.at = append(s.at, time.Since(s.began))
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(a.delay):
	}
	if a.err != nil {
		return nil, a.err
	}
	s.open++
	resp := &http.Response{StatusCode: a.status, Header: http.Header{}, Request: r, ContentLength: -1}
	if a.retryAfter != "" {
		resp.Header.Set("Retry-After", a.retryAfter)
	}
	body := a.body
	if body == nil {
		body = strings.NewReader("밥")
	}
	resp.Body = &countedBody{Reader: body, open: &s.open}
	return resp, nil
}

type countedBody struct {
	io.Reader
	open   *int
	closed bool
}

func (b *countedBody) Close() error {
	if !b.closed {
		b.closed = true
		*b.open--
	}
	return nil
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRetry(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("unreachable")}
	reset := &net.OpError{Op: "read", Err: errors.New("reset")}
	s := time.Second
	ok := answer{status: 200}
	for _, tc := range []struct {
		name    string
		method  string
		answers []answer
		at      []time.Duration // when the tries began
		wantErr string
	}{
		{"first time", "GET", []answer{ok}, []time.Duration{0}, ""},
		{"500 then fine", "GET", []answer{{status: 500}, ok}, []time.Duration{0, s}, ""},
		{"always 503", "GET", []answer{{status: 503}}, []time.Duration{0, s, 3 * s}, "answered 503"},
		{"404 is final", "GET", []answer{{status: 404}}, []time.Duration{0}, "answered 404"},
		{"501 is final", "GET", []answer{{status: 501}}, []time.Duration{0}, "answered 501"},
		{"Retry-After is kept", "GET", []answer{{status: 429, retryAfter: "7"}, ok}, []time.Duration{0, 7 * s}, ""},
		{"Retry-After of the longest", "GET", []answer{{status: 503, retryAfter: "30"}, ok}, []time.Duration{0, 30 * s}, ""},
		{"Retry-After is too late", "GET", []answer{{status: 503, retryAfter: "31"}, ok}, []time.Duration{0}, "answered 503"},
		{"Retry-After of a second try is too late", "GET", []answer{{status: 500}, {status: 429, retryAfter: "3600"}, ok}, []time.Duration{0, s}, "answered 429"},
		{"Retry-After is a date", "GET", []answer{{status: 429, retryAfter: "Sat, 01 Jan 2000 00:00:20 GMT"}, ok}, []time.Duration{0, 20 * s}, ""},
		{"Retry-After is a late date", "GET", []answer{{status: 429, retryAfter: "Sun, 02 Jan 2000 00:00:20 GMT"}, ok}, []time.Duration{0}, "answered 429"},
		{"Retry-After that overflows", "GET", []answer{{status: 503, retryAfter: "9223372037"}, ok}, []time.Duration{0}, "answered 503"},
		{"reset then fine", "GET", []answer{{err: reset}, ok}, []time.Duration{0, s}, ""},
		{"cut body then fine", "GET", []answer{{status: 200, body: failingReader{}}, ok}, []time.Duration{0, s}, ""},
		{"cut body always", "GET", []answer{{status: 200, body: failingReader{}}}, []time.Duration{0, s, 3 * s}, "broke off"},
		{"silence", "GET", []answer{{delay: time.Hour}}, []time.Duration{0, 16 * s, 33 * s}, "in time"},
		{"POST 503", "POST", []answer{{status: 503}, ok}, []time.Duration{0}, "answered 503"},
		{"POST reset", "POST", []answer{{err: reset}, ok}, []time.Duration{0}, "broke off"},
		{"POST cut body", "POST", []answer{{status: 200, body: failingReader{}}, ok}, []time.Duration{0}, "broke off"},
		{"POST not connected", "POST", []answer{{err: dial}, ok}, []time.Duration{0, s}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				web := &site{answers: tc.answers}
				page, err := (&fetch.Client{Transport: web}).Fetch(t.Context(), fetch.Request{Method: tc.method, URL: "http://example.com/?key=hidden"})
				if diff := cmp.Diff(tc.at, web.at); diff != "" {
					t.Errorf("tries (-want +got):\n%s", diff)
				}
				if web.open != 0 {
					t.Errorf("%d bodies left open", web.open)
				}
				if tc.wantErr == "" {
					if err != nil || string(page.Body) != "밥" {
						t.Errorf("got %q, %v", page.Body, err)
					}
					return
				}
				if err == nil || !strings.Contains(err.Error(), tc.wantErr) || strings.Contains(err.Error(), "hidden") {
					t.Errorf("err = %v, want %q and no query", err, tc.wantErr)
				}
				if h, ok := errors.AsType[interface {
					error
					Hint() string
				}](err); !ok || h.Hint() == "" {
					t.Errorf("err = %v has no hint", err)
				}
			})
		})
	}
}

func TestTimeoutOfRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := &site{answers: []answer{{delay: time.Hour}}}
		began := time.Now()
		_, err := (&fetch.Client{Transport: web}).Fetch(t.Context(), fetch.Request{Method: "POST", URL: "http://example.com/", Timeout: 4 * time.Second})
		if e, ok := errors.AsType[*fetch.NetworkError](err); !ok || e.Kind != fetch.TroubleTimeout {
			t.Errorf("err = %v, want a timeout", err)
		}
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("took %v, want 4s", took)
		}
	})
}

func TestCancelWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 500*time.Millisecond, fmt.Errorf("run is over"))
		defer cancel()
		web := &site{answers: []answer{{status: 503}}}
		_, err := (&fetch.Client{Transport: web}).Fetch(ctx, fetch.Request{URL: "http://example.com/"})
		if err == nil || !strings.Contains(err.Error(), "run is over") || len(web.at) != 1 {
			t.Errorf("%d tries, err = %v; want one and the cause", len(web.at), err)
		}
	})
}

func TestNetworkTrouble(t *testing.T) {
	for _, tc := range []struct {
		name string
		err  error
		want fetch.Trouble
	}{
		{"refused", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, fetch.TroubleRefused},
		{"no such name", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "x.invalid", IsNotFound: true}}, fetch.TroubleDNS},
		{"slow name server", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "i/o timeout", IsTimeout: true}}, fetch.TroubleTimeout},
		{"alert", &net.OpError{Op: "remote error", Err: tls.AlertError(40)}, fetch.TroubleTLS},
		{"reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, fetch.TroubleBroken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				web := &site{answers: []answer{{err: tc.err}}}
				_, err := (&fetch.Client{Transport: web}).Fetch(t.Context(), fetch.Request{URL: "https://user:hidden@example.com/menu?key=hidden#hidden"})
				e, ok := errors.AsType[*fetch.NetworkError](err)
				if !ok || e.Kind != tc.want || e.URL != "https://example.com/menu" {
					t.Fatalf("err = %#v, want trouble %q", err, tc.want)
				}
				if strings.Contains(err.Error()+e.Hint(), "hidden") {
					t.Errorf("the error shows user or query: %v", err)
				}
			})
		})
	}
}
