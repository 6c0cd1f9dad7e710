package run

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

// pageCache makes each request once a run, however many jobs ask for it, and no more than a few at once.
type pageCache struct {
	pages  Pages
	places places

	mu      sync.Mutex
	entries map[string]*pageEntry
	hosts   map[string]places
}

type pageEntry struct {
	once sync.Once
	page fetch.Page
	err  error
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

func newPageCache(pages Pages) *pageCache {
	return &pageCache{pages: pages, places: make(places, requestsAtOnce), entries: map[string]*pageEntry{}, hosts: map[string]places{}}
}

func (c *pageCache) fetch(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	// What is behind a login is another page for each login.
	key := fmt.Sprintf("%s %s %v %s %s %p %v %+v", r.Method, r.URL, r.Header, r.Form.Encode(), r.Charset, r.Jar, r.Raw, r.Render)
	c.mu.Lock()
	entry, ok := c.entries[key]
	if !ok {
		entry = new(pageEntry)
		c.entries[key] = entry
	}
	c.mu.Unlock()
	entry.once.Do(func() { entry.page, entry.err = c.ask(ctx, r) })
	return entry.page, entry.err
}

// ask makes a request when its turn comes. Who waits for a host holds none of the places of all: a host that hangs takes
// two of them at most.
func (c *pageCache) ask(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	host := hostOf(r.URL)
	own := c.placesAt(host)
	if err := own.take(ctx); err != nil {
		return fetch.Page{}, &TurnError{Host: host, Err: err}
	}
	defer own.leave()
	if err := c.places.take(ctx); err != nil {
		return fetch.Page{}, &TurnError{Host: host, Err: err}
	}
	defer c.places.leave()
	return c.pages.Fetch(ctx, r)
}

func (c *pageCache) placesAt(host string) places {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hosts[host] == nil {
		c.hosts[host] = make(places, requestsByHost)
	}
	return c.hosts[host]
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
