package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wtm/internal/config"
)

func runCheck(ctx context.Context, e Env, args []string) error {
	f := newFlags(e, "check", "", "Checks wtm.yml and the environment, prints each job's next slot and the sites to register for links, and warns of slots that no tick of the workflow reaches. Talks to nobody.")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	env, err := e.load(ctx)
	if err != nil {
		return err
	}
	cfg, err := env.LoadConfig()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "%s: %s\n", cfg.File, count(len(cfg.Jobs), "job"))
	if cfg.File == config.BuiltIn {
		fmt.Fprintf(e.Stdout, "  there is no %s here; README.md shows one\n", config.DefaultFile)
	}
	for _, j := range cfg.Jobs {
		for _, at := range j.Plan.Next(time.Now(), 1) {
			fmt.Fprintf(e.Stdout, "  %s: next %s\n", j.Name, at.Format("Mon 2006-01-02 15:04 MST"))
		}
	}
	origins, pages := cfg.Origins()
	printOrigins(e.Stdout, origins)
	if pages {
		fmt.Fprintln(e.Stdout, "  and the sites that links on the pages lead to; to see them: wtm preview --live")
	}
	ticksErr := checkTicks(e, cfg, time.Now())
	missing := env.Require("KAKAO_REST_API_KEY", "WTM_STATE_KEY")
	var weak error
	if env.StateKey != "" {
		weak = checkState(ctx, e, env, cfg)
	}
	return errors.Join(ticksErr, missing, weak, checkChrome(env, cfg))
}

// checkState opens the state where that asks nobody: in a file.
func checkState(ctx context.Context, e Env, env config.Env, cfg config.Config) error {
	p, err := openPlace(env)
	if err != nil || keepsHistory(p) {
		return err
	}
	s, err := lookAt(ctx, env)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.Stdout, s.sentence())
	if names := friendsOf(cfg); len(names) > 0 {
		fmt.Fprintf(e.Stdout, "friends %s: wtm doctor asks Kakao for them, once you are logged in\n", strings.Join(names, ", "))
	}
	for _, name := range s.accounts(cfg) {
		line, err := s.login(name, time.Now())
		if err != nil { // no failure of the check: the next step of who sets it up
			line = fmt.Sprintf("%v; next: %s", err, e.hintOf(err))
			fmt.Fprintln(e.Stdout, line)
			continue
		}
		fmt.Fprintf(e.Stdout, "account %s: %s\n", name, line)
	}
	return nil
}

// friendsOf are the friends that a config names, each once, in its order.
func friendsOf(cfg config.Config) []string {
	var names []string
	for _, job := range cfg.Jobs {
		for _, who := range job.To {
			if who.Friend != "" && !slices.Contains(names, who.Friend) {
				names = append(names, who.Friend)
			}
		}
	}
	return names
}
