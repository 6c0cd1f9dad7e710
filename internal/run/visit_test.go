package run_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/run"
)

// site is a board behind a login, of three pages, each item with a page of its own.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
	now   atomic.Int32
	most  atomic.Int32
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("id") != "me" || r.PostFormValue("pw") != "hidden-password" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s1", Path: "/"})
	})
	mux.HandleFunc("GET /board", func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if c, err := r.Cookie("session"); err != nil || c.Value != "s1" || user != "me" || password != "hidden-password" {
			http.Error(w, "log in first", http.StatusUnauthorized)
			return
		}
		if lang, err := r.Cookie("lang"); err != nil || lang.Value != "ko" {
			http.Error(w, "no language", http.StatusBadRequest)
			return
		}
		page := r.URL.Query().Get("page")
		fmt.Fprintf(w, `<li><a href="/item/%[1]sa">%[1]sa</a></li><li><a href="/item/%[1]sb">%[1]sb</a></li>`, page)
		if page != "3" {
			fmt.Fprintf(w, `<p class="next"><a href="/board?page=%c">다음</a></p>`, page[0]+1)
		}
	})
	mux.HandleFunc("GET /item/{name}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("name") == "2b" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, `<div class="content">본문 %s</div>`, r.PathValue("name"))
	})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.RequestURI())
		s.mu.Unlock()
		if n := s.now.Add(1); n > s.most.Load() {
			s.most.Store(n)
		}
		defer s.now.Add(-1)
		time.Sleep(5 * time.Millisecond)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func visitConfig(s *site, edit ...string) string {
	yaml := `
jobs:
  notices:
    at: "11:30"
    source:
      url: SITE/board
      query: {page: "1", key: "${KEY}"}
      cookies: {lang: ko}
      auth: {user: me, password: "${PASSWORD}"}
      login: {url: "SITE/login", form: {id: me, pw: "${PASSWORD}"}}
      pages: {next: "p.next", most: 5}
      detail: {fields: {body: "div.content"}}
      html: {items: li, fields: {title: a, link: "a@href"}}
    message: {text: "{{ range .Items }}{{ .title }}:{{ .body }} {{ end }}{{ .Source.URL }}"}
`
	return strings.NewReplacer(append(edit, "SITE", s.URL)...).Replace(yaml)
}

func visitWorld(t *testing.T, yaml string) *world {
	t.Helper()
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	env := map[string]string{"PASSWORD": "hidden-password", "KEY": "hidden-key"}
	cfg, err := config.Parse("wtm.yml", []byte(yaml), func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	w.runner.Config, w.runner.Pages = cfg, fetch.New()
	return w
}

func TestVisitLogsInFollowsPagesAndOpensItems(t *testing.T) {
	s := newSite(t)
	w := visitWorld(t, visitConfig(s))
	report := w.run(run.Options{})
	if exitCode(report) != 0 {
		t.Fatal(report.Errors())
	}
	want := "1a:본문 1a 1b:본문 1b 2a:본문 2a 2b: 3a:본문 3a 3b:본문 3b " + s.URL + "/board"
	if got := strings.Join(w.texts(), "\n"); got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	if most := s.most.Load(); most > 2 {
		t.Errorf("%d requests at once to one host", most)
	}
	if s.asked[0] != "/login" || s.asked[1] != "/board?key=hidden-key&page=1" || len(s.asked) != 1+3+6 {
		t.Errorf("asked %q", s.asked)
	}
}

// renders notes how each page is asked for, and has it fetched as it is served.
type renders struct {
	mu    sync.Mutex
	asked map[string]string // by path
}

func (p *renders) Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	how := "as served"
	if r.Render != nil {
		how = fmt.Sprintf("shown in %s, waiting for %q", r.Render.Zone, r.Render.Wait)
	}
	address, err := url.Parse(r.URL)
	if err != nil {
		return fetch.Page{}, err
	}
	p.mu.Lock()
	p.asked[address.Path] = how
	p.mu.Unlock()
	return fetch.New().Fetch(ctx, r)
}

func TestVisitHasItsPagesShown(t *testing.T) {
	s := newSite(t)
	w := visitWorld(t, visitConfig(s, "most: 5}", "most: 2}\n      render: chrome\n      wait: li", "html: {", "limit: 1\n      html: {"))
	pages := &renders{asked: map[string]string{}}
	w.runner.Pages = pages
	if report := w.run(run.Options{}); exitCode(report) != 0 {
		t.Fatal(report.Errors())
	}
	want := map[string]string{"/login": "as served", "/board": `shown in Asia/Seoul, waiting for "li"`, "/item/1a": `shown in Asia/Seoul, waiting for ""`}
	if diff := cmp.Diff(want, pages.asked); diff != "" {
		t.Errorf("pages asked for (-want +got):\n%s", diff)
	}
}

func TestOneAddressShownAndServedIsTwoPages(t *testing.T) {
	s := newSite(t)
	yaml := visitConfig(s)
	_, job, _ := strings.Cut(yaml, "notices:")
	w := visitWorld(t, yaml+"  shown:"+strings.Replace(job, "html:", "render: chrome\n      html:", 1))
	if report := w.run(run.Options{}); exitCode(report) != 0 || len(s.asked) != 2*(1+3+6) {
		t.Errorf("%v, asked %q", report.Errors(), s.asked)
	}
}

func TestVisitStopsAtItsBounds(t *testing.T) {
	s := newSite(t)
	w := visitWorld(t, visitConfig(s, "most: 5", "most: 2", "detail: {fields: {body: \"div.content\"}}", "limit: 3", "{{ .body }}", ""))
	if report := w.run(run.Options{}); exitCode(report) != 0 || report.Slots[0].Items != 3 || len(s.asked) != 3 {
		t.Errorf("%v, %d items, asked %q", report.Errors(), report.Slots[0].Items, s.asked)
	}
}

func TestAVisitThatIsRefusedTellsNoSecret(t *testing.T) {
	s := newSite(t)
	for name, edit := range map[string][]string{
		"wrong password":  {"pw: \"${PASSWORD}\"", "pw: wrong"},
		"no login at all": {"login: {url: \"SITE/login\", form: {id: me, pw: \"${PASSWORD}\"}}\n", "\n"},
		"nobody there":    {"SITE/board", "http://127.0.0.1:1/board"},
	} {
		w := visitWorld(t, visitConfig(s, edit...))
		report := w.run(run.Options{})
		if exitCode(report) != 1 || len(report.Errors()) != 1 || strings.Contains(fmt.Sprint(report.Errors()), "hidden") {
			t.Errorf("%s: %v", name, report.Errors())
		}
	}
}

func TestANextLinkToThePageItselfEndsTheVisit(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, strings.Replace(boardConfig, "html:", "pages: {next: a.next, most: 5}, html:", 1))
	w.set(at("12:00:00"))
	w.pages.bodies["/board"] = `<li><a href="/1">one</a></li><a class="next" href="#none">다음</a>`
	if report := w.run(run.Options{Force: true}); len(w.texts()) != 1 || strings.Count(w.texts()[0], "one") != 1 || len(w.pages.asked) != 1 {
		t.Errorf("%s, messages %q, asked %q", outcomes(report), w.texts(), w.pages.asked)
	}
}

func TestDetailsThatAllFailAreAFailure(t *testing.T) {
	var page strings.Builder
	for i := range 25 {
		fmt.Fprintf(&page, `<li><a href="/item%d">%d</a></li>`, i, i)
	}
	w := newWorld(t, at("12:00:00"), 50, true, strings.Replace(boardConfig, "html:", "detail: {fields: {body: div}}, html:", 1))
	w.pages.bodies["/board"] = page.String()
	if report := w.run(run.Options{Force: true}); exitCode(report) != 1 || len(w.texts()) != 0 {
		t.Errorf("%s", outcomes(report))
	}
}
