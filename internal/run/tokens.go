package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"wtm/internal/kakao"
	"wtm/internal/secret"
	"wtm/internal/state"
)

const (
	// accessReserve is the life an access token must have left at the last send; less, and it is refreshed first.
	accessReserve = 10 * time.Minute
	// rotationWindow is the life left below which Kakao replaces a refresh token on a refresh call
	// (developers.kakao.com/docs/ko/kakaologin/rest-api, "refresh token": under one month).
	rotationWindow = 30 * 24 * time.Hour
	// rotationPause keeps runs from asking again when Kakao, by its own clock, did not rotate yet: it limits the
	// tokens one user can be issued (KOE237).
	rotationPause = time.Hour
)

// tokens keeps the Kakao token of one account usable in one run: at most one refresh beforehand, one more after a 401.
type tokens struct {
	name   string
	runner *Runner
	vault  *vault
	// needed says that something will be sent, until when the access token has to live.
	needed bool
	until  time.Time

	refreshed, rotated bool

	// err is why the account cannot send in this run.
	err error

	// retry guards what a refresh after a 401 changes: several envelopes of an account are under way at once.
	retry     sync.Mutex
	retried   bool
	retriedTo error
	// unsaved is why a rotated token could not be saved: then nothing may use what came with it.
	unsaved error

	listed  bool // the friends were asked for
	list    []kakao.Friend
	listErr error
}

// NotLoggedInError says that the state holds no token.
type NotLoggedInError struct{}

func (*NotLoggedInError) Error() string { return "the state holds no Kakao token" }

// Hint names the command that makes one.
func (*NotLoggedInError) Hint() string { return "log in: wtm login" }

// ExitCode asks for a person.
func (*NotLoggedInError) ExitCode() int { return 3 }

// account returns the account messages go from.
func (t *tokens) account() state.Account { return t.vault.current().Accounts[t.name] }

// access returns the access token to send with.
func (t *tokens) access() secret.Value { return t.account().Access.Value }

// prepare makes sure that the access token lives long enough and that a refresh token near its end is replaced.
func (t *tokens) prepare(ctx context.Context) error {
	a, now := t.account(), t.runner.Now()
	switch { // who stops a run wants nothing begun that cannot be taken back
	case ctx.Err() != nil && t.needed:
		return context.Cause(ctx)
	case ctx.Err() != nil:
		return nil
	}
	if a.Refresh.Value == "" {
		if t.needed {
			return &NotLoggedInError{}
		}
		return nil
	}
	short := t.needed && a.Access.ExpiresAt.Sub(t.until) < accessReserve
	if !short && !rotationDue(a, now) {
		return nil
	}
	err := t.refresh(ctx)
	if err == nil || errors.As(err, new(*UnsavedTokenError)) || errors.As(err, new(*LostTokenError)) {
		return err
	}
	if t.needed && !short {
		// The refresh was for rotation only, and the access token at hand still serves this run.
		t.runner.Log.Warn("the refresh token could not be rotated, using the access token at hand", "error", err)
		return nil
	}
	return err
}

// rotationDue reports whether a refresh is expected to bring a new refresh token.
func rotationDue(a state.Account, now time.Time) bool {
	opened := a.Refresh.ExpiresAt.Add(-rotationWindow)
	if now.Before(opened) {
		return false
	}
	triedInWindow := a.Access.IssuedAt.After(opened) && a.Access.IssuedAt.After(a.Refresh.IssuedAt)
	return !triedInWindow || now.Sub(a.Access.IssuedAt) >= rotationPause
}

// refresh asks Kakao for a new access token. When a rotation may come with it, the store is proved writable first and
// the answer is saved before anybody sees it.
func (t *tokens) refresh(ctx context.Context) error {
	a := t.account()
	if !t.runner.Now().Before(a.Refresh.ExpiresAt.Add(-rotationWindow)) {
		if err := t.vault.probe(ctx); err != nil {
			return &UnwritableError{Err: err}
		}
		// The probe may have met a state that another run saved: its refresh token is the one that lives.
		if now := t.account(); now.Refresh.Value != a.Refresh.Value {
			if a = now; a.Access.ExpiresAt.Sub(t.until) >= accessReserve {
				return nil
			}
		}
	}
	// The answer may hold the only copy of a new refresh token: once asked, it is waited for even if the run is stopped.
	grant, err := t.runner.Kakao.Refresh(context.WithoutCancel(ctx), a.Refresh.Value)
	if err != nil {
		return fmt.Errorf("refreshing the Kakao token: %w", err)
	}
	t.runner.learn(grant.AccessToken, grant.RefreshToken)
	t.refreshed = true
	t.vault.change(func(s *state.State) { s.Accounts[t.name] = Renew(s.Accounts[t.name], grant, t.runner.Now()) })
	if grant.RefreshToken == "" {
		return nil // an access token can be asked for again: it is saved with the marks
	}
	t.rotated = true
	t.runner.Log.Info("Kakao rotated the refresh token, saving it")
	if err := t.vault.saveRotated(ctx); err != nil {
		t.unsaved = err
		return err
	}
	if grant.AccessToken == "" {
		return &kakao.AnswerError{Host: "the token endpoint", Path: "/oauth/token"}
	}
	return nil
}

// use makes a call with the access token. A 401 is cured once a run, and the call made again: it surely had no effect.
func (t *tokens) use(ctx context.Context, call func(access secret.Value) error) error {
	access, err := t.ready()
	if err != nil {
		return err
	}
	if access == "" { // nothing was prepared for a message that nobody planned
		if err := t.again(ctx); err != nil {
			return err
		}
		access = t.access()
	}
	err = call(access)
	if refused, ok := errors.AsType[*kakao.APIError](err); ok && refused.Unauthorized() {
		if err = t.again(ctx); err == nil {
			err = call(t.access())
		}
	}
	return err
}

// ready returns the access token, empty when it has run out, or why there is none to use. It waits for a refresh that is under way.
func (t *tokens) ready() (secret.Value, error) {
	t.retry.Lock()
	defer t.retry.Unlock()
	if t.err != nil {
		return "", t.err
	}
	if t.unsaved != nil {
		return "", t.unsaved
	}
	if a := t.account().Access; t.runner.Now().Before(a.ExpiresAt) {
		return a.Value, nil
	}
	return "", nil
}

// again is what a send does after a 401: refresh once more in this run, whoever asks first.
func (t *tokens) again(ctx context.Context) error {
	t.retry.Lock()
	defer t.retry.Unlock()
	if !t.retried {
		t.retried = true
		t.retriedTo = t.refresh(ctx)
	}
	return t.retriedTo
}

// Renew returns account a with the tokens of grant, issued at now. A grant without refresh token or scope keeps the old
// ones, as Kakao's refresh answer leaves both out when they stay.
func Renew(a state.Account, grant kakao.Grant, now time.Time) state.Account {
	if grant.AccessToken != "" {
		a.Access = state.Token{Value: grant.AccessToken, IssuedAt: after(a.Access, now), ExpiresAt: now.Add(grant.AccessLife)}
	}
	if grant.RefreshToken != "" {
		a.Refresh = state.Token{Value: grant.RefreshToken, IssuedAt: after(a.Refresh, now), ExpiresAt: now.Add(grant.RefreshLife)}
	}
	if grant.Scope != nil {
		a.Scope = grant.Scope
	}
	return a
}

// after returns now, or a moment after the old token was issued: a clock that was wrong once must not make a dead token win
// a merge.
func after(old state.Token, now time.Time) time.Time {
	if now.After(old.IssuedAt) {
		return now
	}
	return old.IssuedAt.Add(time.Second)
}

// UnwritableError says that nothing was refreshed because a rotated token could not have been saved. The hint is that of
// the place.
type UnwritableError struct{ Err error }

func (e *UnwritableError) Error() string {
	return "not refreshing the Kakao token, because a rotated one could not be saved: " + e.Err.Error()
}

// Unwrap returns why the store cannot be written.
func (e *UnwritableError) Unwrap() error { return e.Err }

// ExitCode asks for a person.
func (e *UnwritableError) ExitCode() int { return 3 }
