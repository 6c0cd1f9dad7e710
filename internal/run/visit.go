package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/pagecache"
	"wtm/internal/scrape"
)

// visit brings the items of one source: it logs in where it has to, follows the pages, and opens what is behind the items.
type visit struct {
	source config.Source
	slot   time.Time
	pages  *pagecache.Cache
	jar    http.CookieJar
	// limit is how many items of the source are told at once with `send: new`; 0 means all.
	limit int
	// ids is how many different items the source has, those that an earlier one has too included.
	ids int
	// noNext says that the first page had no link to a next one, where one was looked for.
	noNext bool
}

// items returns the items of all pages, and notes the address of the first in data.
func (v *visit) items(ctx context.Context, data *compose.Data) ([]scrape.Item, error) {
	request, err := newRequest(v.source.Request, *data)
	if err != nil {
		return nil, err
	}
	// The address that templates see has no query that was added: it may hold a key.
	if data.Source.URL, err = v.source.URL.Execute(*data); err != nil {
		return nil, err
	}
	if err := v.logIn(ctx, compose.Data{Job: data.Job, Slot: data.Slot}); err != nil {
		return nil, err
	}
	var all []scrape.Item
	seen := map[string]bool{}
	for n := 1; ; n++ {
		var next string
		err := v.show(ctx, request, v.source.Wait, func(page fetch.Page) error {
			items, err := scrape.Find(page.Body, page.URL, v.source.Scrape, v.slot)
			if err != nil && (n == 1 || !nothing(err)) {
				return err
			}
			all = append(all, items...)
			seen[withoutFragment(request.URL)], seen[withoutFragment(page.URL.String())] = true, true
			if n < v.source.Pages {
				next = withoutFragment(scrape.NextPage(page.Body, page.URL, v.source.Next))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		v.noNext = v.noNext || n == 1 && next == "" && v.source.Pages > 1
		if next == "" || seen[next] {
			break
		}
		request = fetch.Request{URL: next, Header: v.headersFor(request, next)}
	}
	return scrape.Finish(all, v.source.Scrape, v.slot)
}

// withoutFragment drops what is behind #, which names a place on the same page.
func withoutFragment(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// nothing reports whether a page says that it has no items: the last page may.
func nothing(err error) bool {
	return errors.Is(err, scrape.ErrNone) || errors.Is(err, scrape.ErrEmpty)
}

// headersFor are the headers of the first page, for another address of the same site: they may hold keys.
func (v *visit) headersFor(first fetch.Request, address string) http.Header {
	from, err1 := url.Parse(first.URL)
	to, err2 := url.Parse(address)
	if err1 != nil || err2 != nil || !fetch.SameSite(from, to) {
		return nil
	}
	return first.Header
}

// logIn makes the request that logs in, whose cookies the others send.
func (v *visit) logIn(ctx context.Context, data compose.Data) error {
	if v.source.Login == nil {
		return nil
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	v.jar = jar
	request, err := newRequest(*v.source.Login, data)
	if err != nil {
		return fmt.Errorf("logging in to the site: %w", err)
	}
	if err := v.read(ctx, request, func(fetch.Page) error { return nil }); err != nil {
		return fmt.Errorf("logging in to the site: %w", err)
	}
	return nil
}

// show brings a page of the source to read, in the way that the source asks for.
func (v *visit) show(ctx context.Context, r fetch.Request, wait string, read func(fetch.Page) error) error {
	if v.source.Render {
		r.Render = &fetch.Render{Wait: wait, Zone: v.slot.Location().String()}
	}
	return v.read(ctx, r, read)
}

func (v *visit) read(ctx context.Context, r fetch.Request, read func(fetch.Page) error) error {
	r.Jar, r.Charset, r.Timeout = v.jar, v.source.Charset, v.source.Timeout
	return v.pages.Read(ctx, r, read)
}

// maxDetails is how many items' own pages are opened in a run: a message has no room for more.
const maxDetails = 20

// details adds to each item the fields of the page that it leads to. An item whose page cannot be read keeps empty fields:
// the others are still worth a message.
func (v *visit) details(ctx context.Context, items []scrape.Item) error {
	d := v.source.Detail
	if d == nil {
		return nil
	}
	first, err := newRequest(v.source.Request, compose.Data{Slot: v.slot})
	if err != nil {
		return err
	}
	errs := make([]error, min(len(items), maxDetails))
	opened := 0
	var wait sync.WaitGroup
	for i, item := range items {
		for _, f := range d.Fields {
			item[f.Name] = ""
		}
		link := item[d.Link]
		if link == "" || i >= maxDetails {
			continue
		}
		opened++
		wait.Go(func() {
			errs[i] = v.show(ctx, fetch.Request{URL: link, Header: v.headersFor(first, link)}, "", func(page fetch.Page) error {
				fields, err := scrape.Fields(page.Body, page.URL, d.Fields)
				maps.Copy(item, fields)
				return err
			})
		})
	}
	wait.Wait()
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if opened > 0 && len(errs) == opened {
		return fmt.Errorf("opening the items: %w", errs[0])
	}
	return nil
}
