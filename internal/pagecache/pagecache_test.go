package pagecache_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/fetch"
	"wtm/internal/pagecache"
)

// site answers each request with a page of a size, and counts them.
type site struct {
	body  []byte
	delay time.Duration

	mu    sync.Mutex
	asked map[string]int
}

func newSite(size int) *site {
	return &site{body: make([]byte, size), delay: time.Second, asked: map[string]int{}}
}

func (s *site) Fetch(_ context.Context, r fetch.Request) (fetch.Page, error) {
	time.Sleep(s.delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r.URL]++
	u, err := url.Parse(r.URL)
	if err == nil && u.Path == "/broken" {
		err = errors.New("broken")
	}
	return fetch.Page{URL: u, Body: s.body}, err
}

func (s *site) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, times := range s.asked {
		n += times
	}
	return n
}

// onHost is a request to a host of its own.
func onHost(n int) fetch.Request {
	return fetch.Request{URL: fmt.Sprintf("http://h%d.example.com/", n)}
}

func TestFewPagesAreReadAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		size int
		want int // pages at once
	}{
		"empty":                {0, runtime.GOMAXPROCS(0)},
		"usual":                {28 << 10, runtime.GOMAXPROCS(0)},
		"more than half of it": {pagecache.MaxReading/2 + 1, 1},
		"as large as may be":   {pagecache.MaxReading, 1},
		"larger":               {pagecache.MaxReading + 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const jobs, atOnce = 60, 16
				web := newSite(c.size)
				cache := pagecache.New(web)
				var mu sync.Mutex
				now, most, read, ahead := 0, 0, 0, 0
				count := func(change int) {
					mu.Lock()
					defer mu.Unlock()
					now, read = now+change, read+max(0, -change)
					most = max(most, now)
					ahead = max(ahead, web.total()-read)
				}
				var wait sync.WaitGroup
				for i := range jobs {
					wait.Go(func() {
						err := cache.Read(t.Context(), onHost(i), func(fetch.Page) error {
							count(1)
							time.Sleep(time.Minute)
							count(-1)
							return nil
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				wait.Wait()
				if read != jobs || most != c.want {
					t.Errorf("%d pages read, %d at once; want %d and %d", read, most, jobs, c.want)
				}
				if ahead > atOnce {
					t.Errorf("%d pages were fetched and not yet read, want %d at most", ahead, atOnce)
				}
			})
		})
	}
}

func TestEachPageIsAskedForOnceUntilTheyAreTooMuch(t *testing.T) {
	for name, c := range map[string]struct {
		size int
		want []int // how often each of four pages was asked for, when all are read twice, the first once more between
	}{
		"usual":               {28 << 10, []int{1, 1, 1, 1}},
		"just kept":           {pagecache.MaxKept / 4, []int{1, 1, 1, 1}},
		"one forgotten":       {pagecache.MaxKept/4 + 1, []int{1, 2, 2, 2}},
		"larger than is kept": {pagecache.MaxKept + 1, []int{3, 2, 2, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				web := newSite(c.size)
				cache := pagecache.New(web)
				for _, n := range []int{0, 1, 2, 0, 3, 0, 1, 2, 3} {
					if err := cache.Read(t.Context(), onHost(n), func(fetch.Page) error { return nil }); err != nil {
						t.Fatal(err)
					}
				}
				var got []int
				for n := range 4 {
					got = append(got, web.asked[onHost(n).URL])
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("asked (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestJobsShareARequest(t *testing.T) {
	web := newSite(pagecache.MaxReading)
	web.delay = 0
	cache := pagecache.New(web)
	var wait sync.WaitGroup
	for i := range 20 {
		for _, r := range []fetch.Request{onHost(0), {URL: "http://example.com/broken"}} {
			wait.Go(func() {
				err := cache.Read(t.Context(), r, func(fetch.Page) error { return fmt.Errorf("read by %d", i) })
				if want := fmt.Sprintf("read by %d", i); err == nil || err.Error() != want && err.Error() != "broken" {
					t.Errorf("err = %v, want %q or that the page is broken", err, want)
				}
			})
		}
	}
	wait.Wait()
	if got := web.total(); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

func TestWaitingToReadEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("run is over"))
		defer cancel()
		cache := pagecache.New(newSite(pagecache.MaxReading))
		done := make(chan error)
		for i := range 2 {
			go func() {
				done <- cache.Read(ctx, onHost(i), func(fetch.Page) error {
					time.Sleep(time.Hour)
					return nil
				})
			}()
		}
		const want = "waiting for other pages to be read: run is over"
		if err := <-done; err == nil || err.Error() != want {
			t.Errorf("err = %v, want %q", err, want)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
