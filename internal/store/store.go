// Package store holds the places where the sealed state lives between runs.
//
// Every place offers the same two calls: Load gives the bytes and their revision, Save replaces exactly that revision or
// says that somebody else was faster. The bytes are sealed already; nothing here can read them.
package store

import "errors"

// Revision names one version of the stored bytes; empty means that nothing is stored yet.
type Revision string

// ErrConflict says that what is stored is no longer the revision a Save meant to replace: load, merge, save again.
var ErrConflict = errors.New("somebody else saved the state meanwhile")

// ErrNotExist says that nothing is stored yet.
var ErrNotExist error = notExistError{}

type notExistError struct{}

func (notExistError) Error() string { return "there is no state yet" }
func (notExistError) Hint() string  { return "log in first: wtm login" }
func (notExistError) ExitCode() int { return 3 }
