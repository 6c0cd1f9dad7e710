package scrape_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wtm/internal/scrape"
)

// extract returns the items of a source that has one page.
func extract(body []byte, base *url.URL, src scrape.Source, day time.Time) ([]scrape.Item, error) {
	items, err := scrape.Find(body, base, src, day)
	if err != nil {
		return nil, err
	}
	return scrape.Finish(items, src, day)
}

func TestHeadersNameToday(t *testing.T) {
	for header, want := range map[string]bool{
		"월": true, "월요일": true, "(월)": true, "Mon": true, "MONDAY": true, "화": false, "일": false,
		"2026-11-23": true, "2026.11.23": true, "26.11.23.": true, "2026. 11. 23.": true, "20261123": true, "11/23": true,
		"11월 23일": true, "11월23일(월)": true, "23일": true, "2026년 11월 23일 월요일": true, "11. 23": true,
		"2025-11-23": false, "월 11/16": false, "11월 24일(월)": false, "3일": false, "월남쌈": false, "월화수": false,
		"11/23 (일)": true, // a date beats a weekday
	} {
		page := fmt.Sprintf("<table><tr><th></th><th>%s</th><th>기타</th></tr><tr><th>점심</th><td>밥</td><td>죽</td></tr></table>", header)
		source := scrape.Source{Table: &scrape.Table{Column: pick(t, "today")}}
		items, err := extract([]byte(page), nil, source, monday)
		if got := err == nil && len(items) == 1 && items[0]["text"] == "밥"; got != want {
			t.Errorf("header %q: today = %v (%v, %v), want %v", header, got, items, err, want)
		}
	}
}

func TestEveryWeekdayFindsItsColumn(t *testing.T) {
	for day := range 7 {
		at := monday.AddDate(0, 0, day)
		table := &scrape.Table{Select: selector("table.ctable01"), Nth: 2, Column: pick(t, "today"), Row: pick(t, "저녁")}
		items, err := extract(decoded(t, "dormitory"), nil, scrape.Source{Table: table}, at)
		if err != nil || !strings.Contains(items[0]["column"], at.Format("2006-01-02")) {
			t.Errorf("%s: %v, %v", at.Format("Monday"), items, err)
		}
	}
}

func TestOutcomesAreTyped(t *testing.T) {
	week := "<table><tr><th></th><th>월</th><th>화</th><th>수</th></tr><tr><th>점심</th><td>%s</td><td>b</td><td>c</td></tr></table>"
	lunch := scrape.Source{Table: &scrape.Table{Column: pick(t, "today"), Row: pick(t, "점심")}, None: regexp.MustCompile("미운영")}
	gone := scrape.Source{HTML: &scrape.HTML{Items: selector("li.gone")}}
	lost := scrape.Source{HTML: &scrape.HTML{Items: selector("li.gone"), Fields: []scrape.Field{field(t, "title", "b"), field(t, "date", "p")}}}
	for name, c := range map[string]struct {
		page   string
		source scrape.Source
		is     func(error) bool
	}{
		"says none":   {fmt.Sprintf(week, "미운영"), lunch, func(err error) bool { return errors.Is(err, scrape.ErrNone) }},
		"empty":       {fmt.Sprintf(week, "&nbsp;"), lunch, func(err error) bool { return errors.Is(err, scrape.ErrEmpty) }},
		"no column":   {strings.ReplaceAll(fmt.Sprintf(week, "밥"), "월", "금"), lunch, isType[*scrape.NotFoundError]},
		"no row":      {strings.ReplaceAll(fmt.Sprintf(week, "밥"), "점심", "간식"), lunch, isType[*scrape.NotFoundError]},
		"two columns": {strings.ReplaceAll(fmt.Sprintf(week, "밥"), "수", "월"), lunch, isType[*scrape.AmbiguousError]},
		"no table":    {"<p>공지</p>", lunch, isType[*scrape.NoMatchError]},
		"no match":    {"<ul><li>a</ul>", gone, isType[*scrape.NoMatchError]},
		"first field": {"<ul><li class=gone><p>a</ul>", lost, isType[*scrape.NoMatchError]},
		"blank items": {"<ul><li class=gone> </ul>", gone, func(err error) bool { return errors.Is(err, scrape.ErrEmpty) }},
		"empty page":  {"", gone, isType[*scrape.NoMatchError]},
		"expect":      {"<li class=gone>a", scrape.Source{HTML: gone.HTML, ExpectMin: 2}, isType[*scrape.ExpectError]},
	} {
		items, err := extract([]byte(c.page), nil, c.source, monday)
		if !c.is(err) {
			t.Errorf("%s: got %v, %T %v", name, items, err, err)
		}
	}
}

func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestAPageInPlaceOfThePageSaysWhy(t *testing.T) {
	lunch := scrape.Source{Table: &scrape.Table{Column: pick(t, "today"), Row: pick(t, "점심")}}
	news := scrape.Source{Feed: &scrape.Feed{}}
	long := "<p>" + strings.Repeat("긴 글입니다. ", 500)
	for page, want := range map[string]string{
		"<h1>시스템 점검 안내</h1><p>02:00부터 점검 중입니다.</p>":                   "maintenance",
		"<title>Just a moment...</title><p>Checking your browser</p>": "refusal",
		"<p>해외에서의 접속이 차단되었습니다</p>":                                    "refusal",
		"<p>자동입력 방지 문자를 입력하세요 (captcha)</p>":                          "refusal",
		long + "정기 점검 안내":                                             "matched nothing",
		"<p>안녕하세요</p>":                                                "matched nothing",
	} {
		_, err := extract([]byte(page), nil, lunch, monday)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", page, err, want)
		}
	}
	_, err := extract([]byte("<p>서비스 점검 중</p>"), nil, news, monday)
	if e, ok := errors.AsType[*scrape.UnavailableError](err); !ok || e.Blocked || !errors.As(err, new(*scrape.FormatError)) {
		t.Errorf("a feed under maintenance: %v", err)
	}
}

func TestOnlyAFeedIsAFeed(t *testing.T) {
	for page, isFeed := range map[string]bool{
		`{"data": []}`: false,
		`{"version": "1.1", "title": "x", "items": []}`:                              false,
		`<html><body>no</body></html>`:                                               false,
		`{"version": "https://jsonfeed.org/version/1", "title": "x", "items": []}`:   true,
		`{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": []}`: true,
	} {
		_, err := extract([]byte(page), nil, scrape.Source{Feed: &scrape.Feed{}}, monday)
		if isFeed != errors.Is(err, scrape.ErrEmpty) || isFeed == errors.As(err, new(*scrape.FormatError)) {
			t.Errorf("%s: %v", page, err)
		}
	}
}

func TestBadDescriptionsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"table..menu":  "CSS selector",
		"":             "CSS selector",
		"xpath://td[":  "XPath 1.0",
		"xpath:":       "XPath 1.0",
		"td:nth-child": "CSS selector",
	} {
		if _, err := scrape.ParseSelector(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSelector(%q) = %v, want %q", text, err, want)
		}
	}
	if _, err := scrape.ParsePick("점심("); err == nil || !strings.Contains(err.Error(), "regular expression") {
		t.Errorf("ParsePick = %v", err)
	}
	for _, text := range []string{"", "a@", "a..b"} {
		if _, err := scrape.ParseField("title", text); err == nil {
			t.Errorf("ParseField(%q) is accepted", text)
		}
	}
}

func TestAJQProgramSeesNoEnvironment(t *testing.T) {
	t.Setenv("WTM_STATE_KEY", "hidden")
	for _, program := range []string{"env", "$ENV", "env.WTM_STATE_KEY // \"nothing\""} {
		items, err := extract([]byte(`{}`), nil, scrape.Source{JSON: jq(t, program)}, monday)
		if strings.Contains(fmt.Sprint(items, err), "hidden") {
			t.Errorf("%s: %v", program, items)
		}
	}
}

func TestLongNumbersKeepTheirDigits(t *testing.T) {
	items, err := extract([]byte(`[{"id":1234567890123456789,"price":1.10}]`), nil, scrape.Source{JSON: jq(t, ".[]")}, monday)
	if err != nil || items[0]["id"] != "1234567890123456789" || items[0]["price"] != "1.10" {
		t.Errorf("%v, %v", items, err)
	}
}

// benchPages are the dormitory's tables alone, and in a page of the usual size: the median page is far more than its table.
func benchPages(b *testing.B) map[string][]byte {
	b.Helper()
	bare := decoded(b, "dormitory")
	menu := strings.Repeat(`<li class="menu"><a href="/sub/page?menuCd=DOM_0001"><span>학사 안내</span></a></li>`+"\n", 300)
	whole := bytes.Replace(bare, []byte("<body>"), []byte("<body><nav><ul>"+menu+"</ul></nav>"), 1)
	return map[string][]byte{"tables": bare, "page": whole}
}

// BenchmarkTable is to be compared with BenchmarkParse: the same page read by x/net/html alone.
func BenchmarkTable(b *testing.B) {
	source := scrape.Source{Table: &scrape.Table{Select: selector("table.ctable01"), Nth: 2, Column: pick(b, "today"), Row: pick(b, "점심|중식"), Split: scrape.SplitWords}}
	for name, page := range benchPages(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				items, err := extract(page, nil, source, monday)
				if err != nil || len(items) != 3 {
					b.Fatal(items, err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, page := range benchPages(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				if _, err := html.Parse(bytes.NewReader(page)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleFind() {
	page := `<table><tr><th></th><th>월</th><th>화</th><th>수</th></tr><tr><th>점심</th><td>쌀밥<br>미역국</td><td>카레</td><td>국수</td></tr></table>`
	today, _ := scrape.ParsePick("today")
	lunch, _ := scrape.ParsePick("점심|중식")
	monday := time.Date(2026, 11, 23, 11, 30, 0, 0, time.UTC)
	source := scrape.Source{Table: &scrape.Table{Column: today, Row: lunch}}
	items, err := scrape.Find([]byte(page), nil, source, monday)
	if err == nil {
		items, err = scrape.Finish(items, source, monday)
	}
	for _, item := range items {
		fmt.Println(item["text"])
	}
	fmt.Println(err)
	// Output:
	// 쌀밥
	// 미역국
	// <nil>
}
