package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/state"
)

// Outcome is what a slot came to.
type Outcome string

// The outcomes of a slot. Silence has several: the page says there is none, today's place is empty, nothing is new.
const (
	Sent       Outcome = "sent"
	Unknown    Outcome = "unknown"
	Failed     Outcome = "failed"
	Missed     Outcome = "missed"
	None       Outcome = "none"
	Empty      Outcome = "empty"
	NothingNew Outcome = "nothing_new"
	Baseline   Outcome = "baseline"
	WouldSend  Outcome = "would_send"
	Elsewhere  Outcome = "elsewhere" // another run sent it meanwhile
)

// Report is what one run came to. Its JSON form holds counts and outcomes, and no message text but that of a dry run.
type Report struct {
	Started   time.Time
	DryRun    bool
	Refreshed bool // a new access token was fetched
	Rotated   bool // and with it a new refresh token
	Slots     []SlotReport
	// Alerts are what the user was told in the chat beside the messages.
	Alerts []Alert
	// Errs are failures that belong to no slot.
	Errs []error
	// Next are the next slots of the jobs that ran, soonest first.
	Next []NextSlot
	// RefreshExpires is when the login ends if no run comes before; zero without a login.
	RefreshExpires time.Time
}

// NextSlot is a slot to come.
type NextSlot struct {
	Job string    `json:"job"`
	At  time.Time `json:"at"`
}

// SlotReport is what one slot came to.
type SlotReport struct {
	Job     string
	Slot    time.Time
	Outcome Outcome
	Items   int
	Parts   int      // Kakao messages the text needs
	To      []string // receivers who were still to get it
	Sent    []string // those who got it
	At      time.Time
	// Texts are the messages themselves; their printing is the caller's choice.
	Texts []kakao.Template
	// Notes say what was left out or cut, each in one sentence.
	Notes []string
	Err   error
}

// Errors returns all failures, those of slots in their order and then the others.
func (r Report) Errors() []error {
	var errs []error
	for _, s := range r.Slots {
		if s.Err != nil {
			errs = append(errs, flatten(s.Err)...)
		}
	}
	for _, err := range r.Errs {
		errs = append(errs, flatten(err)...)
	}
	return errs
}

// Origins returns scheme, host and port of all that a tap on the messages opens, sorted: Kakao opens only those that are
// registered with the app.
func (r Report) Origins() []string {
	var all []kakao.Template
	for _, s := range r.Slots {
		all = append(all, s.Texts...)
	}
	return compose.Origins(all)
}

// flatten takes joined errors apart, so that each is reported with its own hint.
func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	return []error{err}
}

func (r *Report) fail(err error) { r.Errs = append(r.Errs, err) }

// finish adds what a reader wants to know about the time to come.
func (r *Report) finish(jobs []config.Job, s state.State, now time.Time) {
	for _, j := range jobs {
		after := now
		for _, slot := range r.Slots {
			if slot.Job == j.Name && slot.Slot.After(after) {
				after = slot.Slot // a dry run does not wait for it
			}
		}
		for _, at := range j.Plan.Next(after, 1) {
			r.Next = append(r.Next, NextSlot{Job: j.Name, At: at})
		}
	}
	slices.SortStableFunc(r.Next, func(a, b NextSlot) int { return a.At.Compare(b.At) })
	r.RefreshExpires = s.Accounts[state.Me].Refresh.ExpiresAt
}

// unmarked reports whether a slot has said already that the state cannot be saved.
func (r *Report) unmarked() bool {
	return slices.ContainsFunc(r.Slots, func(s SlotReport) bool { return errors.As(s.Err, new(*UnmarkedError)) })
}

func (s *SlotReport) fail(err error) {
	s.Outcome = Failed
	s.Err = errors.Join(s.Err, err)
}

func (s *SlotReport) unknown(who config.Receiver, err error) {
	if s.Outcome != Failed {
		s.Outcome = Unknown
	}
	s.Err = errors.Join(s.Err, &UnknownOutcomeError{Job: s.Job, Receiver: who.String(), Err: err})
}

// UnknownOutcomeError says that nobody can tell whether a message arrived.
type UnknownOutcomeError struct {
	Job, Receiver string
	Err           error
}

func (e *UnknownOutcomeError) Error() string {
	return fmt.Sprintf("job %q: the message to %s may or may not have arrived: %v", e.Job, e.Receiver, e.Err)
}

// Unwrap returns what cut the answer off.
func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// Hint names the ways to go on.
func (e *UnknownOutcomeError) Hint() string {
	return "look into the chat; to send it again: wtm run --job " + e.Job + " --force; to always send again: `unknown: resend` in wtm.yml"
}

// report starts the report of a draft.
func (d draft) report() SlotReport {
	outcome := d.outcome
	if len(d.parts) > 0 && outcome != Baseline {
		outcome = Sent
	}
	var to []string
	for _, who := range d.to {
		to = append(to, who.String())
	}
	return SlotReport{Job: d.job.Name, Slot: d.at, To: to, Outcome: outcome, Items: d.items, Parts: len(d.parts), Texts: d.parts, Notes: d.notes, Err: errors.Join(d.err, d.broken)}
}

// rehearsed reports drafts of a dry run.
func rehearsed(drafts []draft) []SlotReport {
	var reports []SlotReport
	for _, d := range drafts {
		report := d.report()
		if report.Outcome == Sent {
			report.Outcome = WouldSend
		}
		reports = append(reports, report)
	}
	return reports
}

// MarshalJSON gives the report without message texts, unless the run was a dry one, whose result they are.
func (r Report) MarshalJSON() ([]byte, error) {
	type slotJSON struct {
		Job      string    `json:"job"`
		Slot     time.Time `json:"slot"`
		Outcome  Outcome   `json:"outcome"`
		Items    int       `json:"items"`
		Messages int       `json:"messages"`
		SentTo   []string  `json:"sent_to,omitempty"`
		SentAt   time.Time `json:"sent_at,omitzero"`
		Texts    []string  `json:"texts,omitempty"`
		Notes    []string  `json:"notes,omitempty"`
		Errors   []string  `json:"errors,omitempty"`
	}
	out := struct {
		Started        time.Time  `json:"started"`
		DryRun         bool       `json:"dry_run"`
		Refreshed      bool       `json:"refreshed"`
		Rotated        bool       `json:"rotated"`
		Slots          []slotJSON `json:"slots"`
		Alerts         []Alert    `json:"alerts,omitempty"`
		Errors         []string   `json:"errors,omitempty"`
		Next           []NextSlot `json:"next"`
		RefreshExpires time.Time  `json:"refresh_expires,omitzero"`
	}{r.Started, r.DryRun, r.Refreshed, r.Rotated, []slotJSON{}, r.Alerts, texts(r.Errs), r.Next, r.RefreshExpires}
	for _, s := range r.Slots {
		j := slotJSON{Job: s.Job, Slot: s.Slot, Outcome: s.Outcome, Items: s.Items, Messages: s.Parts, SentTo: s.Sent, SentAt: s.At, Notes: s.Notes}
		if s.Err != nil {
			j.Errors = texts(flatten(s.Err))
		}
		if r.DryRun {
			for _, t := range s.Texts {
				j.Texts = append(j.Texts, t.Text())
			}
		}
		out.Slots = append(out.Slots, j)
	}
	return json.Marshal(out)
}

func texts(errs []error) []string {
	var all []string
	for _, err := range errs {
		for _, e := range flatten(err) {
			all = append(all, e.Error())
		}
	}
	return all
}
