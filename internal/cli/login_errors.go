package cli

import (
	"fmt"

	"wtm/internal/config"
)

// samePersonError is a login of somebody whose tokens are kept under another name.
type samePersonError struct{ name, other string }

func (e *samePersonError) Error() string {
	return fmt.Sprintf("this is the Kakao account that is kept as %s already, and not another one for %s", e.other, e.name)
}

func (e *samePersonError) Hint() string {
	return "log out of Kakao in the browser, or use a private window, then: wtm login --account " + e.name
}

func (e *samePersonError) ExitCode() int { return ExitPerson }

// otherPersonError is a login of another person than the one who is kept under the name.
type otherPersonError struct{ name string }

func (e *otherPersonError) Error() string {
	return fmt.Sprintf("this is another Kakao account than the one that is kept as %s, whose chat would no longer get the messages", e.name)
}

func (e *otherPersonError) Hint() string {
	if e.name == config.Me {
		return "to keep both: wtm login --account NAME; to change who you are: wtm login --replace"
	}
	return "to keep both, take another name: wtm login --account NAME; to change who it is: wtm login --replace --account " + e.name
}

func (e *otherPersonError) ExitCode() int { return ExitPerson }

// keyNeededError is a state that is there, and no key for it.
type keyNeededError struct{ place place }

func (e *keyNeededError) Error() string {
	return fmt.Sprintf("there is a state in %s already, and WTM_STATE_KEY is not set", e.place)
}

func (e *keyNeededError) Hint() string {
	return "set WTM_STATE_KEY to its key; if that is lost, move the state away and run wtm login for a new one"
}

func (e *keyNeededError) ExitCode() int { return ExitUsage }
