package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/state"
)

// partPause lies between the parts of one message: sends in quick succession can arrive swapped (developers' reports
// speak of 0.4 s to 2 s).
const partPause = 500 * time.Millisecond

// longHold is a wait after which another run may have saved something.
const longHold = 30 * time.Second

// deliver takes each draft as it becomes ready, holds it until its slot, sends it to its receivers and remembers what came
// of it. The reports are in the order of the drafts.
func (r *Runner) deliver(ctx context.Context, v *vault, keys *tokens, all *drafts, o Options, rep *Report) []SlotReport {
	reports := make([]SlotReport, len(all.list))
	told := map[string]bool{} // jobs that have sent what is new or changed
	served := false           // since the last save
	for {
		i, ok := all.next(r.Now)
		if !ok {
			return reports
		}
		d := all.list[i]
		if d.job.Send != config.SendAlways && told[d.job.Name] {
			// An earlier slot of this run has told it. What only this slot's page has is left for the next run.
			d.parts, d.ids, d.outcome = nil, nil, NothingNew
		}
		reports[i] = d.report()
		switch {
		case d.err != nil:
		case len(d.parts) == 0:
			r.settle(v, d)
		default:
			r.deliverOne(ctx, v, keys, d, &reports[i], o)
			told[d.job.Name] = told[d.job.Name] || tells(reports[i], d)
		}
		if all.lastOf(i) { // the job's last slot says how its pages are now
			r.watch(ctx, v, keys, d, rep)
		}
		served = served || d.err == nil
		// One save for all of a slot that is ready; nothing that was served waits unsaved.
		if served && !all.readyAt(d.at) {
			r.saveMarks(ctx, v, &reports[i])
			served = false
		}
	}
}

// tells reports whether a slot's message is in the chat, or may be.
func tells(report SlotReport, d draft) bool {
	return len(report.Sent) > 0 || report.Outcome == Elsewhere || report.Outcome == Unknown && !d.job.Resend
}

func (r *Runner) deliverOne(ctx context.Context, v *vault, keys *tokens, d draft, report *SlotReport, o Options) {
	if wait := d.at.Sub(r.Now()); wait > 0 {
		r.Log.Info("holding until the slot", "job", d.job.Name, "wait", wait.Round(time.Second))
		if err := r.sleep(ctx, wait); err != nil {
			report.fail(fmt.Errorf("job %q: holding until %s: %w", d.job.Name, d.at.Format("15:04"), err))
			return
		}
	}
	if !r.SaveEach && r.Now().Sub(v.loadedAt()) > longHold { // a place that is locked meanwhile cannot have changed
		v.catchUp(ctx)
	}
	known := false
	for _, who := range d.to {
		if _, marked := v.current().Mark(d.job.Name, d.at, who.String()); marked && !o.Force {
			continue // another run was faster
		}
		err := r.send(ctx, keys, d)
		outcome := state.Sent
		switch {
		case kakao.Unknown(err), errors.As(err, new(*PartialError)):
			outcome = state.Unknown
			report.unknown(who, err)
		case err != nil:
			report.fail(fmt.Errorf("job %q: sending to %s: %w", d.job.Name, who, err))
			continue
		default:
			report.Sent = append(report.Sent, who.String())
		}
		report.At = r.Now()
		if outcome == state.Unknown && d.job.Resend {
			continue // the user prefers a message twice to none: it stays due
		}
		known = true
		v.change(func(s *state.State) {
			s.SetMark(d.job.Name, d.at, who.String(), state.Mark{Outcome: outcome, At: r.Now()})
		})
		if r.SaveEach {
			r.saveMarks(ctx, v, report)
		}
	}
	if known {
		v.change(func(s *state.State) { remember(s, d, r.Now()) })
	}
	if len(report.Sent) == 0 && report.Outcome == Sent {
		report.Outcome = Elsewhere
	}
}

// send sends all parts to the user's own chat. A 401 is cured once and the part sent again: it surely did not arrive. Once
// a part has arrived, any other failure makes the outcome one that must not be repeated.
func (r *Runner) send(ctx context.Context, keys *tokens, d draft) error {
	if keys.unsaved != nil {
		return keys.unsaved
	}
	for i, part := range d.parts {
		if i > 0 {
			if err := r.sleep(ctx, partPause); err != nil {
				return &PartialError{Sent: i, Parts: len(d.parts), Err: err}
			}
		}
		err := r.Kakao.SendToMe(ctx, keys.access(), part)
		if refused, ok := errors.AsType[*kakao.APIError](err); ok && refused.Unauthorized() {
			if err = keys.again(ctx); err == nil {
				err = r.Kakao.SendToMe(ctx, keys.access(), part)
			}
		}
		if err != nil && i > 0 {
			return &PartialError{Sent: i, Parts: len(d.parts), Err: err}
		}
		if err != nil {
			return err
		}
	}
	return nil
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
	case d.job.Send == config.SendNew: // also when there was nothing: then the next item is a new one
		if job.Baseline.IsZero() {
			job.Baseline = now
			s.Jobs[d.job.Name] = job
		}
		s.See(d.job.Name, d.ids, now)
	case d.job.Send == config.SendChanged && len(d.parts) > 0:
		job.LastText, job.LastTextAt = digest(d.parts), now
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
