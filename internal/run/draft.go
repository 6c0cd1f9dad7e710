package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/scrape"
	"wtm/internal/state"
)

// draft is a due slot with what would be sent, or with why nothing is.
type draft struct {
	slot
	parts []kakao.Template
	// ids are the identities of the page's items, to be remembered with `send: new`.
	ids     []string
	items   int
	outcome Outcome // what the slot comes to when parts is empty
	err     error
	// source is the first source, as templates see it.
	source compose.SourceData
	// broken are the sources that failed beside those whose items are sent.
	broken error
}

// startDrafts fetches, scrapes and composes all due slots at the same time.
func (r *Runner) startDrafts(ctx context.Context, s state.State, due []slot, o Options) *drafts {
	all := &drafts{list: make([]draft, len(due)), finished: make(chan int, len(due)), left: len(due), done: make([]bool, len(due))}
	pages := newPageCache(r.Pages)
	for i, d := range due {
		all.slots, all.jobs = append(all.slots, d.at), append(all.jobs, d.job.Name)
		go func() {
			made := r.draftOne(ctx, pages, s, d, o)
			all.list[i] = made
			all.finished <- i
		}()
	}
	return all
}

func (r *Runner) draftOne(ctx context.Context, pages *pageCache, s state.State, d slot, o Options) draft {
	out := draft{slot: d}
	data := compose.Data{Job: d.job.Name, Slot: d.at}
	note := "" // what the message says beside the items
	found, broken, err := gather(ctx, pages, d, &data)
	out.items, out.source = len(found), data.Source
	switch {
	case errors.Is(err, scrape.ErrNone):
		return nothingToday(out, data, None, err)
	case errors.Is(err, scrape.ErrEmpty):
		return nothingToday(out, data, Empty, err)
	case err != nil:
		return failed(out, err)
	}
	if d.job.Send == config.SendNew {
		for _, f := range found {
			out.ids = append(out.ids, f.id)
		}
		baseline := s.Jobs[d.job.Name].Baseline.IsZero() && !o.Force
		if baseline && broken != nil {
			return failed(out, broken) // what the source that failed has would all be new next time
		}
		if baseline {
			out.outcome = Baseline
			if !o.DryRun {
				return out
			}
		}
		fresh := unseen(s, d.job.Name, found, o.Force)
		if len(fresh) == 0 && broken != nil {
			return failed(out, broken)
		}
		note = flood(len(fresh), len(found), baseline)
		if note != "" {
			fresh = fresh[:maxAllNew]
		}
		found = fresh
		if out.items = len(found); out.items == 0 {
			out.outcome = NothingNew
			return out
		}
	}
	if err := openDetails(ctx, found); err != nil {
		return failed(out, err)
	}
	out.broken = named(d.job, broken)
	for _, f := range found {
		data.Items = append(data.Items, f.Item)
	}
	text, err := d.job.Message.Text.Execute(data)
	if err == nil {
		out.parts, err = d.job.Message.ComposeText(text+note, data)
	}
	if err != nil {
		return failed(out, fmt.Errorf("composing the message: %w", err))
	}
	if d.job.Send == config.SendChanged && !o.Force && s.Jobs[d.job.Name].LastText == digest(out.parts) {
		out.parts, out.outcome = nil, NothingNew
	}
	return out
}

// nothingToday applies the job's `empty:` to a page that holds nothing for today.
func nothingToday(out draft, data compose.Data, outcome Outcome, cause error) draft {
	out.outcome = outcome
	switch out.job.Empty.Kind {
	case config.EmptyFail:
		return failed(out, cause)
	case config.EmptyText:
		text, err := out.job.Empty.Text.Execute(data)
		if err == nil {
			out.parts, err = out.job.Message.ComposeText(text, data)
		}
		if err != nil {
			return failed(out, fmt.Errorf("composing the text of `empty`: %w", err))
		}
	}
	return out
}

func failed(out draft, err error) draft {
	out.parts, out.outcome, out.err = nil, Failed, named(out.job, err)
	return out
}

// jobPrefix begins the errors of a job.
func jobPrefix(job config.Job) string { return fmt.Sprintf("job %q: ", job.Name) }

// named says whose errors they are, each by itself.
func named(job config.Job, err error) error {
	if err == nil {
		return nil
	}
	var all []error
	for _, one := range flatten(err) {
		all = append(all, fmt.Errorf("%s%w", jobPrefix(job), one))
	}
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

// maxAllNew is how many items are sent when every item of a page is new: more are hardly news, but a site that has changed
// its addresses.
const maxAllNew = 10

// flood returns what to say when a page has too many new items and no known one; empty when it is not so.
func flood(fresh, all int, baseline bool) string {
	if baseline || fresh < all || fresh <= maxAllNew {
		return ""
	}
	return manyNew(fresh, maxAllNew)
}

// unseen returns the items whose identity the job has not met, each once.
func unseen(s state.State, job string, found []finding, force bool) []finding {
	var fresh []finding
	met := map[string]bool{}
	for _, f := range found {
		if met[f.id] || s.Seen(job, f.id) && !force {
			continue
		}
		met[f.id] = true
		fresh = append(fresh, f)
	}
	return fresh
}

// digest identifies composed messages without keeping their text in the state.
func digest(parts []kakao.Template) string {
	sum := sha256.New()
	for _, p := range parts {
		object, _ := json.Marshal(p) // a template always encodes
		fmt.Fprintf(sum, "%s\x00%s\x00", p.Path(), object)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
