//go:build linux

package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"wtm/internal/store"
)

// TestReadOnlyFolder has to work for root too, whom no mode bits stop: one thread gives up its right to files.
func TestReadOnlyFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "wtm-read-only-") // in t.TempDir nobody else may even look
	if err != nil {
		t.Fatal(err)
	}
	f := store.File{Path: filepath.Join(dir, "tokens.age")}
	if err := os.WriteFile(f.Path, []byte("as before"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755); os.RemoveAll(dir) })
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		const nobody = 65534
		if os.Geteuid() == 0 {
			if err := syscall.Setfsuid(nobody); err != nil {
				t.Error(err)
				return
			}
		}
		_, revision, err := f.Load(t.Context())
		if err != nil {
			t.Errorf("Load: %v", err)
		}
		_, errSave := f.Save(t.Context(), []byte("changed"), revision, "test")
		_, errLock := f.Lock(t.Context())
		for name, err := range map[string]error{"Save": errSave, "Lock": errLock} {
			if e, ok := errors.AsType[*store.FileError](err); !ok || e.ExitCode() != 3 || !errors.Is(err, os.ErrPermission) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}()
	<-done
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("in the folder: %v, %v", left, err)
	}
	if data, err := os.ReadFile(f.Path); err != nil || string(data) != "as before" {
		t.Errorf("the state is now %q, %v", data, err)
	}
}
