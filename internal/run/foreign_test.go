package run_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/run"
)

// host is a site whose board leads to the next page, to the page of its item and to its picture, at another host or at
// itself. It notes which keys each request brings.
type host struct {
	*httptest.Server
	mu   sync.Mutex
	keys map[string][]string // by path
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{keys: map[string][]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /board", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<li><a href="%[1]s/item">소식</a><img src="%[1]s/week.png"></li><p class="next"><a href="%[1]s/next">다음</a></p>`, r.URL.Query().Get("to"))
	})
	mux.HandleFunc("GET /next", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<li><a>끝</a></li>`) })
	mux.HandleFunc("GET /item", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<div>본문</div>`) })
	picture := pngOf(t, 3)
	mux.HandleFunc("GET /week.png", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, picture) })
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys := []string{}
		for _, name := range []string{"X-Key", "Authorization", "Cookie"} {
			if r.Header.Get(name) != "" {
				keys = append(keys, name)
			}
		}
		h.mu.Lock()
		h.keys[r.URL.Path] = keys
		h.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func TestKeysOfASourceStayAtItsSite(t *testing.T) {
	const yaml = `
jobs:
  notices:
    at: "11:30"
    source:
      url: SITE/board
      query: {to: "OTHER"}
      headers: {X-Key: "${KEY}"}
      cookies: {session: "${KEY}"}
      auth: {user: me, password: "${PASSWORD}"}
      pages: {next: "p.next", most: 2}
      detail: {fields: {body: div}}
      html: {items: li, fields: {title: a, link: "a@href", image: "img@src"}}
    message: {feed: {title: "{{ (index .Items 0).body }}", image: "{{ (index .Items 0).image }}", upload: true}}
`
	all, none := []string{"X-Key", "Authorization", "Cookie"}, []string{}
	for name, c := range map[string]struct {
		foreign   bool
		home, far map[string][]string
	}{
		"the site itself": {false, map[string][]string{"/board": all, "/next": all, "/item": all, "/week.png": all}, map[string][]string{}},
		"another host":    {true, map[string][]string{"/board": all}, map[string][]string{"/next": none, "/item": none, "/week.png": none}},
	} {
		t.Run(name, func(t *testing.T) {
			home, far := newHost(t), newHost(t)
			to := home
			if c.foreign {
				to = far
			}
			w := visitWorld(t, strings.NewReplacer("SITE", home.URL, "OTHER", to.URL).Replace(yaml))
			if report := w.run(run.Options{}); exitCode(report) != 0 || len(w.kakao.Uploads()) != 1 {
				t.Fatalf("%v, %d uploads", report.Errors(), len(w.kakao.Uploads()))
			}
			if diff := cmp.Diff(c.home, home.keys); diff != "" {
				t.Errorf("keys that came to the site (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.far, far.keys); diff != "" {
				t.Errorf("keys that came to the other host (-want +got):\n%s", diff)
			}
		})
	}
}
