package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/run"
	"wtm/internal/state"
	"wtm/internal/store"
)

// runFlags are the flags of `wtm run`.
type runFlags struct {
	options run.Options
	now     time.Time
	json    bool
	quiet   bool
}

func parseRunFlags(e Env, args []string) (runFlags, error) {
	var r runFlags
	f := newFlags(e, "run", "[FLAGS]", "Sends what is due now to KakaoTalk and remembers it: slots of up to `late` ago that were not sent,\nand slots up to `hold` ahead, for which it waits.")
	f.StringVar(&r.options.Job, "job", "", "run only the job of this `NAME`")
	f.BoolVar(&r.options.Force, "force", false, "ignore what was sent before")
	f.BoolVar(&r.options.DryRun, "dry-run", false, "fetch, scrape and compose; send and save nothing")
	f.BoolVar(&r.json, "json", false, "print the report as JSON")
	f.BoolVar(&r.quiet, "quiet", false, "print errors only")
	f.Func("now", "pretend that the run starts at `TIME` (RFC 3339, such as 2026-11-23T11:30:00+09:00); without --dry-run its slots are sent, and count as sent", parseTime(&r.now))
	f.Func("hold", "wait at most `DURATION` for a slot ahead, such as 20m", func(text string) error {
		hold, err := time.ParseDuration(text)
		if err != nil || hold < 0 || hold > config.MaxHold {
			return errors.New("want a duration such as 20m or 0s, 45m at most")
		}
		r.options.Hold = &hold
		return nil
	})
	err := parse(f, args, 0)
	return r, err
}

// parseTime is a flag that takes a time.
func parseTime(into *time.Time) func(string) error {
	return func(text string) (err error) {
		*into, err = time.Parse(time.RFC3339, text)
		if err != nil || into.Year() < 2000 || into.Year() > 2200 {
			return errors.New("want RFC 3339, such as 2026-11-23T11:30:00+09:00")
		}
		return nil
	}
}

func runRun(ctx context.Context, e Env, args []string) error {
	flags, err := parseRunFlags(e, args)
	if err != nil {
		return err
	}
	env, err := e.load(ctx)
	if err != nil {
		return err
	}
	cfg, err := e.readConfig(env)
	if !flags.options.DryRun { // which needs neither the app nor the state
		err = errors.Join(err, env.Require("KAKAO_REST_API_KEY", "WTM_STATE_KEY"))
	}
	if err != nil {
		return err
	}
	e.learnConfig(cfg)
	key, place, release, err := openState(ctx, env, flags.options.DryRun)
	if err != nil {
		return err
	}
	defer release()
	log := slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: logLevel(flags.quiet)}))
	runner := &run.Runner{
		Config:    cfg,
		Key:       key,
		Store:     place,
		Kakao:     newKakao(env),
		Pages:     newPages(env),
		Now:       clock(flags.now),
		Log:       log,
		Learned:   e.learn,
		SaveEach:  !keepsHistory(place),
		Emergency: func(armored []byte) { fmt.Fprintf(e.Stderr, "%s\n", armored) },
	}
	report, err := runner.Run(ctx, flags.options)
	if err != nil {
		return err
	}
	if err := printReport(e.Stdout, report, flags); err != nil {
		return err
	}
	errs := report.Errors()
	if !env.Actions() {
		return errors.Join(errs...)
	}
	if err := e.tellActions(ctx, env, cfg, report); err != nil {
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil
	}
	return &toldError{errors.Join(errs...)}
}

// keepsHistory reports whether a place remembers every save, so that one for each receiver would be noise.
func keepsHistory(p run.Store) bool {
	_, file := p.(store.File)
	return !file
}

// openState returns the state's key and its place, locked until release. A dry run reads without the lock, and without
// a key it runs as if there were no state.
func openState(ctx context.Context, env config.Env, dry bool) (state.Key, run.Store, func(), error) {
	if dry && env.StateKey == "" {
		return state.Key{}, noState{}, func() {}, nil
	}
	key, err := stateKey(env.StateKey)
	if err != nil {
		return key, nil, nil, err
	}
	p, err := openPlace(env)
	if err != nil || dry {
		return key, p, func() {}, err
	}
	release, err := lock(ctx, p)
	return key, p, release, err
}

// noState is a store with nothing in it, for a dry run before the login.
type noState struct{ run.Store }

func (noState) Load(context.Context) ([]byte, store.Revision, error) {
	return nil, "", store.ErrNotExist
}

func logLevel(quiet bool) slog.Level {
	if quiet {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// newKakao returns the client for the app that env names.
func newKakao(env config.Env) *kakao.Client {
	return &kakao.Client{AuthURL: env.AuthURL, APIURL: env.APIURL, ClientID: env.RESTAPIKey, ClientSecret: env.ClientSecret}
}

// clock returns the time, as it is or as if the run had started at start.
func clock(start time.Time) func() time.Time {
	if start.IsZero() {
		return time.Now
	}
	began := time.Now()
	return func() time.Time { return start.Add(time.Since(began)) }
}
