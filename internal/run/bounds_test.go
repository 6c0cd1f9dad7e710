package run_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/fetch"
	"wtm/internal/run"
	"wtm/internal/secret"
	"wtm/internal/state"
)

// direct asks a handler without a network between: a bubble of synctest has no part in one.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// inBubble has f called where time passes by itself once nothing else happens. No request leaves the process.
func (w *world) inBubble(f func(t *testing.T)) {
	w.t.Helper()
	w.runner.Kakao.HTTP = &http.Client{Transport: direct{w.kakao}}
	synctest.Test(w.t, f)
}

// late serves a page a while later than the others.
type late struct {
	*pages
	path string
	by   time.Duration
}

func (l late) Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	if strings.HasSuffix(r.URL, l.path) {
		time.Sleep(l.by)
	}
	return l.pages.Fetch(ctx, r)
}

func TestMessagesComeInTheOrderOfTheConfigUnlessAPageHangs(t *testing.T) {
	const yaml = `
jobs:
  first:
    at: "11:30"
    source: {url: "https://a.example.ac.kr/first", html: {items: p}}
    message: {text: "{{ join \"\" .Items }}"}
  second:
    at: "11:30"
    source: {url: "https://b.example.ac.kr/second", html: {items: p}}
    message: {text: "{{ join \"\" .Items }}"}
`
	for name, c := range map[string]struct {
		by   time.Duration
		want []string
	}{
		"a page that is slow":  {1900 * time.Millisecond, []string{"first", "second"}},
		"a page that hangs":    {2100 * time.Millisecond, []string{"second", "first"}},
		"both pages are there": {0, []string{"first", "second"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, at("11:30:00"), 50, true, yaml)
			w.pages.bodies["/first"], w.pages.bodies["/second"] = "<p>first</p>", "<p>second</p>"
			w.runner.Pages = late{w.pages, "/first", c.by}
			w.inBubble(func(t *testing.T) {
				if report, err := w.runner.Run(t.Context(), run.Options{}); err != nil || exitCode(report) != 0 {
					t.Error(err, report.Errors())
				}
			})
			if diff := cmp.Diff(c.want, w.texts()); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAFewReceiversAreSentToAtOnce holds what is under way until everything that may be is.
func TestAFewReceiversAreSentToAtOnce(t *testing.T) {
	people := []string{"a", "b", "c", "d", "e", "f"}
	w := family(t, "[me, {account: "+strings.Join(people, "}, {account: ")+"}]")
	s := w.stored()
	for _, name := range people {
		a := state.Account{
			Access:  state.Token{Value: secret.Value("access-of-" + name), IssuedAt: w.clock(), ExpiresAt: w.clock().Add(time.Hour)},
			Refresh: state.Token{Value: secret.Value("refresh-of-" + name), IssuedAt: w.clock(), ExpiresAt: w.clock().AddDate(0, 0, 50)},
		}
		w.kakao.AddAccessTokenFor(w.kakao.AddUser(name), a.Access.Value.Reveal(), a.Access.ExpiresAt)
		s.Accounts[name] = a
	}
	w.store.data = w.seal(s)
	var underWay, most atomic.Int32
	w.inBubble(func(t *testing.T) {
		release := make(chan struct{})
		w.kakao.OnRequest = func(_ int, phase, path string) {
			if phase == "before" && path == sendPath {
				underWay.Add(1)
				<-release
			}
		}
		go func() {
			synctest.Wait()
			most.Store(underWay.Load())
			close(release)
		}()
		if report, err := w.runner.Run(t.Context(), run.Options{}); err != nil || exitCode(report) != 0 {
			t.Error(err, report.Errors())
		}
	})
	if want := "a b c d e f me"; most.Load() != 4 || w.got() != want {
		t.Errorf("%d requests at once, sent to %s", most.Load(), w.got())
	}
}

func TestOnlySoManyItemsAreOpened(t *testing.T) {
	w := newWorld(t, at("12:00:00"), 50, true, strings.NewReplacer("send: new", "send: always", "html:", "detail: {fields: {body: div}}, html:").Replace(boardConfig))
	var titles []string
	for i := range 25 {
		title := fmt.Sprint("item", i)
		titles = append(titles, title)
		w.pages.bodies["/"+title] = "<div>" + title + "</div>"
	}
	w.pages.bodies["/board"] = board(titles...)
	report := w.run(run.Options{})
	if opened := len(w.pages.asked) - 1; opened != 20 || exitCode(report) != 0 || report.Slots[0].Items != 25 {
		t.Errorf("%d pages of %d items opened, %v", opened, report.Slots[0].Items, report.Errors())
	}
}
