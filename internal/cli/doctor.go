package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/login"
	"wtm/internal/run"
	"wtm/internal/state"
	"wtm/internal/store"
)

func runDoctor(ctx context.Context, e Env, args []string) error {
	f := newFlags(e, "doctor", "", "Looks at everything a run needs: environment, config, Chrome where a source renders, state, and by asking Kakao each login and its consent. Refreshes, sends and saves nothing.")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	env, err := e.load(ctx)
	if err != nil {
		return err
	}
	cfg, cfgErr := env.LoadConfig()
	if cfgErr == nil {
		fmt.Fprintf(e.Stdout, "config: %s, %s\n", cfg.File, count(len(cfg.Jobs), "job"))
	}
	chromeErr := checkChrome(env, cfg)
	if err := errors.Join(cfgErr, chromeErr, env.Require("KAKAO_REST_API_KEY", "WTM_STATE_KEY")); err != nil {
		return err
	}
	s, place, err := examineState(ctx, env)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "state: %s opens\n", place)
	var errs []error
	client := newKakao(env)
	for _, name := range accountsOf(cfg, s) {
		friends := name == config.Me && cfg.Friends()
		line, err := examineAccount(ctx, client, s.Accounts[name], friends, time.Now())
		if err != nil {
			errs = append(errs, &run.AccountError{Account: name, Err: err})
			continue
		}
		fmt.Fprintf(e.Stdout, "account %s: %s\n", name, line)
	}
	return errors.Join(errs...)
}

// examineState opens the state.
func examineState(ctx context.Context, env config.Env) (state.State, place, error) {
	key, err := stateKey(env.StateKey)
	if err != nil {
		return state.State{}, nil, err
	}
	p, err := openPlace(env)
	if err != nil {
		return state.State{}, nil, err
	}
	data, _, err := p.Load(ctx)
	if errors.Is(err, store.ErrNotExist) {
		return state.New(time.Now()), p, nil
	}
	if err != nil {
		return state.State{}, nil, err
	}
	s, err := key.Open(data)
	if err != nil {
		return s, p, fmt.Errorf("opening the state in %s: %w", p, err)
	}
	return s, p, nil
}

// accountsOf are those of the config and of the state, sorted.
func accountsOf(cfg config.Config, s state.State) []string {
	all := map[string]bool{}
	for name := range s.Accounts {
		all[name] = true
	}
	for _, job := range cfg.Jobs {
		for _, who := range job.To {
			all[who.Account] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// examineAccount says how a login is. It asks with the access token at hand and never refreshes: that is a run's, which
// saves what comes of it.
func examineAccount(ctx context.Context, client *kakao.Client, a state.Account, friends bool, now time.Time) (string, error) {
	switch {
	case a.Refresh.Value == "":
		return "", &ailingError{"nobody is logged in"}
	case !now.Before(a.Refresh.ExpiresAt):
		return "", &ailingError{"the login ended on " + a.Refresh.ExpiresAt.Format(time.DateOnly)}
	}
	lasts := fmt.Sprintf("the login lasts until %s (%s)", a.Refresh.ExpiresAt.Format(time.DateOnly), count(daysLeft(a, now), "day"))
	if !now.Before(a.Access.ExpiresAt) {
		return lasts + "; the access token has run out, and the next run fetches another and tells whether Kakao agrees", nil
	}
	flow := login.Flow{Client: client, Friends: friends}
	if _, err := flow.Verify(ctx, kakao.Grant{AccessToken: a.Access.Value}); err != nil {
		return "", err
	}
	return lasts + ", and Kakao agrees", nil
}

// ailingError is a login that a person has to make anew.
type ailingError struct{ text string }

func (e *ailingError) Error() string { return e.text }
func (e *ailingError) Hint() string  { return "wtm login" }
func (e *ailingError) ExitCode() int { return ExitPerson }
