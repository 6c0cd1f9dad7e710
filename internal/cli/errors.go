package cli

import (
	"errors"
	"fmt"
	"regexp"

	"wtm/internal/actions"
)

// hinter is an error that knows what the user can do: a command to run or a page to open.
type hinter interface {
	error
	Hint() string
}

// exitCoder is an error that knows its exit code.
type exitCoder interface {
	error
	ExitCode() int
}

// report prints each error, its hint after it, a hint that several share after the last of them, and returns the worst
// exit code: a person's task beats wrong usage beats failure.
func report(e Env, err error) int {
	code := 0
	errs := apart(err)
	for i, err := range errs {
		fmt.Fprintf(e.Stderr, "wtm: error: %v\n", err)
		hint := e.hintOf(err)
		if hint != "" && (i+1 == len(errs) || e.hintOf(errs[i+1]) != hint) {
			fmt.Fprintf(e.Stderr, "wtm: hint: %s\n", hint)
		}
		e.annotate(actions.Error, err.Error(), hint)
		code = max(code, exitCode(err))
	}
	return code
}

func (e Env) hintOf(err error) string {
	h, ok := errors.AsType[hinter](err)
	if !ok {
		return ""
	}
	if e.commands != nil {
		return inFork.ReplaceAllStringFunc(h.Hint(), workflowLogin)
	}
	return h.Hint()
}

// inFork finds the command that in a fork is a workflow, with its flags.
var inFork = regexp.MustCompile("(?:run )?`?wtm login(?: --redirected-url -)?( --replace)?(?: --account ([^ `;]+))?`?(?: and paste it there)?")

// workflowLogin says the command that inFork found as a workflow and its inputs.
func workflowLogin(command string) string {
	found := inFork.FindStringSubmatch(command)
	text := "start the workflow login"
	if found[2] != "" {
		text += " with the account " + found[2]
	}
	if found[1] != "" {
		text += ", with replace"
	}
	return text
}

func exitCode(err error) int {
	if c, ok := errors.AsType[exitCoder](err); ok {
		return c.ExitCode()
	}
	return ExitFailed
}

// apart returns the errors joined in err.
func apart(err error) []error {
	if told, ok := err.(*toldError); ok {
		err = told.error
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, apart(e)...)
	}
	return all
}

// usageError is a wrong command line.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }
func (e *usageError) Hint() string  { return e.hint }
func (e *usageError) ExitCode() int { return ExitUsage }
