// Package run does one run in order: which slots are due, the token and the pages at the same time, then compose, hold,
// send and remember.
//
// The order is what makes a crash harmless. A rotated refresh token is saved before anything uses the access token that
// came with it. A slot is marked after its message went out and saved at once, so that a second trigger finds it. One
// source or job that fails never stops the others, and a failed slot stays due until it is too late for it.
package run

import (
	"context"
	"log/slog"
	"time"

	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/kakao"
	"wtm/internal/secret"
	"wtm/internal/state"
	"wtm/internal/store"
	"wtm/internal/wait"
)

// grace is how long a run may go on after its last slot.
const grace = 5 * time.Minute

// graceDrafts is how much of it pages may take, so that what they gave can still be sent.
const graceDrafts = 4 * time.Minute

// Store is where the sealed state lives between runs; [store.File] is one.
type Store interface {
	// Load returns the sealed state and the revision that the next Save must name.
	Load(ctx context.Context) ([]byte, store.Revision, error)
	// Save replaces revision by data, or returns [store.ErrConflict] when somebody else saved meanwhile. The last
	// argument says why, for stores that keep a history.
	Save(ctx context.Context, data []byte, revision store.Revision, why string) (store.Revision, error)
}

// Pages brings the pages that sources name; [fetch.Client] is one.
type Pages interface {
	Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error)
}

// Runner holds what a run needs. All fields but Sleep, Log, Emergency and Learned are required.
type Runner struct {
	Config config.Config
	Key    state.Key
	Store  Store
	Kakao  *kakao.Client
	Pages  Pages
	// Now is the clock of everything: slots, dates, expiry times.
	Now func() time.Time
	// Sleep waits, or returns the context's error; nil waits for real.
	Sleep func(ctx context.Context, d time.Duration) error
	// Log gets the story; nil discards it.
	Log *slog.Logger
	// Emergency receives the armored, sealed state when a rotated token could not be saved; nil discards it.
	Emergency func(armored []byte)
	// Learned hears every token that the run comes to know, before anything can print it; nil for none.
	Learned func(secret.Value)
	// SaveEach saves the marks after each receiver and not once per slot: right where saving costs nothing.
	SaveEach bool
}

// Options are the choices of one run.
type Options struct {
	// Job names the only job to run; empty means all.
	Job string
	// Hold replaces every job's hold when it is not nil.
	Hold *time.Duration
	// Force ignores what was sent before.
	Force bool
	// DryRun fetches, scrapes and composes, but talks to no Kakao and saves nothing.
	DryRun bool
	// Ahead takes each job's first slot from now on in place of those that are due, however far off and whether sent or
	// not. Only for a dry run, which waits for no slot.
	Ahead bool
}

// Run does one run and reports what came of each slot. The error is only for what kept the run from starting at all
// (unknown job, a state that cannot be opened); what failed later is in the report.
func (r *Runner) Run(ctx context.Context, o Options) (Report, error) {
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	jobs, err := pick(r.Config.Jobs, o)
	if err != nil {
		return Report{}, err
	}
	v, err := openVault(ctx, r, o)
	if err != nil {
		return Report{}, err
	}
	now := r.Now()
	rep := Report{Started: now, DryRun: o.DryRun}
	due, missed := plan(jobs, v.current(), now, o)
	rep.Slots = append(rep.Slots, r.markMissed(v, missed)...)

	last := lastSlot(due, now)
	if o.DryRun { // it waits for none
		last = now
	}
	ctx, cancel := context.WithTimeout(ctx, last.Sub(now)+grace)
	defer cancel()
	rep.Slots = append(rep.Slots, r.serve(ctx, v, due, o, &rep)...)
	if !o.DryRun {
		if err := v.save(ctx, "wtm: remember this run", budgetMarks); err != nil && !rep.unmarked() {
			rep.fail(err)
		}
	}
	rep.finish(jobs, v.current(), r.Now())
	return rep, nil
}

// serve brings the due slots to their receivers; with none due it only keeps the refresh token alive.
func (r *Runner) serve(ctx context.Context, v *vault, due []slot, o Options, rep *Report) []SlotReport {
	keys := newLogins(r, v, due)
	drafting, cancel := context.WithTimeout(ctx, lastSlot(due, r.Now()).Sub(r.Now())+graceDrafts)
	defer cancel()
	all := r.startDrafts(drafting, v.current(), due, o)
	if o.DryRun {
		return rehearsed(all.wait())
	}
	rep.Errs = append(rep.Errs, keys.prepare(ctx)...)
	reports := r.deliver(ctx, v, keys, all, o, rep)
	keys.tell(rep)
	return reports
}

// learn tells who wants to know of tokens.
func (r *Runner) learn(tokens ...secret.Value) {
	for _, t := range tokens {
		if r.Learned != nil && t != "" {
			r.Learned(t)
		}
	}
}

// sleep waits for d or until ctx ends.
func (r *Runner) sleep(ctx context.Context, d time.Duration) error {
	if r.Sleep != nil {
		return r.Sleep(ctx, d)
	}
	return wait.For(ctx, d)
}
