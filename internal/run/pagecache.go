package run

import (
	"context"
	"fmt"
	"net/url"
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
	places chan struct{}

	mu      sync.Mutex
	entries map[string]*pageEntry
	hosts   map[string]chan struct{}
}

type pageEntry struct {
	once sync.Once
	page fetch.Page
	err  error
}

func newPageCache(pages Pages) *pageCache {
	return &pageCache{pages: pages, places: make(chan struct{}, requestsAtOnce), entries: map[string]*pageEntry{}, hosts: map[string]chan struct{}{}}
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
	host := c.host(r.URL)
	c.mu.Unlock()
	entry.once.Do(func() {
		host <- struct{}{}
		defer func() { <-host }()
		c.places <- struct{}{}
		defer func() { <-c.places }()
		entry.page, entry.err = c.pages.Fetch(ctx, r)
	})
	return entry.page, entry.err
}

// host returns the places of an address's host. The caller holds the lock.
func (c *pageCache) host(address string) chan struct{} {
	name := address
	if u, err := url.Parse(address); err == nil {
		name = u.Host
	}
	if c.hosts[name] == nil {
		c.hosts[name] = make(chan struct{}, requestsByHost)
	}
	return c.hosts[name]
}
