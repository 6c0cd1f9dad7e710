package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/state"
)

// longHold is a wait after which another run may have saved something.
const longHold = 30 * time.Second

// sendsAtOnce is how many receivers' messages are under way at the same time.
const sendsAtOnce = 4

// deliver takes each draft as it becomes ready, holds it until its slot, sends it to its receivers and remembers what came
// of it. The reports are in the order of the drafts.
func (r *Runner) deliver(ctx context.Context, v *vault, keys *logins, all *drafts, o Options, rep *Report) []SlotReport {
	reports := make([]SlotReport, len(all.list))
	told := map[string]bool{} // jobs that have sent what is new or changed
	unsaved := false          // something was served since the last save
	for {
		i, ok := all.next(r.Now)
		if !ok {
			return reports
		}
		d := all.list[i]
		if d.job.Send != config.SendAlways && told[d.job.Name] && !d.partly() {
			// An earlier slot of this run has told it. What only this slot's page has is left for the next run.
			d.parts, d.ids, d.outcome = nil, nil, NothingNew
		}
		reports[i] = d.report()
		able := keys.usable(d.to)
		switch {
		case d.err != nil:
		case len(able) == 0: // why is reported once, for the account
			reports[i].Outcome = Failed
		case len(d.parts) == 0:
			r.settle(v, d)
			unsaved = true
		default:
			reached := r.deliverOne(ctx, v, keys, d, able, &reports[i], o)
			unsaved = unsaved || reached
			told[d.job.Name] = told[d.job.Name] || reached && !d.partly()
			if len(able) < len(d.to) {
				reports[i].Outcome = Failed
			}
		}
		if all.lastOf(i) { // the job's last slot says how its pages are now
			alerts := len(rep.Alerts)
			r.watch(ctx, v, keys.own(d.job.To), d, rep)
			unsaved = unsaved || len(rep.Alerts) > alerts
		}
		// One save for all of a slot that is ready; nothing that was served waits unsaved.
		if unsaved && !all.readyAt(d.at) {
			r.saveMarks(ctx, v, &reports[i])
			unsaved = false
		}
	}
}

// deliverOne brings one draft to its receivers, and reports whether its message is in a chat, or may be. Whatever can fail
// beforehand does so before the slot is waited for.
func (r *Runner) deliverOne(ctx context.Context, v *vault, keys *logins, d draft, to []config.Receiver, report *SlotReport, o Options) (reached bool) {
	if err := r.upload(ctx, keys, to, &d); err != nil {
		report.Err = errors.Join(report.Err, err)
		if len(d.parts) == 0 {
			report.Outcome = Failed
			return false
		}
	}
	report.Texts = d.parts
	found, lost := r.findFriends(ctx, keys, to)
	to = r.reachable(keys, d, to, lost, report)
	if !o.Force {
		to = slices.DeleteFunc(to, func(who config.Receiver) bool { return r.servedByAnotherName(ctx, v, keys, d, who, found[who]) })
	}
	if len(to) == 0 && report.Outcome == Sent { // all by another name
		report.Outcome = Elsewhere
	}
	if len(to) == 0 {
		return report.Outcome == Elsewhere
	}
	if wait := d.at.Sub(r.Now()); wait > 0 {
		r.Log.Info("holding until the slot", "job", d.job.Name, "wait", wait.Round(time.Second))
		if err := r.sleep(ctx, wait); err != nil {
			report.fail(fmt.Errorf("job %q: holding until %s: %w", d.job.Name, d.at.Format("15:04"), err))
			return false
		}
	}
	if !r.SaveEach && r.Now().Sub(v.loadedAt()) > longHold { // a place that is locked meanwhile cannot have changed
		v.catchUp(ctx)
	}
	if !o.Force {
		to = slices.DeleteFunc(to, func(who config.Receiver) bool {
			_, marked := v.current().Mark(d.job.Name, d.at, who.String())
			return marked // another run was faster
		})
	}
	results := r.sendAll(ctx, v, keys, d, to, found, report)
	reached = len(to) == 0 // another run was faster
	known := false
	failed := map[config.Receiver]error{}
	for _, who := range to {
		switch err := results[who]; {
		case uncertain(err):
			report.unknown(who, err)
			known = known || !d.job.Resend
		case err != nil:
			failed[who] = err
		default:
			report.Sent = append(report.Sent, who.String())
			known = true
		}
	}
	report.failFor(d, keys, to, failed)
	if known {
		v.change(func(s *state.State) {
			remember(s, d, r.Now())
			if d.job.Send == config.SendNew && len(unserved(d.job, *s, d.at, false)) > 0 {
				s.Owe(d.job.Name, d.at, d.fresh)
			}
		})
	}
	if len(to) == 0 && report.Outcome == Sent {
		report.Outcome = Elsewhere
	}
	return reached || known
}

// servedByAnotherName reports whether a friend has got the slot under another name than the config's, such as the nickname
// in place of the uuid; then the slot is marked for this one, too.
func (r *Runner) servedByAnotherName(ctx context.Context, v *vault, keys *logins, d draft, who config.Receiver, uuid string) bool {
	if who.Friend == "" {
		return false
	}
	list, err := keys.of(who.Account).friends(ctx)
	if err != nil {
		return false
	}
	for name, mark := range v.current().Jobs[d.job.Name].Slots[state.SlotKey(d.at)] {
		other, isFriend := strings.CutPrefix(name, "friend:")
		if !isFriend || other == who.Friend {
			continue
		}
		if its, err := FindFriend(list, config.Receiver{Account: who.Account, Friend: other}); err == nil && its == uuid {
			v.change(func(s *state.State) { s.SetMark(d.job.Name, d.at, who.String(), mark) })
			return true
		}
	}
	return false
}

// reachable leaves out the receivers that are lost already, and says why.
func (r *Runner) reachable(keys *logins, d draft, to []config.Receiver, lost map[config.Receiver]error, report *SlotReport) []config.Receiver {
	report.failFor(d, keys, to, lost)
	return slices.DeleteFunc(to, func(who config.Receiver) bool { return lost[who] != nil })
}

// failFor says why some receivers did not get a slot; those with the same reason are named together.
func (s *SlotReport) failFor(d draft, keys *logins, to []config.Receiver, failed map[config.Receiver]error) {
	var reasons []error
	names := map[string][]string{} // by reason
	for _, who := range to {
		err := failed[who]
		if err == nil {
			continue
		}
		err = keys.of(who.Account).named(err)
		if names[err.Error()] == nil {
			reasons = append(reasons, err)
		}
		names[err.Error()] = append(names[err.Error()], who.String())
	}
	for _, err := range reasons {
		s.fail(fmt.Errorf("%ssending to %s: %w", jobPrefix(d.job), strings.Join(names[err.Error()], ", "), err))
	}
}

// sendAll sends to all receivers, a few at the same time, and marks what reached one as it does.
func (r *Runner) sendAll(ctx context.Context, v *vault, keys *logins, d draft, to []config.Receiver, found map[config.Receiver]string, report *SlotReport) map[config.Receiver]error {
	allowed, results := withinQuota(v.current(), d, to, found, r.Now())
	var mu sync.Mutex
	var wait sync.WaitGroup
	places := make(chan struct{}, sendsAtOnce)
	for _, e := range envelopes(allowed, found) {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			of := r.send(ctx, keys.of(e.account), e, d)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(results, of)
			r.mark(ctx, v, e, of, d, report)
		})
	}
	wait.Wait()
	return results
}

// mark records what reached the receivers of an envelope, or may have.
func (r *Runner) mark(ctx context.Context, v *vault, e envelope, results map[config.Receiver]error, d draft, report *SlotReport) {
	marked := false
	for i, who := range e.to {
		err := results[who]
		if err != nil && !uncertain(err) {
			continue
		}
		uuid := ""
		if e.uuids != nil {
			uuid = e.uuids[i]
		}
		report.At = r.Now()
		v.change(func(s *state.State) { s.Count(e.account, recipient(who, uuid), r.Now(), len(d.parts)) })
		if n := v.current().Counted(e.account, recipient(who, uuid), r.Now()); uuid == "" && n >= manyMemos {
			report.Notes = append(report.Notes, fmt.Sprintf("%d messages went to %s today; Kakao documents no limit for the own chat, but may have one", n, who))
		}
		outcome := state.Sent
		if err != nil {
			outcome = state.Unknown
		}
		if outcome == state.Unknown && d.job.Resend {
			continue // the user prefers a message twice to none: it stays due
		}
		marked = true
		v.change(func(s *state.State) {
			s.SetMark(d.job.Name, d.at, who.String(), state.Mark{Outcome: outcome, At: r.Now()})
		})
	}
	if marked && r.SaveEach {
		r.saveMarks(ctx, v, report)
	}
}

// uncertain reports whether a message may have arrived, all or a part of it, although its sending ended with err.
func uncertain(err error) bool {
	return kakao.Unknown(err) || errors.As(err, new(*PartialError))
}

// settle marks a slot that rightly sends nothing.
func (r *Runner) settle(v *vault, d draft) {
	v.change(func(s *state.State) {
		for _, who := range d.to {
			s.SetMark(d.job.Name, d.at, who.String(), state.Mark{Outcome: state.Skipped, At: r.Now()})
		}
		remember(s, d, r.Now())
	})
}

// remember keeps what the next run compares with: the items of `send: new`, the text of `send: changed`.
func remember(s *state.State, d draft, now time.Time) {
	job := s.Jobs[d.job.Name]
	switch {
	case d.job.Send == config.SendNew && d.partly():
		s.See(d.job.Name, d.ids, now) // which is no look at all that is there
	case d.job.Send == config.SendNew: // also when there was nothing: then the next item is a new one
		if job.Baseline.IsZero() {
			job.Baseline = now
			s.Jobs[d.job.Name] = job
		}
		s.See(d.job.Name, d.ids, now)
	case d.job.Send == config.SendChanged && len(d.parts) > 0 && !d.partly(): // others have not been told this text
		job.LastText, job.LastTextAt = d.digest(), now
		s.Jobs[d.job.Name] = job
	}
}

func (r *Runner) saveMarks(ctx context.Context, v *vault, report *SlotReport) {
	if err := v.save(ctx, "wtm: mark a slot as served", budgetMarks); err != nil {
		report.fail(&UnmarkedError{Err: err})
	}
}

// PartialError says that a message broke off after some of its parts.
type PartialError struct {
	Sent, Parts int
	Err         error
}

func (e *PartialError) Error() string {
	return fmt.Sprintf("%d of %d parts were sent: %v", e.Sent, e.Parts, e.Err)
}

// Unwrap returns what stopped the rest.
func (e *PartialError) Unwrap() error { return e.Err }

// UnmarkedError says that what was sent could not be recorded.
type UnmarkedError struct{ Err error }

func (e *UnmarkedError) Error() string {
	return "the slot was served, but that could not be recorded, so the next run may send it again: " + e.Err.Error()
}

// Unwrap returns why.
func (e *UnmarkedError) Unwrap() error { return e.Err }

// ExitCode asks for a person.
func (e *UnmarkedError) ExitCode() int { return 3 }
