package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"wtm/internal/chrome"
)

// TestNoChromeOutlivesTheRun ends wtm while its Chrome is stuck in a script that never ends.
func TestNoChromeOutlivesTheRun(t *testing.T) {
	program, err := chrome.Find("")
	if err != nil {
		t.Skipf("no Chrome on this machine: %v", err)
	}
	for name, tc := range map[string]struct {
		signal syscall.Signal
		// clean tells whether wtm can still clear up.
		clean bool
	}{
		"terminated": {syscall.SIGTERM, true},
		"killed":     {syscall.SIGKILL, false},
	} {
		t.Run(name, func(t *testing.T) {
			temp, err := os.MkdirTemp("/tmp", "wtm") // t.TempDir's names are too long for a socket
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(temp)
			shown := make(chan struct{}, 1)
			site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/stuck" {
					shown <- struct{}{}
					return
				}
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, `<script>navigator.sendBeacon("/stuck"); setTimeout(() => { while (true) {} }, 100)</script>`)
			}))
			defer site.Close()
			child := exec.CommandContext(t.Context(), "wtm", "run", "--dry-run", "--job", "lunch", "--now", "2026-11-23T11:30:00+09:00")
			child.Env = append(os.Environ(), "TMPDIR="+temp, "WTM_CHROME="+program, "WTM_STATE_KEY=",
				"WTM_CONFIG=jobs: {lunch: {at: '11:30', source: {url: '"+site.URL+"', render: chrome, wait: table, timeout: 4m, html: {items: td}}, message: {text: a}}}")
			var out bytes.Buffer
			child.Stdout, child.Stderr = &out, &out
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- child.Wait() }()
			select {
			case <-shown:
			case err := <-ended:
				t.Fatalf("wtm ended: %v\n%s", err, &out)
			}
			if len(processesOf(t, temp)) == 0 {
				t.Skip("this machine has no /proc that tells of processes")
			}
			if err := child.Process.Signal(tc.signal); err != nil {
				t.Fatal(err)
			}
			<-ended
			// After a kill it is the kernel that ends Chrome, and the processes of Chrome that end each other.
			for left := processesOf(t, temp); len(left) > 0 && t.Context().Err() == nil; left = processesOf(t, temp) {
				if tc.clean {
					t.Fatalf("processes left behind: %q", left)
				}
				time.Sleep(10 * time.Millisecond)
			}
			if left, err := os.ReadDir(temp); tc.clean && (err != nil || len(left) > 0) {
				t.Errorf("files left behind: %v, %v\n%s", left, err, &out)
			}
		})
	}
}

// processesOf returns the command lines that name a folder.
func processesOf(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(folder)) {
			found = append(found, string(line))
		}
	}
	return found
}
