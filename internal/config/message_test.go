package config_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/scrape"
)

func mustParse(t *testing.T, path string) config.Config {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse("wtm.yml", data, getenv)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestMessagesOfEveryShape(t *testing.T) {
	cfg := mustParse(t, "testdata/ok/messages.yml")
	item := scrape.Item{"title": "공지", "link": "https://example.ac.kr/1", "image": "https://example.ac.kr/1.png", "price": "3,200원"}
	for _, j := range cfg.Jobs {
		d := compose.Data{Job: j.Name, Slot: time.Date(2026, 11, 23, 11, 30, 0, 0, time.UTC), Items: []scrape.Item{item, item}}
		d.Source.URL = "https://example.ac.kr/board"
		got, err := j.Message.Compose(d)
		if err != nil || len(got.Parts) != 1 {
			t.Errorf("%s: %d parts, %v", j.Name, len(got.Parts), err)
			continue
		}
		path := map[string]string{"custom": "send", "scrap": "scrap/send"}[j.Name]
		if path == "" {
			path = "default/send"
		}
		if got.Parts[0].Path() != path {
			t.Errorf("%s goes to %s", j.Name, got.Parts[0].Path())
		}
	}
	var to []string
	for _, r := range cfg.Jobs[0].To {
		to = append(to, r.String())
	}
	if diff := cmp.Diff([]string{"me", "account:mom", "friend:철수", "friend:abc="}, to); diff != "" {
		t.Errorf("receivers (-want +got):\n%s", diff)
	}
	if cfg.Jobs[0].Pause != time.Second || cfg.Jobs[1].Pause != 2*time.Second || cfg.Jobs[1].Message.Long != compose.Cut || !cfg.Friends() {
		t.Errorf("pauses %v and %v", cfg.Jobs[0].Pause, cfg.Jobs[1].Pause)
	}
}

func TestOriginsOfAConfig(t *testing.T) {
	for name, c := range map[string]struct {
		yaml  string
		want  []string
		pages bool
	}{
		"by way of one page": {"link_base: 'https://me.example/go?to='", []string{"https://me.example"}, false},
		"the default":        {"link: 'https://me.example/'", []string{"https://button.example", "https://me.example"}, true},
		"nothing said":       {"", []string{"https://button.example", "https://example.ac.kr:8080"}, true},
	} {
		cfg, err := config.Parse("wtm.yml", []byte(c.yaml+`
jobs:
  a:
    at: "11:30"
    source: {url: "https://example.ac.kr:8080/board", html: {items: li, fields: {title: a, link: "a@href", price: b}}}
    message:
      list: {header: 새 공지, buttons: [{title: a, link: "https://button.example/{{ date \"2006\" }}"}]}
  b:
    at: "11:30"
    source: {url: "https://example.ac.kr:8080/board", html: {items: li, fields: {title: a, price: b}}}
    message: {commerce: {content: {title: a}, commerce: {regular_price: "{{ (index .Items 0).price }}"}}}
`), getenv)
		if err != nil {
			t.Fatal(err)
		}
		got, pages := cfg.Origins()
		if diff := cmp.Diff(c.want, got); diff != "" || pages != c.pages {
			t.Errorf("%s: pages %v (-want +got):\n%s", name, pages, diff)
		}
	}
}
