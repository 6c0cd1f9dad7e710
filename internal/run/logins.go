package run

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"wtm/internal/config"
	"wtm/internal/state"
)

// logins keeps the tokens of all accounts of one run usable.
type logins struct {
	// accounts are those of the state and those that a due slot needs.
	accounts map[string]*tokens
}

func newLogins(r *Runner, v *vault, due []slot) *logins {
	l := &logins{accounts: map[string]*tokens{}}
	until := lastSlot(due, r.Now())
	for name := range v.current().Accounts {
		l.accounts[name] = &tokens{name: name, runner: r, vault: v, until: until}
	}
	for _, d := range due {
		for _, who := range d.to {
			if l.accounts[who.Account] == nil {
				l.accounts[who.Account] = &tokens{name: who.Account, runner: r, vault: v, until: until}
			}
			l.accounts[who.Account].needed = true
		}
	}
	return l
}

// prepare makes every account's token usable, one after another, and returns why some are not. Nothing of theirs is sent
// in this run; the others are not held up.
func (l *logins) prepare(ctx context.Context) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(l.accounts)) {
		t := l.accounts[name]
		if t.err = t.prepare(ctx); t.err != nil {
			errs = append(errs, t.named(t.err))
		}
	}
	return errs
}

// of returns the tokens of an account; of one that is not there, tokens that say so.
func (l *logins) of(name string) *tokens {
	if t := l.accounts[name]; t != nil {
		return t
	}
	return &tokens{name: name, err: &NotLoggedInError{}}
}

// own returns the account whose chat is the user's own: that of who logged in without choosing a name, else the first that
// gets the job's messages.
func (l *logins) own(to []config.Receiver) *tokens {
	if t := l.accounts[state.Me]; t != nil || len(to) == 0 {
		return l.of(state.Me)
	}
	return l.of(to[0].Account)
}

// usable returns the receivers whose account can send.
func (l *logins) usable(all []config.Receiver) []config.Receiver {
	return slices.DeleteFunc(slices.Clone(all), func(who config.Receiver) bool { return l.of(who.Account).err != nil })
}

// tell notes in a report what came of the tokens.
func (l *logins) tell(rep *Report) {
	for _, t := range l.accounts {
		rep.Refreshed = rep.Refreshed || t.refreshed
		rep.Rotated = rep.Rotated || t.rotated
	}
}

// named says whose error it is, unless there is only the one account that everybody has.
func (t *tokens) named(err error) error {
	if t.name == state.Me {
		return err
	}
	return &AccountError{Account: t.name, Err: err}
}

// AccountError is an error of one account.
type AccountError struct {
	Account string
	Err     error
}

func (e *AccountError) Error() string { return "account " + e.Account + ": " + e.Err.Error() }

// Unwrap returns what went wrong.
func (e *AccountError) Unwrap() error { return e.Err }

// Hint is that of the error, for this account.
func (e *AccountError) Hint() string {
	hint := hintOf(e.Err)
	if e.Account == state.Me || strings.Contains(hint, "--account") {
		return hint
	}
	return strings.Replace(hint, "wtm login", "wtm login --account "+e.Account, 1)
}

// ExitCode is that of the error.
func (e *AccountError) ExitCode() int {
	if c, ok := errors.AsType[interface {
		error
		ExitCode() int
	}](e.Err); ok {
		return c.ExitCode()
	}
	return 1
}
