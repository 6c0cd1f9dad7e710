package chrome_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/korean"

	"wtm/internal/chrome"
	"wtm/internal/fetch"
)

// browser returns a Chrome whose files and processes are looked for when the test ends, or skips the test.
func browser(t *testing.T) *chrome.Browser {
	t.Helper()
	if _, err := chrome.Find(os.Getenv("WTM_CHROME")); err != nil {
		t.Skipf("no Chrome on this machine: %v", err)
	}
	temp, err := os.MkdirTemp("/tmp", "wtm") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	t.Cleanup(func() {
		defer os.RemoveAll(temp)
		if left := processes(t, temp); len(left) > 0 {
			t.Errorf("processes left behind: %v", left)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("files left behind: %v, %v", left, err)
		}
	})
	return chrome.New(os.Getenv("WTM_CHROME"))
}

// processes returns the processes whose command lines name a folder.
func processes(t *testing.T, folder string) map[int]string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]string{}
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			t.Fatal(err)
		}
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(folder)) {
			found[pid] = string(line)
		}
	}
	return found
}

// site is a web site of one test.
func site(t *testing.T, pages map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, handler := range pages {
		mux.HandleFunc(pattern, handler)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func html(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	}
}

// endless begins a page that never ends.
func endless(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		html(text)(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

// late is a page whose table comes by script, some time after the page has loaded and fallen silent.
const late = `<!DOCTYPE html><title>식단</title><div id=menu></div><script>
setTimeout(() => { document.getElementById("menu").innerHTML = "<table><tr><td>쌀밥 국</td></tr></table>" }, 1500)
</script>`

func TestFetch(t *testing.T) {
	b := browser(t)
	table := html(`<table><tr><td>쌀밥 국</td></tr></table>`)
	for name, tc := range map[string]struct {
		pages map[string]http.HandlerFunc
		wait  string
		want  string // on the page
	}{
		"plain":                               {pages: map[string]http.HandlerFunc{"/{$}": table}, want: "<td>쌀밥 국</td>"},
		"a table from a script after a delay": {pages: map[string]http.HandlerFunc{"/{$}": html(late)}, wait: "#menu td", want: "<td>쌀밥 국</td>"},
		"a table from another request": {pages: map[string]http.HandlerFunc{
			"/{$}": html(`<div id=menu></div><script>fetch("/part").then(r => r.text()).then(t => menu.innerHTML = t)</script>`), "/part": func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(700 * time.Millisecond) // longer than Chrome's silence
				table(w, r)
			}}, want: "<td>쌀밥 국</td>"},
		"a script that goes elsewhere": {pages: map[string]http.HandlerFunc{
			"/{$}": html(`<script>location.href = "/menu"</script>elsewhere`), "/menu": func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(700 * time.Millisecond)
				table(w, r)
			}}, want: "<td>쌀밥 국</td>"},
		"a page without end, with what is waited for": {pages: map[string]http.HandlerFunc{"/{$}": endless(`<p id=now>오늘</p>`)}, wait: "#now", want: "오늘"},
		"a connection without end":                    {pages: map[string]http.HandlerFunc{"/{$}": html(`<p>오늘</p><script>for (let i = 0; i < 4; i++) fetch("/more")</script>`), "/more": endless("")}, want: "오늘"},
		"dialogs":                                     {pages: map[string]http.HandlerFunc{"/{$}": html(`<script>alert("공지"); if (!confirm("?")) document.write("<p>식단" + prompt("!"))</script>`)}, want: "식단null"},
		"EUC-KR":                                      {pages: map[string]http.HandlerFunc{"/{$}": eucKR(t, "<p>쌀밥 똠방각하</p>")}, want: "쌀밥 똠방각하"},
		"pop-up":                                      {pages: map[string]http.HandlerFunc{"/{$}": html(`<script>window.open("/popup"); document.write("<p>본문")</script>`)}, want: "본문"},
		"a download that a script begins":             {pages: map[string]http.HandlerFunc{"/{$}": html(`<p>본문<script>location.href = "/file"</script>`), "/file": attachment}, want: "본문"},
		"half a pair of code units":                   {pages: map[string]http.HandlerFunc{"/{$}": html(`<p id=p></p><script>p.textContent = "가\ud800나"</script>`)}, want: "가\uFFFD나"},
		"standards mode":                              {pages: map[string]http.HandlerFunc{"/{$}": html(late)}, wait: "td", want: "<!DOCTYPE html><html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := b.Fetch(t.Context(), fetch.Request{URL: site(t, tc.pages), Render: &fetch.Render{Wait: tc.wait}})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(page.Body), tc.want) || page.Status != 200 || page.MediaType != "text/html" {
				t.Errorf("%d %s, want %q in:\n%s", page.Status, page.MediaType, tc.want, page.Body)
			}
		})
	}
}

func eucKR(t *testing.T, text string) http.HandlerFunc {
	t.Helper()
	body, err := korean.EUCKR.NewEncoder().String(`<meta charset="euc-kr">` + text)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, body)
	}
}

func attachment(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Disposition", "attachment; filename=menu.html")
	html("<p>식단")(w, nil)
}

func TestPageSaysWhereAndHow(t *testing.T) {
	b := browser(t)
	at := site(t, map[string]http.HandlerFunc{
		"/a": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/b?c=d", http.StatusFound) },
		"/b": eucKR(t, "<p>밥"),
	})
	page, err := b.Fetch(t.Context(), fetch.Request{URL: at + "/a"})
	if err != nil {
		t.Fatal(err)
	}
	page.Body = nil
	want := fetch.Page{URL: &url.URL{Scheme: "http", Host: strings.TrimPrefix(at, "http://"), Path: "/b", RawQuery: "c=d"}, Status: 200, MediaType: "text/html", Charset: "euc-kr"}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

func TestScriptsSeeTheTimeZone(t *testing.T) {
	b := browser(t)
	at := site(t, map[string]http.HandlerFunc{"/": html(`<script>document.write("<p>" + new Date(Date.UTC(2026, 10, 22, 22)).getDate())</script>`)})
	for zone, want := range map[string]string{"Asia/Seoul": "<p>23</p>", "America/New_York": "<p>22</p>"} {
		page, err := b.Fetch(t.Context(), fetch.Request{URL: at, Render: &fetch.Render{Zone: zone}})
		if err != nil || !strings.Contains(string(page.Body), want) {
			t.Errorf("%s: %v, want %q in %s", zone, err, want, page.Body)
		}
	}
}

// TestCancel cancels a page while it hangs, and two more that wait for their turn.
func TestCancel(t *testing.T) {
	b := browser(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	var once sync.Once
	at := site(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		html(`<script>while (true) {}</script>`)(w, r)
		w.(http.Flusher).Flush()
		once.Do(func() { time.AfterFunc(300*time.Millisecond, func() { cancel(stopped) }) })
	}})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			if _, err := b.Fetch(ctx, fetch.Request{URL: fmt.Sprintf("%s/%d", at, i)}); !errors.Is(err, stopped) {
				t.Errorf("error %v", err)
			}
		})
	}
	all.Wait()
}

func TestTwoAtOnce(t *testing.T) {
	b := browser(t)
	temp := os.Getenv("TMPDIR")
	at := site(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		if left, err := filepath.Glob(filepath.Join(temp, "wtm-chrome-*")); err != nil || len(left) > 2 {
			t.Errorf("%d at once: %v", len(left), err)
		}
		html("<p>밥")(w, r)
	}})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if _, err := b.Fetch(t.Context(), fetch.Request{URL: at}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
