package run_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/kakao"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
	"wtm/internal/secret"
	"wtm/internal/state"
	"wtm/internal/store"
)

const (
	tokenPath = "/oauth/token"
	sendPath  = "/v2/api/talk/memo/default/send"
	day       = 24 * time.Hour
)

var seoul = time.FixedZone("KST", 9*3600)

// at returns a time of Monday, 2026-11-23, in Seoul.
func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-23 "+clock, seoul)
	if err != nil {
		panic(err)
	}
	return t
}

const lunchConfig = `
jobs:
  lunch:
    at: "11:30"
    source: {url: "https://example.ac.kr/menu", table: {column: today, row: 점심, split: words}, none: 미운영}
    message: {text: "{{ join \"\\n\" .Items }}"}
`

const menuPage = `<table><tr><th></th><th>월</th><th>화</th><th>수</th></tr><tr><th>점심</th><td>쌀밥 국</td><td>b</td><td>c</td></tr></table>`

// world is a run's surroundings, on a clock that moves only when somebody waits.
type world struct {
	t      *testing.T
	kakao  *kakaotest.Server
	store  *memory
	pages  *pages
	key    state.Key
	runner *run.Runner

	emergency []byte
	mom       *kakaotest.User // of a world with a family

	mu  sync.Mutex
	now time.Time
}

// newWorld returns a world at a time, whose state was made a minute before, with a refresh token that has days left and,
// with access, an access token for another hour.
func newWorld(t *testing.T, now time.Time, daysLeft int, access bool, yaml string) *world {
	t.Helper()
	w := &world{t: t, now: now, kakao: kakaotest.New(), pages: &pages{bodies: map[string]string{"/menu": menuPage}}}
	t.Cleanup(func() {
		w.kakao.Close()
		for _, p := range w.kakao.Problems() {
			t.Errorf("Kakao was asked wrongly: %s", p)
		}
	})
	w.kakao.Clock = w.clock
	identity, _, err := state.GenerateIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if w.key, err = state.ParseKey(identity); err != nil {
		t.Fatal(err)
	}
	s := state.New(now.Add(-time.Minute))
	login := now.AddDate(0, 0, daysLeft-60)
	a := state.Account{Refresh: state.Token{Value: "first-refresh-token", IssuedAt: login, ExpiresAt: now.AddDate(0, 0, daysLeft)}}
	w.kakao.AddRefreshToken("first-refresh-token", a.Refresh.ExpiresAt)
	if access {
		a.Access = state.Token{Value: "first-access-token", IssuedAt: now.Add(-5 * time.Hour), ExpiresAt: now.Add(time.Hour)}
		w.kakao.AddAccessToken("first-access-token", a.Access.ExpiresAt)
	}
	s.Accounts[state.Me] = a
	w.store = &memory{data: w.seal(s)}
	cfg, err := config.Parse("wtm.yml", []byte(yaml), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	w.runner = &run.Runner{
		Config: cfg, Key: w.key, Store: w.store, Pages: w.pages, Now: w.clock, Sleep: w.sleep,
		Kakao: &kakao.Client{HTTP: &http.Client{}, AuthURL: w.kakao.URL, APIURL: w.kakao.URL, ClientID: w.kakao.ClientID,
			ClientSecret: secret.Value(w.kakao.ClientSecret), Sleep: w.sleep},
		Emergency: func(armored []byte) { w.emergency = armored },
	}
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) set(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// sleep lets the time pass at once.
func (w *world) sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	w.set(w.clock().Add(d))
	return nil
}

func (w *world) seal(s state.State) []byte {
	w.t.Helper()
	sealed, err := w.key.Seal(s)
	if err != nil {
		w.t.Fatal(err)
	}
	return sealed
}

// stored opens what the store holds.
func (w *world) stored() state.State {
	w.t.Helper()
	s, err := w.key.Open(w.store.bytes())
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// run does one run that has to start.
func (w *world) run(o run.Options) run.Report {
	w.t.Helper()
	report, err := w.runner.Run(w.t.Context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// texts are the messages in the user's chat.
func (w *world) texts() []string {
	var all []string
	for _, d := range w.kakao.Delivered() {
		all = append(all, d.Text)
	}
	return all
}

// waitFor waits until something has come about, and long before it gives up: a slow machine is no failure.
func (w *world) waitFor(otherwise string, cond func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal(otherwise)
		}
	}
}

// asked counts the requests to a path of Kakao.
func (w *world) asked(path string) int {
	n := 0
	for _, r := range w.kakao.Requests() {
		if r.Path == path {
			n++
		}
	}
	return n
}

// outcomes are the slots of a report in short: job, time and outcome.
func outcomes(r run.Report) string {
	var all []string
	for _, s := range r.Slots {
		all = append(all, fmt.Sprintf("%s %s %s", s.Job, s.Slot.In(seoul).Format("15:04"), s.Outcome))
	}
	return strings.Join(all, ", ")
}

// exitCode is the worst of a report's errors, as the command line sees it.
func exitCode(r run.Report) int {
	code := 0
	for _, err := range r.Errors() {
		one := 1
		if e, ok := errors.AsType[interface {
			error
			ExitCode() int
		}](err); ok {
			one = e.ExitCode()
		}
		code = max(code, one)
	}
	return code
}

// memory is a store that fails when it is told to.
type memory struct {
	mu     sync.Mutex
	data   []byte
	serial int
	saves  []string // why each save was made
	fail   func(why string) error
	// meanwhile is what somebody else saves before the next Save.
	meanwhile []byte
}

func (m *memory) bytes() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data
}

func (m *memory) Load(context.Context) ([]byte, store.Revision, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data, store.Revision(fmt.Sprint(m.serial)), nil
}

func (m *memory) Save(_ context.Context, data []byte, revision store.Revision, why string) (store.Revision, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.meanwhile != nil {
		m.data, m.meanwhile = m.meanwhile, nil
		m.serial++
	}
	if m.fail != nil {
		if err := m.fail(why); err != nil {
			return "", err
		}
	}
	if revision != store.Revision(fmt.Sprint(m.serial)) {
		return "", store.ErrConflict
	}
	m.data = data
	m.serial++
	m.saves = append(m.saves, strings.TrimPrefix(why, "wtm: "))
	return store.Revision(fmt.Sprint(m.serial)), nil
}

// pages serves bodies by path, and counts.
type pages struct {
	mu     sync.Mutex
	bodies map[string]string
	asked  []string
}

func (p *pages) Fetch(_ context.Context, r fetch.Request) (fetch.Page, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return fetch.Page{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, u.RequestURI())
	body, ok := p.bodies[u.Path]
	if !ok {
		return fetch.Page{}, &fetch.StatusError{Status: 404, URL: r.URL}
	}
	return fetch.Page{URL: u, Status: 200, Body: []byte(body)}, nil
}

// hintOf is what an error says to do, as the command line finds it.
func hintOf(err error) string {
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		return h.Hint()
	}
	return ""
}
