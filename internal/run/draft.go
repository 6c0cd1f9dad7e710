package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/pagecache"
	"wtm/internal/scrape"
	"wtm/internal/state"
)

// draft is a due slot with what would be sent, or with why nothing is.
type draft struct {
	slot
	parts []kakao.Template
	notes []string
	// ids are the identities of the page's items, to be remembered with `send: new`; fresh are those that are told.
	ids, fresh []string
	items      int
	outcome    Outcome // what the slot comes to when parts is empty
	err        error
	// source is the first source, as templates see it.
	source compose.SourceData
	// broken are the sources and pictures that failed beside what is sent.
	broken error
	// pictures have to be uploaded before the parts are sent, and compose makes the parts again once they are.
	pictures map[compose.Picture][]byte
	compose  func(uploaded map[compose.Picture]string) (compose.Composed, error)
}

// startDrafts fetches, scrapes and composes all due slots at the same time.
func (r *Runner) startDrafts(ctx context.Context, s state.State, due []slot, o Options) *drafts {
	all := &drafts{list: make([]draft, len(due)), finished: make(chan int, len(due)), left: len(due), done: make([]bool, len(due))}
	pages := pagecache.New(r.Pages)
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

func (r *Runner) draftOne(ctx context.Context, pages *pagecache.Cache, s state.State, d slot, o Options) draft {
	out := draft{slot: d}
	data := compose.Data{Job: d.job.Name, Slot: d.at}
	found, broken, err := gather(ctx, pages, d, &data)
	out.items, out.source = len(found), data.Source
	owed := 0
	if d.partly() && d.job.Send == config.SendNew {
		owed = s.OwedAt(d.job.Name, d.at)
	}
	switch {
	case owed > 0 && nothing(err): // others were told something, whatever the page says now
		return failed(out, &GoneError{Items: owed})
	case errors.Is(err, scrape.ErrNone):
		return nothingToday(out, data, None, err, s, o)
	case errors.Is(err, scrape.ErrEmpty):
		return nothingToday(out, data, Empty, err, s, o)
	case err != nil:
		return failed(out, err)
	}
	out.broken = named(d.job, broken)
	if d.job.Send == config.SendNew {
		var done bool
		if found, data.Note, done = news(&out, s, found, o); done {
			return out
		}
		if out.outcome != Baseline { // which takes all as known
			out.items = len(found)
		}
	}
	if err := openDetails(ctx, found); err != nil {
		return failed(out, err)
	}
	if o.DryRun { // who sends knows by then what the pages lack
		out.notes = append(out.notes, lacking(found)...)
	}
	for _, f := range found {
		data.Items = append(data.Items, f.Item)
	}
	out.compose = func(uploaded map[compose.Picture]string) (compose.Composed, error) {
		data.Uploaded = uploaded
		return d.job.Message.Compose(data)
	}
	if err := out.bring(ctx, found[0].visit); err != nil {
		return failed(out, err)
	}
	out.unlessChanged(s, o)
	return out
}

// nothingToday applies the job's `empty:` to a page that holds nothing for today.
func nothingToday(out draft, data compose.Data, outcome Outcome, cause error, s state.State, o Options) draft {
	out.outcome = outcome
	switch out.job.Empty.Kind {
	case config.EmptyFail:
		return failed(out, cause)
	case config.EmptyText:
		text, err := out.job.Empty.Text.Execute(data)
		if err == nil {
			var said compose.Composed
			said, err = out.job.Message.ComposeText(text, data)
			out.parts, out.notes = said.Parts, said.Notes
		}
		if err != nil {
			return failed(out, fmt.Errorf("composing the text of `empty`: %w", err))
		}
		out.unlessChanged(s, o)
	}
	return out
}

// unlessChanged makes a draft one that sends nothing when `send: changed` says the same as last time. Who gets a slot now
// that others had before gets it as they did.
func (d *draft) unlessChanged(s state.State, o Options) {
	if d.job.Send == config.SendChanged && !o.Force && !d.partly() && s.Jobs[d.job.Name].LastText == d.digest() {
		d.parts, d.outcome = nil, NothingNew
	}
}

// failed makes a draft one that sends nothing because of err, and of what was broken beside it.
func failed(out draft, err error) draft {
	out.parts, out.outcome, out.err, out.broken = nil, Failed, errors.Join(out.broken, named(out.job, err)), nil
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

// digest identifies what is said without keeping it in the state: the texts and pictures, and not where a tap leads, as
// addresses often hold the day.
func (d draft) digest() string {
	all := sha256.New()
	for _, p := range d.parts {
		fmt.Fprintf(all, "%s\x00", p.Text())
	}
	for _, p := range d.sortedPictures() {
		all.Write(d.pictures[p])
	}
	return hex.EncodeToString(all.Sum(nil))
}
