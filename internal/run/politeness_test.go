package run_test

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/pagecache"
	"wtm/internal/run"
	"wtm/internal/store"
)

// nothingStored is the store before the first login.
type nothingStored struct{ run.Store }

func (nothingStored) Load(context.Context) ([]byte, store.Revision, error) {
	return nil, "", store.ErrNotExist
}

// slowSites answer each request after a while, not in the order in which they came, and count those under way.
type slowSites struct {
	hang func(u *url.URL) bool

	mu        sync.Mutex
	now, most map[string]int // by host; all under ""
	last      map[string]time.Time
}

// longestFetch is how long fetching a page that hangs takes, with all its tries.
const longestFetch = 48 * time.Second

func (s *slowSites) count(host string, change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range []string{"", strings.ToLower(host)} {
		s.now[name] += change
		s.most[name] = max(s.most[name], s.now[name])
		s.last[name] = time.Now()
	}
}

func (s *slowSites) Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return fetch.Page{}, err
	}
	s.count(u.Hostname(), 1)
	defer s.count(u.Hostname(), -1)
	wait := time.Second + time.Duration(crc32.ChecksumIEEE([]byte(r.URL))%500)*time.Millisecond
	if s.hang != nil && s.hang(u) {
		wait = longestFetch
	}
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return fetch.Page{}, context.Cause(ctx)
	}
	if wait == longestFetch {
		return fetch.Page{}, &fetch.NetworkError{URL: "http://" + u.Host, Kind: fetch.TroubleTimeout, Err: context.DeadlineExceeded}
	}
	return fetch.Page{URL: u, Status: 200, Body: []byte("<p>" + u.Path + "</p>")}, nil
}

// watch does a dry run over the addresses, one job each, and returns its report and how long it took.
func watch(t *testing.T, sites *slowSites, addresses []string) (run.Report, time.Duration) {
	t.Helper()
	sites.now, sites.most, sites.last = map[string]int{}, map[string]int{}, map[string]time.Time{}
	var yaml strings.Builder
	yaml.WriteString("jobs:\n")
	for i, address := range addresses {
		fmt.Fprintf(&yaml, "  j%03d: {at: \"11:30\", source: {url: %q, html: {items: p}}, message: {text: \"{{ join \\\"\\\" .Items }}\"}}\n", i, address)
	}
	cfg, err := config.Parse("wtm.yml", []byte(yaml.String()), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	now := func() time.Time { return at("11:30:00").Add(time.Since(began)) }
	runner := &run.Runner{Config: cfg, Store: nothingStored{}, Pages: sites, Now: now}
	report, err := runner.Run(t.Context(), run.Options{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	return report, time.Since(began)
}

// found are the texts of a report, in its order; what failed is "-".
func found(r run.Report) []string {
	var all []string
	for _, s := range r.Slots {
		text := "-"
		if len(s.Texts) > 0 {
			text = s.Texts[0].Text()
		}
		all = append(all, s.Job+" "+text)
	}
	return all
}

func TestRequestsAtOnceAreFewAndResultsInOrder(t *testing.T) {
	for name, c := range map[string]struct {
		hosts      int
		address    string // of a job: its host's number and its own
		wantAtOnce int    // in all; at most two to each host
	}{
		"many hosts":            {40, "http://h%d.example.ac.kr/%d", 16},
		"few hosts":             {3, "http://h%d.example.ac.kr/%d", 6},
		"one host":              {1, "https://h%d.example.ac.kr/%d", 2},
		"one host, port spelt":  {1, "https://h%d.example.ac.kr:443/%d", 2},
		"one host, in capitals": {1, "https://H%d.Example.AC.kr/%d", 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var addresses, want []string
				for i := range 120 {
					address := fmt.Sprintf(c.address, i%c.hosts, i)
					if i%7 == 0 { // the usual way to write it
						address = strings.ToLower(strings.Replace(address, ":443", "", 1))
					}
					addresses = append(addresses, address)
					want = append(want, fmt.Sprintf("j%03d /%d", i, i))
				}
				sites := &slowSites{}
				report, _ := watch(t, sites, addresses)
				if diff := cmp.Diff(want, found(report)); diff != "" {
					t.Errorf("results (-want +got):\n%s", diff)
				}
				if got := sites.most[""]; got != c.wantAtOnce {
					t.Errorf("%d requests at once, want %d", got, c.wantAtOnce)
				}
				delete(sites.most, "")
				for host, got := range sites.most {
					if got > 2 {
						t.Errorf("%d requests at once to %s", got, host)
					}
				}
			})
		})
	}
}

func TestPagesThatHangLeaveTheOthersTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Two pages of one host hang, and both places there with them: more of the host come after their timeout, those of
		// another host at once.
		addresses := []string{"http://slow.example.ac.kr/hang1", "http://slow.example.ac.kr/hang2"}
		want := []string{"j000 -", "j001 -"}
		for i := 2; i < 50; i++ {
			host := "slow"
			if i >= 40 {
				host = "quick"
			}
			addresses = append(addresses, fmt.Sprintf("http://%s.example.ac.kr/%d", host, i))
			want = append(want, fmt.Sprintf("j%03d /%d", i, i))
		}
		sites := &slowSites{hang: func(u *url.URL) bool { return strings.HasPrefix(u.Path, "/hang") }}
		began := time.Now()
		report, took := watch(t, sites, addresses)
		if diff := cmp.Diff(want, found(report)); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		if quick := sites.last["quick.example.ac.kr"].Sub(began); quick > 10*time.Second || took > longestFetch+time.Minute {
			t.Errorf("the quick host took %v, all of it %v", quick, took)
		}
	})
}

func TestWaitingForATurnEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var addresses []string
		for i := range 50 {
			addresses = append(addresses, fmt.Sprintf("http://slow.example.ac.kr/%d?key=hidden", i))
		}
		sites := &slowSites{hang: func(*url.URL) bool { return true }}
		report, took := watch(t, sites, addresses)
		turns := 0
		for _, err := range report.Errors() {
			if e, ok := errors.AsType[*pagecache.TurnError](err); ok {
				turns++
				if !errors.Is(e, context.DeadlineExceeded) || e.Host != "slow.example.ac.kr" || strings.Contains(err.Error(), "hidden") {
					t.Errorf("%v", err)
				}
			}
		}
		// Two at a time for four minutes; the others never had a turn.
		if len(report.Slots) != 50 || len(report.Errors()) != 50 || turns < 38 || took > 5*time.Minute {
			t.Errorf("%d slots, %d errors, %d without a turn, in %v", len(report.Slots), len(report.Errors()), turns, took)
		}
	})
}
