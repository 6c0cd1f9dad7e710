package run

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/state"
)

// alertAfter is how many runs in a row have to fail before the user hears of it in the chat: fewer may be a passing fault
// of the site, and all are in the exit code and the summary anyway.
const alertAfter = 3

// Alert is something that the user was told in the chat about a job.
type Alert struct {
	Job string `json:"job"`
	// Failures is how many runs in a row have failed; 0 says that the job works again.
	Failures int `json:"failures"`
}

// watch counts a job's failures in a row. The user's own chat is told once when they are too many, and once when they are
// over; what could not be told is told by the next run.
func (r *Runner) watch(ctx context.Context, v *vault, keys *tokens, d draft, rep *Report) {
	if ctx.Err() != nil {
		return // a run that was stopped says nothing about a page
	}
	was := v.current().Jobs[d.job.Name].Failures
	now := was
	switch cause := errors.Join(d.err, d.broken); {
	case cause != nil:
		now.InARow = min(was.InARow+1, alertAfter)
		if now.InARow == alertAfter && !was.Told {
			now.Told = r.tell(ctx, v, keys, d, failing(d.job.Name, alertAfter, d.cause(), hintOf(cause)), Alert{d.job.Name, alertAfter}, rep)
		}
	case !was.Told || r.tell(ctx, v, keys, d, recovered(d.job.Name), Alert{Job: d.job.Name}, rep):
		now.InARow, now.Told = 0, false
	}
	if now != was {
		now.At = r.Now()
		v.change(func(s *state.State) { s.SetFailures(d.job.Name, now) })
	}
}

// cause is why a draft's pages failed, without the job's name.
func (d draft) cause() string {
	var all []string
	for _, err := range flatten(errors.Join(d.err, d.broken)) {
		all = append(all, strings.TrimPrefix(err.Error(), jobPrefix(d.job)))
	}
	return strings.Join(all, "\n")
}

// tell sends a text about a job to the user's own chat, and reports whether it is there, or may be.
func (r *Runner) tell(ctx context.Context, v *vault, keys *tokens, d draft, text string, a Alert, rep *Report) bool {
	if keys.err != nil {
		return false // which is reported already
	}
	said, err := compose.Message{Links: d.job.Message.Links}.ComposeText(text, compose.Data{Source: d.source})
	if err == nil {
		me := config.Receiver{Account: keys.name}
		err = r.send(ctx, keys, envelope{account: keys.name, to: []config.Receiver{me}}, draft{slot: slot{job: d.job}, parts: said.Parts})[me]
	}
	if err == nil || uncertain(err) {
		v.change(func(s *state.State) { s.Count(keys.name, keys.name, r.Now(), len(said.Parts)) })
	}
	if err != nil && !uncertain(err) {
		rep.fail(fmt.Errorf("telling you of job %q: %w", d.job.Name, err))
		return false
	}
	rep.Alerts = append(rep.Alerts, a)
	return true
}

// hintOf returns what to do about an error, if it knows.
func hintOf(err error) string {
	for _, one := range flatten(err) {
		if h, ok := errors.AsType[interface {
			error
			Hint() string
		}](one); ok {
			return h.Hint()
		}
	}
	return ""
}
