package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wtm/internal/store"
)

func newFile(t testing.TB) store.File {
	t.Helper()
	return store.File{Path: filepath.Join(t.TempDir(), "state", "tokens.age")}
}

func mustSave(t testing.TB, f store.File, data string, old store.Revision) store.Revision {
	t.Helper()
	revision, err := f.Save(t.Context(), []byte(data), old, "test")
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func TestFileSavesAndLoads(t *testing.T) {
	f := newFile(t)
	if _, _, err := f.Load(t.Context()); !errors.Is(err, store.ErrNotExist) {
		t.Fatalf("Load of nothing: %v, want ErrNotExist", err)
	}
	first := mustSave(t, f, "one", "")
	mustSave(t, f, "two", first)
	data, _, err := f.Load(t.Context())
	if err != nil || string(data) != "two" {
		t.Errorf("Load = %q, %v", data, err)
	}
	info, err := os.Stat(f.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600 (%v)", info.Mode().Perm(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(f.Path))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, want the state alone (%v)", entries, err)
	}
}

func TestFileSaveConflicts(t *testing.T) {
	f := newFile(t)
	first := mustSave(t, f, "one", "")
	mustSave(t, f, "two", first)
	for name, old := range map[string]store.Revision{"stale": first, "none": ""} {
		if _, err := f.Save(t.Context(), []byte("lost"), old, "test"); !errors.Is(err, store.ErrConflict) {
			t.Errorf("saving over a %s revision: %v, want ErrConflict", name, err)
		}
	}
	if data, _, _ := f.Load(t.Context()); string(data) != "two" {
		t.Errorf("a refused save changed the file to %q", data)
	}
}

func TestFileNamesAPlaceThatCannotBeUsed(t *testing.T) {
	blocker := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := store.File{Path: filepath.Join(blocker, "tokens.age")}
	_, errSave := f.Save(t.Context(), []byte("x"), "", "test")
	_, errLock := f.Lock(t.Context())
	for name, err := range map[string]error{"Save": errSave, "Lock": errLock} {
		e, ok := errors.AsType[*store.FileError](err)
		if !ok || !strings.Contains(err.Error(), f.Path) || e.ExitCode() != 3 || !strings.Contains(e.Hint(), "WTM_STATE_PATH") {
			t.Errorf("%s: %v", name, err)
		}
	}
	folder := store.File{Path: t.TempDir()}
	if _, _, err := folder.Load(t.Context()); err == nil || errors.Is(err, store.ErrNotExist) {
		t.Errorf("Load of a folder: %v", err)
	}
}

func TestFileLockKeepsOthersOff(t *testing.T) {
	f := newFile(t)
	release, err := f.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() {
		_, err := f.Lock(stopped)
		second <- err
	}()
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Fatalf("a second Lock ended with %v while the first held", err)
	}
	release()
	again, err := f.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// TestMain lets the test binary be the process that [TestFileSurvivesAKill] kills.
func TestMain(m *testing.M) {
	path := os.Getenv("STORE_TEST_SAVE_TO")
	if path == "" {
		os.Exit(m.Run())
	}
	f := store.File{Path: path}
	for i := 0; ; i++ {
		_, old, err := f.Load(context.Background())
		if err != nil && !errors.Is(err, store.ErrNotExist) {
			os.Exit(1)
		}
		if _, err := f.Save(context.Background(), whole(byte(i)), old, "test"); err != nil {
			os.Exit(1)
		}
		os.Stdout.Write([]byte{'.'})
	}
}

// whole is content that shows every mixture and every cut.
func whole(b byte) []byte { return bytes.Repeat([]byte{b}, 64<<10) }

func TestFileSurvivesAKill(t *testing.T) {
	f := newFile(t)
	for round := range 12 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "STORE_TEST_SAVE_TO="+f.Path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		// Some saves went through; the kill then falls anywhere in the next one.
		if _, err := out.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(round) * 700 * time.Microsecond)
		child.Process.Kill()
		child.Wait()
		data, old, err := f.Load(t.Context())
		if err != nil || len(data) != 64<<10 || len(slices.Compact(data)) != 1 {
			t.Fatalf("round %d: %d bytes, %v", round, len(data), err)
		}
		mustSave(t, f, string(whole(9)), old)
	}
}
