package pagecache

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"wtm/internal/fetch"
)

// Politeness: how many requests are under way at once, in all and to one host.
const (
	requestsAtOnce = 16
	requestsByHost = 2
)

// turns has requests wait for theirs.
type turns struct {
	all places

	mu    sync.Mutex
	hosts map[string]places
}

func newTurns() *turns {
	return &turns{all: make(places, requestsAtOnce), hosts: map[string]places{}}
}

// places are as many as requests may be under way at once.
type places chan struct{}

// take waits for a place, to be given back by leave.
func (p places) take(ctx context.Context) error {
	select {
	case p <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p places) leave() { <-p }

// ask makes a request when its turn comes. Its place among all is given back by leave; that of its host is free at once.
// Who waits for a host holds none of the places of all: a host that hangs takes two of them at most.
func (t *turns) ask(ctx context.Context, f Fetcher, r fetch.Request) (page fetch.Page, leave func(), err error) {
	nothing := func() {}
	host := hostOf(r.URL)
	own := t.at(host)
	if err := own.take(ctx); err != nil {
		return fetch.Page{}, nothing, &TurnError{Host: host, Err: err}
	}
	defer own.leave()
	if err := t.all.take(ctx); err != nil {
		return fetch.Page{}, nothing, &TurnError{Host: host, Err: err}
	}
	page, err = f.Fetch(ctx, r)
	return page, t.all.leave, err
}

func (t *turns) at(host string) places {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hosts[host] == nil {
		t.hosts[host] = make(places, requestsByHost)
	}
	return t.hosts[host]
}

// hostOf names the host of an address, with its port unless that is the usual one; empty when there is none.
func hostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "" // which fetching will refuse
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		return strings.TrimSuffix(host, ":80")
	case "https":
		return strings.TrimSuffix(host, ":443")
	}
	return host
}

// TurnError is a request whose turn did not come before the run was over.
type TurnError struct {
	Host string
	Err  error
}

func (e *TurnError) Error() string {
	return fmt.Sprintf("waiting for the requests before this one to %s: %v", e.Host, e.Err)
}

// Unwrap returns what ended the run.
func (e *TurnError) Unwrap() error { return e.Err }

// Hint says what shortens the wait.
func (e *TurnError) Hint() string {
	return fmt.Sprintf("%d requests go to a host at once; give its jobs different times in wtm.yml, or their sources a shorter `timeout:`", requestsByHost)
}
