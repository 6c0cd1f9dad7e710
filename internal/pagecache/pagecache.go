// Package pagecache brings the pages of one run, and is polite and bounded about it: each is asked for once, few at a time,
// and few of them, and of what is made of them, are in memory at once.
package pagecache

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/semaphore"

	"wtm/internal/fetch"
)

// Fetcher makes requests; [fetch.Client] is one.
type Fetcher interface {
	Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error)
}

const (
	// MaxReading is how many bytes of pages are read at once: as many as one page may have. A document takes 20 to 60 times
	// the memory of its text.
	MaxReading = fetch.DefaultMaxBytes
	// MaxKept is how many bytes of pages are kept for who asks for them next.
	MaxKept = 32 << 20
)

// Cache makes each request once, however many jobs ask for it, and no more than a few at once.
type Cache struct {
	fetcher Fetcher
	turns   *turns
	reading *semaphore.Weighted // of MaxReading

	mu       sync.Mutex
	requests map[string]*request
	kept     []*request // those that were read, the one read longest ago first
	size     int        // of the pages that are kept
}

// request is one that is made, or was.
type request struct {
	key  string
	jar  http.CookieJar // whose address is in the key: it must not become another's
	once sync.Once
	page fetch.Page
	err  error
}

// New returns a cache of what f brings.
func New(f Fetcher) *Cache {
	return &Cache{fetcher: f, turns: newTurns(), reading: semaphore.NewWeighted(MaxReading), requests: map[string]*request{}}
}

// Read brings a page and has read take from it what is wanted; the page itself must not be kept. A request that failed
// fails for all who make it. When the pages that were read come to more than [MaxKept], the one read longest ago is
// forgotten: who wants it then has it fetched again.
func (c *Cache) Read(ctx context.Context, r fetch.Request, read func(fetch.Page) error) error {
	q := c.request(r)
	leave := func() {}
	q.once.Do(func() { q.page, leave, q.err = c.turns.ask(ctx, c.fetcher, r) })
	// Only when it has been read its place is free for another: pages come no faster than they are read.
	defer leave()
	if q.err != nil {
		return q.err
	}
	share := weight(q.page)
	if err := c.reading.Acquire(ctx, share); err != nil {
		return fmt.Errorf("waiting for other pages to be read: %w", context.Cause(ctx))
	}
	defer c.reading.Release(share)
	defer c.keep(q)
	return read(q.page)
}

// weight is a page's share of MaxReading: its size, and so much that there are no more pages than processors.
func weight(page fetch.Page) int64 {
	return int64(min(max(len(page.Body), MaxReading/runtime.GOMAXPROCS(0)), MaxReading))
}

func (c *Cache) request(r fetch.Request) *request {
	// What is behind a login is another page for each login.
	key := fmt.Sprintf("%s %s %v %s %s %p %v %+v", r.Method, r.URL, r.Header, r.Form.Encode(), r.Charset, r.Jar, r.Raw, r.Render)
	c.mu.Lock()
	defer c.mu.Unlock()
	q, ok := c.requests[key]
	if !ok {
		q = &request{key: key, jar: r.Jar}
		c.requests[key] = q
	}
	return q
}

// keep has a page that was read kept, and forgets others where they are too much together.
func (c *Cache) keep(q *request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.kept, q); i >= 0 {
		c.kept = append(slices.Delete(c.kept, i, i+1), q)
		return
	}
	if c.requests[q.key] != q {
		return // forgotten while it was read once more
	}
	c.kept = append(c.kept, q)
	c.size += len(q.page.Body)
	for c.size > MaxKept {
		first := c.kept[0]
		c.kept = slices.Delete(c.kept, 0, 1)
		c.size -= len(first.page.Body)
		delete(c.requests, first.key)
	}
}
