package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/secret"
)

// findFriends returns the uuids of the receivers that are friends, and why others have none. Kakao is asked once a run.
func (r *Runner) findFriends(ctx context.Context, keys *logins, all []config.Receiver) (found map[config.Receiver]string, errs map[config.Receiver]error) {
	found, errs = map[config.Receiver]string{}, map[config.Receiver]error{}
	for _, who := range all {
		if who.Friend == "" {
			continue
		}
		list, err := keys.of(who.Account).friends(ctx)
		var uuid string
		if err == nil {
			uuid, err = FindFriend(list, who)
		}
		for other, its := range found {
			if err == nil && its == uuid && other.Account == who.Account {
				err = &SameFriendError{Friend: who.Friend, As: other.Friend}
			}
		}
		if err != nil {
			errs[who] = err
			continue
		}
		found[who] = uuid
	}
	return found, errs
}

// friends returns the account's friends, as Kakao listed them first in this run.
func (t *tokens) friends(ctx context.Context) ([]kakao.Friend, error) {
	if !t.listed {
		t.listed = true
		t.listErr = t.use(ctx, func(access secret.Value) (err error) {
			t.list, err = t.runner.Kakao.Friends(ctx, access)
			return err
		})
		for _, f := range t.list {
			if utf8.RuneCountInString(f.Nickname) > 1 { // one letter is in every log
				t.runner.learn(secret.Value(f.Nickname))
			}
		}
	}
	if t.listErr != nil {
		return nil, fmt.Errorf("reading the list of friends: %w", t.listErr)
	}
	return t.list, nil
}

// FindFriend finds the uuid of a receiver who is a friend, by uuid or else by nickname. The error is an
// [*UnknownFriendError] or [*AmbiguousFriendError].
func FindFriend(list []kakao.Friend, who config.Receiver) (string, error) {
	var called []string
	for _, f := range list {
		if f.UUID == who.Friend {
			return f.UUID, nil
		}
		if f.Nickname == who.Friend {
			called = append(called, f.UUID)
		}
	}
	switch len(called) {
	case 1:
		return called[0], nil
	case 0:
		e := &UnknownFriendError{Friend: who.Friend}
		for _, f := range list {
			e.Have = append(e.Have, f.Nickname)
		}
		return "", e
	}
	return "", &AmbiguousFriendError{Friend: who.Friend, UUIDs: called}
}

// UnknownFriendError is a receiver whom Kakao does not list as a friend.
type UnknownFriendError struct {
	Friend string
	Have   []string // nicknames
}

func (e *UnknownFriendError) Error() string {
	return fmt.Sprintf("Kakao lists no friend %q, by nickname or uuid", e.Friend)
}

// Hint names those it lists, and what makes a friend one of them.
func (e *UnknownFriendError) Hint() string {
	const most = 10
	if len(e.Have) == 0 {
		return "friends have to log in to your app and agree to `friends`, and so do you: wtm login; your own chat is `me`"
	}
	have := e.Have
	if len(have) > most {
		have = append(slices.Clone(have[:most]), "…")
	}
	return "it lists " + strings.Join(have, ", ") + "; friends have to log in to your app and agree to `friends`; your own chat is `me`"
}

// ExitCode asks for a person.
func (*UnknownFriendError) ExitCode() int { return 3 }

// SameFriendError is a friend who is named twice, by nickname and by uuid.
type SameFriendError struct{ Friend, As string }

func (e *SameFriendError) Error() string {
	return fmt.Sprintf("%q is the friend who is in `to` as %q already", e.Friend, e.As)
}

// Hint says what to do.
func (*SameFriendError) Hint() string { return "take one of the two out of `to` in wtm.yml" }

// ExitCode asks for a person.
func (*SameFriendError) ExitCode() int { return 3 }

// AmbiguousFriendError is a nickname that several friends have.
type AmbiguousFriendError struct {
	Friend string
	UUIDs  []string
}

func (e *AmbiguousFriendError) Error() string {
	return fmt.Sprintf("%d friends are called %q", len(e.UUIDs), e.Friend)
}

// Hint shows how to name one of them.
func (e *AmbiguousFriendError) Hint() string {
	return fmt.Sprintf("name one by its uuid in wtm.yml: to: [{friends: [%q]}], or %q", e.UUIDs[0], strings.Join(e.UUIDs[1:], `", "`))
}

// ExitCode asks for a person.
func (*AmbiguousFriendError) ExitCode() int { return 3 }
