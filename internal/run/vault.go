package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"wtm/internal/state"
	"wtm/internal/store"
)

// How long a save is tried again, by what it is for.
const (
	budgetProbe   = 20 * time.Second
	budgetMarks   = 20 * time.Second
	budgetRotated = 2 * time.Minute
)

// conflictTries is how often a save that lost against another is merged and tried again.
const conflictTries = 3

// vault is the state of one run: opened once, changed in memory, and saved when it differs from what is stored.
type vault struct {
	runner *Runner

	mu       sync.Mutex
	live     state.State
	saved    state.State
	sealed   []byte
	revision store.Revision
	loaded   time.Time
	// lost is why a rotated token could not be saved: then no other is rotated.
	lost error
}

// openVault opens the state. A dry run works without one, so that a config can be tried before the login.
func openVault(ctx context.Context, r *Runner, o Options) (*vault, error) {
	v := &vault{runner: r}
	stored, err := v.load(ctx)
	if o.DryRun && errors.Is(err, store.ErrNotExist) {
		stored, err = state.New(time.Time{}), nil
	}
	if err != nil {
		return nil, err
	}
	v.live, v.saved = stored, stored.Clone()
	return v, nil
}

// load reads and opens what is stored and remembers its revision.
func (v *vault) load(ctx context.Context) (state.State, error) {
	data, revision, err := v.runner.Store.Load(ctx)
	if err != nil {
		return state.State{}, err
	}
	s, err := v.runner.Key.Open(data)
	if err != nil {
		return state.State{}, fmt.Errorf("opening the state: %w", err)
	}
	for _, a := range s.Accounts {
		v.runner.learn(a.Access.Value, a.Refresh.Value)
	}
	v.sealed, v.revision, v.loaded = data, revision, v.runner.Now()
	return s, nil
}

// loadedAt returns when the stored state was read last.
func (v *vault) loadedAt() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.loaded
}

// current returns a copy of the state as it is in memory.
func (v *vault) current() state.State {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.live.Clone()
}

// change edits the state in memory.
func (v *vault) change(edit func(*state.State)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	edit(&v.live)
}

// probe writes the stored bytes again, to prove that the store can be written before something irreplaceable has to be.
func (v *vault) probe(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.lost != nil {
		return v.lost
	}
	return v.put(ctx, v.sealed, "wtm: check that the state can be saved", budgetProbe, false)
}

// save seals and stores the state when it differs from what is stored: age's output differs each time, so an unchanged
// state would otherwise make a commit out of nothing.
func (v *vault) save(ctx context.Context, why string, budget time.Duration) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if state.Equal(v.live, v.saved) {
		return nil
	}
	data, err := v.runner.Key.Seal(v.live)
	if err != nil {
		return fmt.Errorf("sealing the state: %w", err)
	}
	if err := v.put(ctx, data, why, budget, false); err != nil {
		return err
	}
	v.saved = v.live.Clone()
	return nil
}

// saveRotated stores a rotated refresh token, which exists nowhere else, with all the patience there is. When that
// fails, or somebody stops the program, the sealed state goes to the emergency printer.
func (v *vault) saveRotated(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	data, err := v.runner.Key.Seal(v.live)
	if err != nil {
		return &LostTokenError{Err: err}
	}
	armored, err := state.Armor(data)
	if err != nil {
		return &LostTokenError{Err: err}
	}
	var once sync.Once
	printCopy := func() {
		once.Do(func() {
			if v.runner.Emergency != nil {
				v.runner.Emergency(armored)
			}
		})
	}
	// Who stops the program may kill it in a moment, and a save that hangs would take the token with it.
	stop := context.AfterFunc(ctx, printCopy)
	defer stop()
	if err := v.put(ctx, data, "wtm: save the rotated token", budgetRotated, true); err != nil {
		printCopy()
		v.lost = &UnsavedTokenError{Err: err}
		return v.lost
	}
	v.saved = v.live.Clone()
	return nil
}

// put stores data, or what data becomes after merging with a state that somebody else stored first. Faults that may
// pass are tried again within budget; with insist every fault counts as such.
func (v *vault) put(ctx context.Context, data []byte, why string, budget time.Duration, insist bool) error {
	deadline := v.runner.Now().Add(budget)
	conflicts := 0
	for pause := time.Second; ; pause = min(2*pause, 20*time.Second) {
		revision, err := v.runner.Store.Save(context.WithoutCancel(ctx), data, v.revision, why)
		if err == nil {
			v.sealed, v.revision = data, revision
			if conflicts > 0 {
				v.saved = v.live.Clone()
			}
			return nil
		}
		if errors.Is(err, store.ErrConflict) && conflicts < conflictTries {
			conflicts++
			var merged []byte
			if merged, err = v.reconcile(ctx); err == nil {
				data = merged
				continue
			}
		}
		if !insist && !temporary(err) || v.runner.Now().Add(pause).After(deadline) {
			return err
		}
		v.runner.Log.Warn("saving the state failed, trying again", "error", err, "pause", pause)
		if stopped := v.runner.sleep(ctx, pause); stopped != nil {
			return fmt.Errorf("%w (%v)", err, stopped)
		}
	}
}

// catchUp takes in what another run saved meanwhile, as far as it can be read: its marks keep a message from going out
// twice.
func (v *vault) catchUp(ctx context.Context) {
	v.mu.Lock()
	defer v.mu.Unlock()
	was := v.revision
	theirs, err := v.load(ctx)
	if err != nil || v.revision == was {
		return
	}
	v.live = state.Merge(v.live, theirs)
	v.saved = theirs.Clone()
}

// reconcile merges what somebody else stored into the state in memory and seals the result.
func (v *vault) reconcile(ctx context.Context) ([]byte, error) {
	theirs, err := v.load(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	v.live = state.Merge(v.live, theirs)
	return v.runner.Key.Seal(v.live)
}

// temporary reports whether an error says of itself that it may pass.
func temporary(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err)
	return ok && t.Temporary()
}

// UnsavedTokenError says that a rotated token is only in the emergency copy that was printed.
type UnsavedTokenError struct{ Err error }

func (e *UnsavedTokenError) Error() string {
	return "the rotated Kakao token could not be saved and is only in the emergency copy above: " + e.Err.Error()
}

// Unwrap returns why saving failed.
func (e *UnsavedTokenError) Unwrap() error { return e.Err }

// Hint names the command that brings the copy home.
func (e *UnsavedTokenError) Hint() string {
	return "put the lines from BEGIN to END into a file and run `wtm state import FILE` where the state can be written"
}

// ExitCode asks for a person.
func (e *UnsavedTokenError) ExitCode() int { return 3 }

// LostTokenError says that a rotated token could neither be saved nor sealed for printing.
type LostTokenError struct{ Err error }

func (e *LostTokenError) Error() string {
	return "the rotated Kakao token could neither be saved nor sealed: " + e.Err.Error()
}

// Unwrap returns why.
func (e *LostTokenError) Unwrap() error { return e.Err }

// Hint names the way back.
func (e *LostTokenError) Hint() string { return "log in again: wtm login" }

// ExitCode asks for a person.
func (e *LostTokenError) ExitCode() int { return 3 }
