package chrome_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wtm/internal/chrome"
	"wtm/internal/fetch"
)

func TestErrors(t *testing.T) {
	shared := browser(t)
	unending := html(`<p>공지<script>while (true) {}</script>`)
	for name, tc := range map[string]struct {
		page    http.HandlerFunc
		wait    string
		limit   int64
		timeout time.Duration
		want    string // without the address
		hint    string // in it
	}{
		"not found":                      {page: http.NotFound, want: "the site answered 404 Not Found", hint: "`url:`"},
		"not found, bare":                {page: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, want: "the site answered 404 Not Found", hint: "`url:`"},
		"forbidden, waited for":          {page: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }, wait: "table", want: "the site answered 403 Forbidden", hint: "refuses"},
		"in trouble":                     {page: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }, want: "the site answered 502 Bad Gateway", hint: "next run"},
		"page without end":               {page: endless("<p>공지"), timeout: 2 * time.Second, want: "the page did not finish loading within 2s", hint: "`wait:`"},
		"script without end":             {page: unending, timeout: 2 * time.Second, want: "the page did not finish loading within 2s", hint: "`wait:`"},
		"script without end, waited for": {page: unending, wait: "p", timeout: 2 * time.Second, want: "nothing on the page matched the selector of wait (p) within 2s", hint: "`wait:`"},
		"headers without end":            {page: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, timeout: 2 * time.Second, want: "the page did not finish loading within 2s", hint: "`timeout:`"},
		"reloads without end":            {page: html(`<script>location.reload()</script>`), timeout: 2 * time.Second, want: "the page did not finish loading within 2s", hint: "`wait:`"},
		"nothing matches":                {page: html("<p>공지"), wait: "table.menu", timeout: 2 * time.Second, want: "nothing on the page matched the selector of wait (table.menu) within 2s", hint: "adapt the source's `wait:`"},
		"download":                       {page: attachment, want: "the answer is a file to download, not a page of text", hint: "text"},
		"picture":                        {page: func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")) }, want: "the answer is image/gif, not a page of text", hint: "text"},
		"many elements":                  {page: html(`<script>document.write("<p>밥</p>".repeat(20000))</script>`), limit: 200_000, want: "the page is larger than 200000 bytes", hint: "smaller"},
		"many letters":                   {page: html(`<script>document.write("밥".repeat(4e6))</script>`), want: "the page is larger than 10485760 bytes", hint: "smaller"},
		"document without end":           {page: flood, limit: 200_000, want: "the page is larger than 200000 bytes", hint: "smaller"},
		"requests without end": {page: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/more" {
				flood(w, r)
			}
			html(`<script>fetch("/more").then(r => r.text())</script>`)(w, r)
		}, limit: 200_000, want: "the page is larger than 2000000 bytes", hint: "smaller"},
		"redirects without end": {page: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }, want: "the site redirects too many times", hint: "private"},
		"redirect to a file": {page: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, want: "the site redirects to something that is not an http or https address", hint: "private"},
		"answer that breaks off": {page: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			html("<p>밥")(w, nil)
		}, want: "the connection broke off", hint: "next run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := *shared
			b.MaxBytes = tc.limit
			at := site(t, map[string]http.HandlerFunc{"/": tc.page})
			_, err := b.Fetch(t.Context(), fetch.Request{URL: at + "/?key=hidden#hidden", Timeout: tc.timeout, Render: &fetch.Render{Wait: tc.wait}})
			if err == nil {
				t.Fatal("no error")
			}
			if got, want := err.Error(), "fetching "+at+"/: "+tc.want; got != want {
				t.Errorf("error %q, want %q", got, want)
			}
			h, ok := errors.AsType[interface {
				error
				Hint() string
			}](err)
			if !ok || !strings.Contains(h.Hint(), tc.hint) {
				t.Errorf("no hint with %q: %#v", tc.hint, err)
			}
		})
	}
}

// flood sends a page without end, as fast as it goes.
func flood(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	for r.Context().Err() == nil {
		if _, err := w.Write(bytes.Repeat([]byte("<p>rice</p>"), 1000)); err != nil {
			return
		}
	}
}

func TestNobodyThere(t *testing.T) {
	b := browser(t)
	_, err := b.Fetch(t.Context(), fetch.Request{URL: "http://127.0.0.1:1/"})
	if e, ok := errors.AsType[*fetch.NetworkError](err); !ok || e.Kind != fetch.TroubleRefused {
		t.Errorf("error %v", err)
	}
}

func TestChromeThatIsNone(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"plain": "", "chatty": "#!/bin/sh\necho one\necho '[1:2:FATAL:x.cc] No usable sandbox!'\necho three\nexit 1\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(folder, "plain"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ path, want, hint string }{
		"missing":         {folder + "/nowhere", "looking for Chrome: WTM_CHROME is %q, and there is no program that can be run", "apt-get install"},
		"folder":          {folder, "looking for Chrome: WTM_CHROME is %q, and there is no program that can be run", "apt-get install"},
		"no program":      {folder + "/plain", "looking for Chrome: WTM_CHROME is %q, and there is no program that can be run", "apt-get install"},
		"another program": {folder + "/chatty", "starting Chrome (%s): [1:2:FATAL:x.cc] No usable sandbox!", "/chatty --headless"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := chrome.New(tc.path).Fetch(t.Context(), fetch.Request{URL: "http://127.0.0.1:1/"})
			if err == nil || err.Error() != fmt.Sprintf(tc.want, tc.path) {
				t.Fatalf("error %v", err)
			}
			if h, ok := err.(interface{ Hint() string }); !ok || !strings.Contains(h.Hint(), tc.hint) {
				t.Errorf("no hint with %q: %#v", tc.hint, err)
			}
		})
	}
	t.Setenv("PATH", folder)
	if _, err := chrome.Find(""); err == nil || err.Error() != "looking for Chrome: none of google-chrome, google-chrome-stable, chromium, chromium-browser, chrome is on PATH" {
		t.Errorf("error %v", err)
	}
}

// TestChromeThatIsKilled kills Chrome while the page loads, as a machine does that runs out of memory.
func TestChromeThatIsKilled(t *testing.T) {
	b := browser(t)
	temp := os.Getenv("TMPDIR")
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("this machine has no /proc that tells of processes")
	}
	at := site(t, map[string]http.HandlerFunc{"/": func(_ http.ResponseWriter, r *http.Request) {
		for pid, line := range processes(t, temp) {
			if !strings.Contains(line, "--type=") { // which Chrome's helpers have
				if p, err := os.FindProcess(pid); err == nil {
					p.Kill()
				}
			}
		}
		<-r.Context().Done()
	}})
	_, err := b.Fetch(t.Context(), fetch.Request{URL: at})
	if _, ok := errors.AsType[*chrome.BrokenError](err); !ok || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
}

func TestSelectorThatChromeDoesNotKnow(t *testing.T) {
	b := browser(t)
	_, err := b.Fetch(t.Context(), fetch.Request{URL: site(t, map[string]http.HandlerFunc{"/": html("<p>밥")}), Render: &fetch.Render{Wait: `p:contains("밥")`}})
	if _, ok := errors.AsType[*chrome.SelectorError](err); !ok {
		t.Errorf("error %v", err)
	}
}
