package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/login"
	"wtm/internal/run"
	"wtm/internal/state"
)

func runDoctor(ctx context.Context, e Env, args []string) error {
	f := newFlags(e, "doctor", "", "Looks at everything a run needs: environment, config, Chrome where a source renders, state, and by asking Kakao each login, its consent and the friends. Refreshes, sends and saves nothing.")
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
	if missing := env.Require("KAKAO_REST_API_KEY", "WTM_STATE_KEY"); missing != nil {
		return errors.Join(cfgErr, chromeErr, missing)
	}
	errs := []error{cfgErr, chromeErr}
	s, err := lookAt(ctx, env)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	fmt.Fprintln(e.Stdout, s.sentence())
	client := newKakao(env)
	for _, name := range s.accounts(cfg) {
		line, err := examine(ctx, client, s, name, cfg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintf(e.Stdout, "account %s: %s\n", name, line)
	}
	return errors.Join(errs...)
}

// examine says how a login is. It asks with the access token at hand and never refreshes: that is a run's, which saves what
// comes of it.
func examine(ctx context.Context, client *kakao.Client, s looked, name string, cfg config.Config) (string, error) {
	now := time.Now()
	lasts, err := s.login(name, now)
	if err != nil {
		return "", err
	}
	access := s.Accounts[name].Access
	if !now.Before(access.ExpiresAt) {
		return lasts + "; the access token has run out, and the next run fetches another and tells whether Kakao agrees", nil
	}
	friends := name == state.Me && cfg.Friends()
	flow := login.Flow{Client: client, Friends: friends}
	if _, err := flow.Verify(ctx, kakao.Grant{AccessToken: access.Value}); err != nil {
		return "", &run.AccountError{Account: name, Err: err}
	}
	if !friends {
		return lasts + ", and Kakao agrees", nil
	}
	list, err := client.Friends(ctx, access.Value)
	if err != nil {
		return "", &run.AccountError{Account: name, Err: fmt.Errorf("reading the list of friends: %w", err)}
	}
	var errs []error
	for _, job := range cfg.Jobs {
		for _, who := range job.To {
			if _, err := run.FindFriend(list, who); who.Friend != "" && err != nil {
				errs = append(errs, fmt.Errorf("job %q: %w", job.Name, err))
			}
		}
	}
	return lasts + ", and Kakao agrees; " + count(len(list), "friend") + " can be sent to", errors.Join(errs...)
}
