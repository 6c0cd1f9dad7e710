package scrape_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wtm/internal/scrape"
)

// FuzzExtract reads any page with every extractor: HTML by CSS and by XPath, tables, feeds, JSON and text.
func FuzzExtract(f *testing.F) {
	for _, name := range []string{"rss-euckr", "atom", "jsonfeed", "neis", "price-text", "dormitory", "calendar", "nested", "overrun", "sections-angle", "board", "title-above"} {
		f.Add(decoded(f, name), "점심|중식", 1)
	}
	base := mustURL(f, "https://www.example.ac.kr/menu")
	f.Fuzz(func(t *testing.T, page []byte, row string, day int) {
		at := monday.AddDate(0, 0, day%400)
		p, err := scrape.ParsePick(row)
		if err != nil {
			return
		}
		section, _ := regexp.Compile(row)
		for _, source := range []scrape.Source{
			{Table: &scrape.Table{Column: pick(t, "today"), Row: p, Section: section}},
			{Table: &scrape.Table{Row: pick(t, "today"), Column: p, Split: scrape.SplitWords}},
			{Table: &scrape.Table{Calendar: true, Section: section}},
			{HTML: &scrape.HTML{Items: selector("li, tr")}, Pipeline: scrape.Pipeline{Limit: 3, Sort: "text", Since: &scrape.Since{Field: "text", Age: time.Hour}}},
			{HTML: &scrape.HTML{Items: selector("xpath://li | //tr"), Fields: []scrape.Field{field(t, "link", "xpath:.//a/@href")}}},
			{Feed: &scrape.Feed{}},
			{JSON: jq(t, ".. | objects", "text", ".a", "link", ".b")},
			{Text: match(t, `<b>(?P<text>.*?)</b>`)},
		} {
			items, err := extract(page, base, source, at)
			if err == nil && len(items) == 0 {
				t.Fatal("neither items nor an error")
			}
			for _, item := range items {
				if link := item["link"]; link != "" && source.JSON == nil {
					if u, err := url.Parse(link); err != nil || !u.IsAbs() {
						t.Fatalf("link %q is not absolute", link)
					}
				}
				if text, ok := item["text"]; ok && source.Table != nil && strings.TrimSpace(text) == "" {
					t.Fatalf("blank item %v", item)
				}
			}
		}
	})
}

// FuzzSelector reads a page with any selector that compiles, in CSS or XPath.
func FuzzSelector(f *testing.F) {
	page := decoded(f, "board")
	for _, text := range []string{"table.board tbody tr", "a[href]:not(.x)", "td:nth-child(2n+1) > a, p:contains('공지')", "xpath:/html/body//tr[position()<3]", "xpath://a/@href", "xpath:count(//a)", "xpath:string(//td)", "xpath://td[contains(text(),'공지')]/following-sibling::td"} {
		f.Add(text, page)
	}
	base := mustURL(f, "https://www.example.ac.kr/board")
	f.Fuzz(func(t *testing.T, text string, page []byte) {
		s, err := scrape.ParseSelector(text)
		if err != nil {
			return
		}
		items, err := extract(page, base, scrape.Source{HTML: &scrape.HTML{Items: s}}, monday)
		if err == nil && len(items) == 0 {
			t.Fatal("neither items nor an error")
		}
		links := []string{scrape.NextPage(page, base, s)}
		for _, item := range items {
			links = append(links, item["link"])
		}
		for _, link := range links {
			if u, err := url.Parse(link); link != "" && (err != nil || !u.IsAbs()) {
				t.Fatalf("link %q is not absolute", link)
			}
		}
		field, err := scrape.ParseField("text", text)
		if err != nil {
			return // an @ of the selector is an attribute's here
		}
		if _, err := scrape.Fields(page, base, []scrape.Field{field}); err != nil && !strings.Contains(err.Error(), "reading the page") {
			t.Fatal(err)
		}
	})
}

// FuzzParseTime reads any text as a time: a date that is found reads as itself again.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"2026.11.23", "26-11-23 09:00", "11월 23일", "오후 2:10", "3시간 전", "어제", "2026-11-23T00:10:00Z", "Mar 2, 2026", "12/31", "20261119"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, _, ok := scrape.ParseTime(text, monday)
		if !ok || at.Year() < 1000 || at.Year() > 9999 {
			return
		}
		again, exact, ok := scrape.ParseTime(at.Format("2006-01-02"), monday)
		if !ok || exact || again.Format("2006-01-02") != at.Format("2006-01-02") {
			t.Errorf("%q is %v, which reads as %v", text, at, again)
		}
	})
}
