package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/pagecache"
	"wtm/internal/scrape"
)

// finding is an item with what makes it the same one on the next run, and the visit that can open its page.
type finding struct {
	scrape.Item
	id    string
	visit *visit
}

// gather brings the items of all of a job's sources, in the order of the config, and notes the address of the first source
// in data. An item that an earlier source has, too, comes once. Sources that fail beside one that has items are in broken;
// without any item, what the sources say is the error: a failure rather than that there is nothing today.
func gather(ctx context.Context, pages *pagecache.Cache, d slot, data *compose.Data) (found []finding, broken, err error) {
	sources := d.job.Sources
	visits := make([]*visit, len(sources))
	items, errs := make([][]scrape.Item, len(sources)), make([]error, len(sources))
	known := make([]compose.Data, len(sources))
	var wait sync.WaitGroup
	for i, source := range sources {
		if d.job.Send == config.SendNew {
			source.Scrape.Pipeline.Limit = 0 // which is for what is told: see news
		}
		visits[i], known[i] = &visit{source: source, slot: d.at, pages: pages, limit: sources[i].Scrape.Pipeline.Limit}, *data
		wait.Go(func() { items[i], errs[i] = visits[i].items(ctx, &known[i]) })
	}
	wait.Wait()
	data.Source = known[0].Source
	var silent error
	met := map[string]bool{}
	for i := range sources {
		switch err := errs[i]; {
		case nothing(err) && silent == nil:
			silent = err
		case nothing(err):
		case err != nil && len(sources) > 1:
			broken = errors.Join(broken, fmt.Errorf("source %d: %w", i+1, err))
		case err != nil:
			broken = err
		}
		of, err := identified(d, visits[i], items[i])
		if err != nil {
			return nil, nil, err
		}
		for _, f := range of {
			if !met[f.id] {
				found = append(found, f)
			}
		}
		own := map[string]bool{}
		for _, f := range of {
			met[f.id], own[f.id] = true, true
		}
		visits[i].ids = len(own)
	}
	if len(found) > 0 {
		return found, broken, nil
	}
	if broken != nil {
		return nil, nil, broken
	}
	return nil, nil, silent
}

// identified gives each item its identity.
func identified(d slot, v *visit, items []scrape.Item) ([]finding, error) {
	var all []finding
	for _, item := range items {
		id := identity(item)
		if !d.job.ID.IsZero() {
			var err error
			if id, err = d.job.ID.ExecuteItem(item, d.at); err != nil {
				return nil, fmt.Errorf("filling in the id: %w", err)
			}
		}
		all = append(all, finding{item, id, v})
	}
	return all, nil
}

// identity is what makes an item the same one on the next run: its id, as feeds have one, else its link, else its content.
func identity(item scrape.Item) string {
	if id := cmp.Or(item["id"], item["link"]); id != "" {
		return id
	}
	return fmt.Sprint(map[string]string(item)) // fmt prints maps in key order
}

// openDetails takes more fields from the pages behind the items, source by source.
func openDetails(ctx context.Context, found []finding) error {
	var errs []error
	of := map[*visit][]scrape.Item{}
	var order []*visit
	for _, f := range found {
		if of[f.visit] == nil {
			order = append(order, f.visit)
		}
		of[f.visit] = append(of[f.visit], f.Item)
	}
	for _, v := range order {
		errs = append(errs, v.details(ctx, of[v]))
	}
	return errors.Join(errs...)
}
