package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// urlwatch is https://github.com/thp/urlwatch with a configuration and a cache of its own, to compare with.
type urlwatch struct {
	path, dir string
}

func newURLWatch(b *testing.B, path string, all *boards) *urlwatch {
	b.Helper()
	u := &urlwatch{path: path, dir: b.TempDir()}
	var urls bytes.Buffer
	for i := range watchedPages {
		fmt.Fprintf(&urls, "---\nname: board%03d\nurl: %s\nfilter:\n- css: %q\n", i, all.url(i), boardFilter)
	}
	for name, text := range map[string]string{
		"urls.yaml": urls.String(),
		"config.yaml": "display: {new: true, error: true, unchanged: true}\n" +
			"report: {text: {details: false, footer: true, line_length: 75}, stdout: {enabled: true, color: false}}\n",
		"hooks.py": "",
	} {
		if err := os.WriteFile(filepath.Join(u.dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return u
}

// run is one run over all boards. It asserts that each was asked once, and that the cache has of each what the filter
// leaves.
func (u *urlwatch) run(b *testing.B, all *boards) cost {
	b.Helper()
	all.asked.Store(0)
	out, c := spent(b, u.dir, append(os.Environ(), "HOME="+u.dir), u.path, "--config", "config.yaml", "--urls", "urls.yaml", "--cache", "cache.db", "--hooks", "hooks.py")
	if asked := all.asked.Load(); asked != watchedPages {
		b.Fatalf("urlwatch made %d requests for %d boards:\n%.2000s", asked, watchedPages, out)
	}
	for i := range watchedPages {
		if !bytes.Contains(out, fmt.Appendf(nil, "board%03d", i)) {
			b.Fatalf("urlwatch reports no board%03d:\n%.2000s", i, out)
		}
	}
	const dump = `import sqlite3; print(*(row[0] for row in sqlite3.connect("cache.db").execute("SELECT data FROM CacheEntry")))`
	reader := exec.CommandContext(b.Context(), "python3", "-c", dump)
	reader.Dir, reader.Env = u.dir, append(os.Environ(), "PYTHONIOENCODING=utf-8")
	kept, err := reader.Output()
	if err != nil {
		b.Fatal(err)
	}
	for i := range watchedPages {
		// Each title stands in the link and in its title attribute.
		if n := bytes.Count(kept, []byte(boardTitle(i))); n != 2 {
			b.Fatalf("urlwatch keeps the title of board %d %d times", i, n)
		}
	}
	if bytes.Contains(kept, []byte(boardMenu)) {
		b.Fatal("urlwatch has not filtered")
	}
	return c
}

// forget makes the next run a first one.
func (u *urlwatch) forget(b *testing.B) {
	b.Helper()
	if err := os.Remove(filepath.Join(u.dir, "cache.db")); err != nil {
		b.Fatal(err)
	}
}
