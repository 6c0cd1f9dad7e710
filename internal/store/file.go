package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// maxFile is far above any state within its bounds.
const maxFile = 128 << 20

// LockWait is how long [File.Lock] waits for another run.
const LockWait = 30 * time.Second

// File is a state in a file of this machine, replaced whole: after a crash at any moment it is the old one or the new
// one. Readable by its owner only.
type File struct{ Path string }

// String says where the state is, for people.
func (f File) String() string { return f.Path }

// Load returns the file's bytes; [ErrNotExist] when there is none.
func (f File) Load(context.Context) ([]byte, Revision, error) {
	info, err := os.Stat(f.Path)
	if err == nil && info.Size() > maxFile {
		return nil, "", &FileError{Op: "reading", Path: f.Path, Err: errors.New("it is far too large for a state")}
	}
	data, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("%s: %w", f.Path, ErrNotExist)
	}
	if err != nil {
		return nil, "", &FileError{Op: "reading", Path: f.Path, Err: err}
	}
	return data, revision(data), nil
}

// Save replaces old by data, or returns [ErrConflict]. why is for stores that keep a history.
func (f File) Save(ctx context.Context, data []byte, old Revision, why string) (Revision, error) {
	_, stored, err := f.Load(ctx)
	if err != nil && !errors.Is(err, ErrNotExist) {
		return "", err
	}
	if stored != old {
		return "", ErrConflict
	}
	if err := f.replace(data); err != nil {
		return "", &FileError{Op: "writing", Path: f.Path, Err: err}
	}
	return revision(data), nil
}

// replace writes a sibling, makes it durable, and renames it over the file.
func (f File) replace(data []byte) error {
	dir, name := filepath.Split(f.Path)
	if dir == "" {
		dir = "."
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	temporary := "." + name + "." + rand.Text()
	if err := writeDurably(root, temporary, data); err != nil {
		root.Remove(temporary)
		return err
	}
	if err := root.Rename(temporary, name); err != nil {
		root.Remove(temporary)
		return err
	}
	// The rename itself has to reach the disk too.
	folder, err := root.Open(".")
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

func writeDurably(root *os.Root, name string, data []byte) error {
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// Lock keeps other runs off the state until release is called. It waits up to [LockWait] for them, and then returns a
// [*LockedError].
func (f File) Lock(ctx context.Context) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return nil, &FileError{Op: "locking", Path: f.Path, Err: err}
	}
	waiting, cancel := context.WithTimeout(ctx, LockWait)
	defer cancel()
	lock := flock.New(f.Path+".lock", flock.SetPermissions(0o600))
	_, err = lock.TryLockContext(waiting, 100*time.Millisecond)
	switch {
	case err == nil:
		return func() { lock.Unlock() }, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case waiting.Err() != nil:
		return nil, &LockedError{Path: f.Path}
	}
	return nil, &FileError{Op: "locking", Path: f.Path, Err: err}
}

func revision(data []byte) Revision {
	sum := sha256.Sum256(data)
	return Revision(hex.EncodeToString(sum[:]))
}

// FileError is a state file that cannot be used.
type FileError struct {
	Op   string // reading, writing, locking
	Path string
	Err  error
}

func (e *FileError) Error() string {
	err := e.Err
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err // the temporary name says nothing to a person
	}
	return fmt.Sprintf("%s the state file %s: %v", e.Op, e.Path, err)
}

// Unwrap returns what the system said.
func (e *FileError) Unwrap() error { return e.Err }

// Hint names the setting of the place.
func (e *FileError) Hint() string {
	return "make its folder writable, or set WTM_STATE_PATH to another place"
}

// ExitCode asks for a person: no later run can mend it.
func (*FileError) ExitCode() int { return 3 }

// LockedError says that another run kept the state for too long.
type LockedError struct{ Path string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("another run of wtm has held the state file %s for %s", e.Path, LockWait)
}

// Hint says how to get on.
func (e *LockedError) Hint() string { return "wait for it to end, then: wtm run" }
