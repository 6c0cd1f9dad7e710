package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"wtm/internal/config"
)

// checkTarget refuses to write to what is no file, or to the file that is read; an empty path is no target.
func checkTarget(path, source string, env config.Env) error {
	if path == "" {
		return nil
	}
	refused := func(why string) error {
		return &usageError{text: fmt.Sprintf("writing the page to %s: %s", path, why), hint: "name a file, such as --html preview.html"}
	}
	target, err := os.Stat(path)
	switch {
	case err == nil && target.IsDir():
		return refused("it is a folder")
	case err == nil && !target.Mode().IsRegular():
		return refused("it is no plain file")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return refused(reasonOf(err))
	}
	if folder, err := os.Stat(filepath.Dir(path)); err != nil || !folder.IsDir() {
		return refused("there is no folder " + filepath.Dir(path))
	}
	for what, name := range map[string]string{"the saved page": source, "the state": env.StatePath, "the config": cmp.Or(env.File, config.DefaultFile)} {
		if read, err := os.Stat(name); err == nil && target != nil && os.SameFile(read, target) {
			return refused("it is " + what + " itself")
		}
	}
	return nil
}

// writePrivately makes a file that its owner alone can read, whole or not at all, and returns its address for a browser.
func writePrivately(path string, write func(io.Writer) error) (string, error) {
	failed := func(err error) error {
		return &usageError{text: fmt.Sprintf("writing the page to %s: %s", path, reasonOf(err)), hint: "name another file, such as --html preview.html"}
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return "", failed(err)
	}
	file, err := os.CreateTemp(filepath.Dir(full), ".wtm-*") // mode 0600
	if err != nil {
		return "", failed(err)
	}
	out := bufio.NewWriter(file)
	err = write(out)
	if err = errors.Join(err, out.Flush(), file.Close()); err == nil {
		err = os.Rename(file.Name(), full)
	}
	if err != nil {
		os.Remove(file.Name())
		return "", failed(err)
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(full)}).String(), nil
}

// reasonOf is what the system said, without the name of a file that means nothing to a person.
func reasonOf(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		err = l.Err
	}
	return err.Error()
}
