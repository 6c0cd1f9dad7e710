package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"wtm/internal/config"
	"wtm/internal/schedule"
	"wtm/internal/state"
	"wtm/internal/store"
)

func runState(ctx context.Context, e Env, args []string) error {
	f := newFlags(e, "state", "show | import FILE|- | rekey", "show prints what is remembered, without secrets. import merges an emergency copy into the state.\n"+
		"rekey seals the state with WTM_NEW_STATE_KEY in place of WTM_STATE_KEY.")
	if err := parse(f, args, 2); err != nil {
		return err
	}
	switch {
	case f.Arg(0) == "show" && f.NArg() == 1:
		return withState(ctx, e, func(p place, _ state.Key, env config.Env) error {
			s, err := lookAt(ctx, env)
			if err == nil && !s.found {
				err = fmt.Errorf("%s: %w", p, store.ErrNotExist)
			}
			if err != nil {
				return err
			}
			showState(e.Stdout, s.State, time.Now(), zoneOf(env))
			return nil
		})
	case f.Arg(0) == "import" && f.NArg() == 2:
		return withState(ctx, e, func(p place, key state.Key, _ config.Env) error {
			return importState(ctx, e, p, key, f.Arg(1))
		})
	case f.Arg(0) == "rekey" && f.NArg() == 1:
		return withState(ctx, e, func(p place, key state.Key, env config.Env) error {
			return rekeyState(ctx, e, p, key, env)
		})
	}
	return &usageError{text: "state takes show, import with a file, or rekey", hint: "wtm state -h"}
}

// zoneOf is the zone of the config's slots; without a config that can be read, Korea's.
func zoneOf(env config.Env) *time.Location {
	cfg, err := env.AssumeVariables().LoadConfig()
	if err == nil && len(cfg.Jobs) > 0 {
		return cfg.Jobs[0].Plan.Zone
	}
	zone, err := schedule.LoadZone("Asia/Seoul")
	if err != nil {
		return time.Local
	}
	return zone
}

// withState opens the place of the state.
func withState(ctx context.Context, e Env, do func(place, state.Key, config.Env) error) error {
	env, err := e.load(ctx)
	if err != nil {
		return err
	}
	if err := env.Require("WTM_STATE_KEY"); err != nil {
		return err
	}
	key, err := stateKey(env.StateKey)
	if err != nil {
		return err
	}
	p, err := openPlace(env)
	if err != nil {
		return err
	}
	return do(p, key, env)
}

// showState prints a state without a secret in it.
func showState(w io.Writer, s state.State, now time.Time, zone *time.Location) {
	if len(s.Accounts) == 0 {
		fmt.Fprintln(w, "no account is logged in")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Accounts)) {
		a := s.Accounts[name]
		fmt.Fprintf(w, "account %s: login lasts until %s (%s left), access token until %s\n", name,
			a.Refresh.ExpiresAt.In(zone).Format("2006-01-02"), count(daysLeft(a, now), "day"),
			a.Access.ExpiresAt.In(zone).Format("2006-01-02 15:04 MST"))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Jobs)) {
		j := s.Jobs[name]
		fmt.Fprintf(w, "job %s: %s, %s known\n", name, count(len(j.Slots), "slot"), count(len(j.Seen), "item"))
		if n := j.Failures.InARow; n > 0 {
			fmt.Fprintf(w, "  failed %s in a row\n", count(n, "run"))
		}
		for _, slot := range slices.Sorted(maps.Keys(j.Slots)) {
			for _, who := range slices.Sorted(maps.Keys(j.Slots[slot])) {
				m := j.Slots[slot][who]
				fmt.Fprintf(w, "  %s %s %s at %s\n", slotTime(slot, zone), who, m.Outcome, m.At.In(zone).Format("2006-01-02 15:04:05"))
			}
		}
	}
}

// slotTime shows a slot's key in a zone.
func slotTime(key string, zone *time.Location) string {
	at, err := time.Parse(time.RFC3339, key)
	if err != nil {
		return key
	}
	return at.In(zone).Format("2006-01-02 15:04 MST")
}

// daysLeft is how many whole days the login lasts.
func daysLeft(a state.Account, now time.Time) int {
	return max(0, int(a.Refresh.ExpiresAt.Sub(now).Hours()/24))
}

func importState(ctx context.Context, e Env, p place, key state.Key, from string) error {
	data, err := readFileOrStdin(e, from)
	if err != nil {
		return &usageError{text: "reading the copy: " + err.Error(), hint: "wtm state import FILE, or wtm state import - < FILE"}
	}
	copied, err := openCopies(key, data)
	if err != nil {
		return &copyError{err}
	}
	release, err := lock(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	now, err := load(ctx, p, key)
	if err != nil {
		return err
	}
	if now.revision != "" && state.Equal(state.Merge(now.State, copied), now.State) {
		fmt.Fprintln(e.Stdout, "the state already holds all of it")
		return nil
	}
	err = update(ctx, p, key, key, "wtm: import a copy of the state", func(old stored) state.State {
		if old.revision == "" {
			return copied
		}
		return state.Merge(old.State, copied)
	})
	if err == nil {
		fmt.Fprintf(e.Stdout, "imported into %s\n", p)
	}
	return err
}

// copyError is an emergency copy that cannot be opened. The state itself is not what is wrong.
type copyError struct{ err error }

func (e *copyError) Error() string { return "opening the copy: " + e.err.Error() }
func (e *copyError) Unwrap() error { return e.err }
func (e *copyError) Hint() string {
	return "copy all lines from BEGIN to END, and set WTM_STATE_KEY to the key the copy was sealed with"
}
func (e *copyError) ExitCode() int { return ExitPerson }

// rekeyState seals the state with another key. The old one opens what was committed before, for ever.
func rekeyState(ctx context.Context, e Env, p place, key state.Key, env config.Env) error {
	if err := env.Require("WTM_NEW_STATE_KEY"); err != nil {
		return err
	}
	fresh, err := state.ParseKey(env.NewStateKey)
	if err != nil {
		return fmt.Errorf("reading WTM_NEW_STATE_KEY: %w", err)
	}
	release, err := lock(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	if _, _, err := p.Load(ctx); err != nil {
		return err
	}
	err = update(ctx, p, key, fresh, "wtm: seal the state with another key", func(old stored) state.State { return old.State })
	if err == nil {
		fmt.Fprintf(e.Stdout, "%s is sealed with the new key\nnext: set WTM_STATE_KEY to it, and unset WTM_NEW_STATE_KEY\n", p)
	}
	return err
}

// importLimit is far above any state: 64 slots and 2,000 ids a job.
const importLimit = 16 << 20

func readFileOrStdin(e Env, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(e.Stdin, importLimit))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, importLimit))
}
