package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"wtm/internal/config"
	"wtm/internal/run"
	"wtm/internal/state"
	"wtm/internal/store"
)

// looked is a state for who only looks at it.
type looked struct {
	state.State
	place place
	// found is false where there is no state yet.
	found bool
}

// lookAt opens the state without locking or changing it.
func lookAt(ctx context.Context, env config.Env) (looked, error) {
	key, err := stateKey(env.StateKey)
	if err != nil {
		return looked{}, err
	}
	p, err := openPlace(env)
	if err != nil {
		return looked{}, err
	}
	data, _, err := p.Load(ctx)
	if errors.Is(err, store.ErrNotExist) {
		return looked{State: state.New(time.Now()), place: p}, nil
	}
	if err != nil {
		return looked{}, err
	}
	s, err := key.Open(data)
	if err != nil {
		return looked{}, fmt.Errorf("opening the state in %s: %w", p, err)
	}
	return looked{State: s, place: p, found: true}, nil
}

// sentence says whether there is a state.
func (l looked) sentence() string {
	if !l.found {
		return fmt.Sprintf("state: there is none in %s yet; the first login makes it", l.place)
	}
	return fmt.Sprintf("state: %s opens", l.place)
}

// accounts are those of the config and of the state, sorted.
func (l looked) accounts(cfg config.Config) []string {
	all := map[string]bool{}
	for name := range l.Accounts {
		all[name] = true
	}
	for _, job := range cfg.Jobs {
		for _, who := range job.To {
			all[who.Account] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// login says how long the login of an account lasts; the error is that it does not.
func (l looked) login(name string, now time.Time) (string, error) {
	a := l.Accounts[name]
	switch {
	case a.Refresh.Value == "":
		return "", &run.AccountError{Account: name, Err: &ailingError{"nobody is logged in"}}
	case !now.Before(a.Refresh.ExpiresAt):
		return "", &run.AccountError{Account: name, Err: &ailingError{"the login ended on " + a.Refresh.ExpiresAt.Format(time.DateOnly)}}
	}
	return fmt.Sprintf("the login lasts until %s (%s)", a.Refresh.ExpiresAt.Format(time.DateOnly), count(daysLeft(a, now), "day")), nil
}

// ailingError is a login that a person has to make anew.
type ailingError struct{ text string }

func (e *ailingError) Error() string { return e.text }
func (e *ailingError) Hint() string  { return "wtm login" }
func (e *ailingError) ExitCode() int { return ExitPerson }
