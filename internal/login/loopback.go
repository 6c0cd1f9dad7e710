package login

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"syscall"
	"time"

	"wtm/internal/kakao"
	"wtm/internal/secret"
)

const (
	// goodbye is how long the last page may take to reach the browser.
	goodbye = 2 * time.Second
	// headerTimeout cuts off connections that a browser opens and never uses.
	headerTimeout = 10 * time.Second
)

// Loopback shows Kakao's login page and waits for the browser to come back to the redirect URI on this machine.
func (f Flow) Loopback(ctx context.Context) (kakao.Grant, error) {
	u, err := loopbackURI(f.RedirectURI)
	if err != nil {
		return kakao.Grant{}, err
	}
	listeners, err := listen(ctx, u)
	if err != nil {
		return kakao.Grant{}, err
	}
	oauthState := rand.Text()
	c := &callback{
		path:       cmp.Or(u.Path, "/"),
		oauthState: oauthState,
		exchange: func(code secret.Value) (kakao.Grant, error) {
			return f.Client.Exchange(ctx, code, f.RedirectURI)
		},
		result: make(chan result, 1),
	}
	server := &http.Server{Handler: c, ReadHeaderTimeout: headerTimeout}
	for _, l := range listeners {
		go server.Serve(l)
	}
	defer shutdown(ctx, server)

	address := f.page(oauthState)
	f.print("Log in to Kakao at this address:")
	f.print(address)
	f.print("Without a browser on this machine: log in elsewhere, end this with Ctrl+C, and run `wtm login --redirected-url -`.")
	return f.wait(ctx, c, f.open(address))
}

// Address returns the login page for a person who will paste the address that the browser is sent to ([Flow.Pasted]).
func (f Flow) Address() string { return f.page("") }

// open starts the browser without waiting for it: some programs return only when the person closes them.
func (f Flow) open(address string) <-chan error {
	if f.Open == nil {
		return nil
	}
	opened := make(chan error, 1)
	go func() { opened <- f.Open(address) }()
	return opened
}

func (f Flow) wait(ctx context.Context, c *callback, opened <-chan error) (kakao.Grant, error) {
	limit := cmp.Or(f.Timeout, DefaultTimeout)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case r := <-c.result:
			return r.grant, r.err
		case err := <-opened:
			opened = nil
			if err != nil {
				f.print("The browser did not start; open the address yourself.")
			}
		case <-timer.C:
			// A code that came in the last second is still exchanged: it works only once.
			if !c.taken.Load() {
				return kakao.Grant{}, &TimeoutError{After: limit}
			}
		case <-ctx.Done():
			return kakao.Grant{}, fmt.Errorf("waiting for the Kakao login: %w", context.Cause(ctx))
		}
	}
}

// shutdown lets the last page out, also when ctx has ended, but does not wait for connections that a browser keeps open.
func shutdown(ctx context.Context, s *http.Server) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if s.Shutdown(ctx) != nil {
		s.Close()
	}
}

func loopbackURI(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, &RedirectURIError{Reason: "is not an address"}
	}
	if u.Scheme != "http" {
		return nil, &RedirectURIError{Reason: "does not begin with http://, so nothing on this machine can answer it"}
	}
	if h := u.Hostname(); h != "localhost" && h != "127.0.0.1" {
		return nil, &RedirectURIError{Reason: "names another host than localhost or 127.0.0.1"}
	}
	return u, nil
}

// listen binds the loopback addresses that a browser may try for u: localhost is ::1 first on many systems.
func listen(ctx context.Context, u *url.URL) ([]net.Listener, error) {
	port := cmp.Or(u.Port(), "80")
	var lc net.ListenConfig
	l4, err := lc.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, &ListenError{Port: port, Err: err}
	}
	if u.Hostname() != "localhost" {
		return []net.Listener{l4}, nil
	}
	l6, err := lc.Listen(ctx, "tcp6", net.JoinHostPort("::1", port))
	switch {
	case err == nil:
		return []net.Listener{l4, l6}, nil
	case errors.Is(err, syscall.EADDRINUSE):
		// Another program would get the browser, and with it the code.
		l4.Close()
		return nil, &ListenError{Port: port, Err: err}
	}
	return []net.Listener{l4}, nil // a machine without IPv6
}

type result struct {
	grant kakao.Grant
	err   error
}

// callback answers the browser that Kakao sends back.
type callback struct {
	path       string
	oauthState string
	exchange   func(secret.Value) (kakao.Grant, error)
	taken      atomic.Bool
	result     chan result
}

func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != c.path {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	q := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.oauthState)) != 1 {
		writePage(w, http.StatusBadRequest, strangePage())
		return
	}
	code, err := answer(q)
	if _, ok := errors.AsType[*AddressError](err); ok {
		// Not from Kakao, which sends one or the other; the true answer may still come.
		writePage(w, http.StatusBadRequest, strangePage())
		return
	}
	if !c.taken.CompareAndSwap(false, true) {
		writePage(w, http.StatusConflict, twicePage())
		return
	}
	var grant kakao.Grant
	if err == nil {
		grant, err = c.exchange(code)
	}
	if err != nil {
		writePage(w, http.StatusOK, failedPage(err))
	} else {
		writePage(w, http.StatusOK, donePage())
	}
	c.result <- result{grant: grant, err: err}
}
