package scrape_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/scrape"
)

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 11, 23, 11, 30, 0, 0, time.FixedZone("KST", 9*3600))
	for text, want := range map[string]string{
		"2026.11.23": "2026-11-23", "2026-11-22 09:05": "2026-11-22 09:05:00", "26.11.01": "2026-11-01", "11월 23일": "2026-11-23", "11월 3일 오후 2:10": "2026-11-03 14:10:00",
		"12/31": "2025-12-31", "12/20": "2026-12-20", "09:12": "2026-11-23 09:12:00", "오전 12:30": "2026-11-23 00:30:00", "3시간 전": "2026-11-23 08:30:00", "5분전": "2026-11-23 11:25:00",
		"2일 전": "2026-11-21 11:30:00", "1주 전": "2026-11-16 11:30:00", "2개월 전": "2026-09-23 11:30:00", "어제": "2026-11-22", "그저께 10:00": "2026-11-21 10:00:00", "오늘": "2026-11-23", "방금 전": "2026-11-23 11:30:00",
		"2026-11-23T00:10:00Z": "2026-11-23 09:10:00", "작성일 2026.11.20 조회 15": "2026-11-20", "20261119": "2026-11-19",
		"Mon, 02 Mar 2026 09:00:00 +0900": "2026-03-02 09:00:00", "Mar 2, 2026": "2026-03-02", "11월 23일 전체": "2026-11-23", "1999.03.02": "1999-03-02", "조회 3 09:00": "",
		"": "", "공지": "", "조회 15": "", "25:99": "",
	} {
		at, exact, ok := scrape.ParseTime(text, now)
		got := ""
		switch {
		case ok && exact:
			got = at.Format("2006-01-02 15:04:05")
		case ok:
			got = at.Format("2006-01-02")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// rows serves items with a title and a date.
func rows(pairs ...string) []byte {
	var page strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		page.WriteString("<li><b>" + pairs[i] + "</b><i>" + pairs[i+1] + "</i></li>")
	}
	return []byte(page.String())
}

func TestPipeline(t *testing.T) {
	page := rows("b 10원", "2026.11.23", "a 9원", "2026.11.20", "c 1,000원", "3시간 전", "a 9원", "공지", "d", "2026.11.01")
	re := regexp.MustCompile
	for name, c := range map[string]struct {
		pipeline scrape.Pipeline
		want     string
	}{
		"nothing":         {scrape.Pipeline{}, "b 10원|a 9원|c 1,000원|a 9원|d"},
		"keep a field":    {scrape.Pipeline{Keep: []scrape.Rule{{Field: "title", Match: re("원")}}}, "b 10원|a 9원|c 1,000원|a 9원"},
		"keep any field":  {scrape.Pipeline{Keep: []scrape.Rule{{Match: re("공지")}}}, "a 9원"},
		"keep both":       {scrape.Pipeline{Keep: []scrape.Rule{{Field: "title", Match: re("a")}, {Field: "date", Match: re("2026")}}}, "a 9원"},
		"drop":            {scrape.Pipeline{Drop: []scrape.Rule{{Field: "date", Match: re("공지")}, {Field: "title", Match: re("^d")}}}, "b 10원|a 9원|c 1,000원"},
		"replace":         {scrape.Pipeline{Replace: []scrape.Replacement{{Field: "title", Match: re(`^\w+ (.*)원$`), With: "$1"}}}, "10|9|1,000|9|d"},
		"sort by number":  {scrape.Pipeline{Replace: []scrape.Replacement{{Field: "title", Match: re(`^\w+ `)}}, Sort: "-title", Limit: 3}, "d|1,000원|10원"},
		"sort by letters": {scrape.Pipeline{Sort: "title"}, "a 9원|a 9원|b 10원|c 1,000원|d"},
		"unique":          {scrape.Pipeline{Unique: "title"}, "b 10원|a 9원|c 1,000원|d"},
		"reverse, limit":  {scrape.Pipeline{Reverse: true, Limit: 2}, "d|a 9원"},
		"of today":        {scrape.Pipeline{Since: &scrape.Since{Field: "date"}}, "b 10원|c 1,000원|a 9원"},
		"of three days":   {scrape.Pipeline{Since: &scrape.Since{Field: "date", Age: 72 * time.Hour}}, "b 10원|a 9원|c 1,000원|a 9원"},
	} {
		source := scrape.Source{HTML: &scrape.HTML{Items: selector("li"), Fields: []scrape.Field{field(t, "title", "b"), field(t, "date", "i")}}, Pipeline: c.pipeline}
		items, err := extract(page, nil, source, monday)
		var got []string
		for _, item := range items {
			got = append(got, item["title"])
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "|")); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestDatesThatCannotBeRead(t *testing.T) {
	source := scrape.Source{HTML: &scrape.HTML{Items: selector("li"), Fields: []scrape.Field{field(t, "title", "b"), field(t, "date", "i")}},
		Pipeline: scrape.Pipeline{Since: &scrape.Since{Field: "date"}}}
	_, err := extract(rows("a", "조회 3", "b", ""), nil, source, monday)
	if e, ok := errors.AsType[*scrape.NotFoundError](err); !ok || e.What != "date" {
		t.Errorf("got %v", err)
	}
	for _, bad := range []string{"", "3 days", "-1h", "0d", "99999d"} {
		if _, err := scrape.ParseSince(bad); err == nil {
			t.Errorf("ParseSince(%q) succeeded", bad)
		}
	}
}

// What looks at more than the limit still sees it, and what is within is the same.
func TestALimitLeavesTheRestUnread(t *testing.T) {
	page := []byte(`<ul><li>a<li>a<li> <li>b<li>c</ul>`)
	items, err := scrape.ParseSelector("li")
	if err != nil {
		t.Fatal(err)
	}
	source := func(p scrape.Pipeline, edit func(*scrape.Source)) scrape.Source {
		s := scrape.Source{HTML: &scrape.HTML{Items: items}, Pipeline: p}
		edit(&s)
		return s
	}
	none := func(*scrape.Source) {}
	for name, c := range map[string]struct {
		source scrape.Source
		want   string
	}{
		"the first":           {source(scrape.Pipeline{Limit: 2}, none), "a a"},
		"over an empty one":   {source(scrape.Pipeline{Limit: 3}, none), "a a b"},
		"each text once":      {source(scrape.Pipeline{Limit: 2, Unique: "text"}, none), "a b"},
		"from the other end":  {source(scrape.Pipeline{Limit: 2, Reverse: true}, none), "c b"},
		"more than there are": {source(scrape.Pipeline{Limit: 9}, none), "a a b c"},
		"too many":            {source(scrape.Pipeline{Limit: 2}, func(s *scrape.Source) { s.ExpectMax = 3 }), "the page lacks what `expect` asks for: at most 3 items, found 4"},
	} {
		found, err := extract(page, nil, c.source, monday)
		var texts []string
		for _, item := range found {
			texts = append(texts, item["text"])
		}
		got := strings.Join(texts, " ")
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
