package scrape_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/fetch"
	"wtm/internal/scrape"
)

var update = flag.Bool("update", false, "rewrite testdata/*/want*.json")

// monday is the day that counts as today, unless a case has its own.
var monday = time.Date(2026, 11, 23, 11, 30, 0, 0, time.FixedZone("KST", 9*3600))

func TestPages(t *testing.T) {
	none := regexp.MustCompile(`미운영|휴무|등록된 (식단|글)이 없습니다|해당하는 데이터가 없습니다`)
	lunch := func() *scrape.Table { return &scrape.Table{Column: pick(t, "today"), Row: pick(t, "점심|중식")} }
	with := func(edit func(*scrape.Table)) *scrape.Table {
		table := lunch()
		edit(table)
		return table
	}
	// Each name is a folder of testdata, then what differs where one page serves several cases.
	for name, c := range map[string]struct {
		page, want string
		source     scrape.Source
		day        time.Time
	}{
		"the dormitory's second table, by words": {page: "dormitory", source: scrape.Source{Table: with(func(t *scrape.Table) {
			t.Select, t.Nth, t.Split = selector("table.ctable01"), 2, scrape.SplitWords
		})}},
		"closed on Sunday":             {page: "dormitory", want: "sunday", day: monday.AddDate(0, 0, 6), source: scrape.Source{Table: lunch()}},
		"no breakfast on Saturday":     {page: "dormitory", want: "saturday", day: monday.AddDate(0, 0, 5), source: scrape.Source{Table: with(func(tb *scrape.Table) { tb.Row = pick(t, "아침") })}},
		"the whole column":             {page: "dormitory", want: "column", source: scrape.Source{Table: with(func(tb *scrape.Table) { tb.Row = scrape.Pick{} })}},
		"a table that is not there":    {page: "dormitory", want: "third", source: scrape.Source{Table: with(func(tb *scrape.Table) { tb.Nth = 3 })}},
		"a row that is not there":      {page: "dormitory", want: "supper", source: scrape.Source{Table: with(func(tb *scrape.Table) { tb.Row = pick(t, "야식") })}},
		"EUC-KR by meta":               {page: "euckr-meta", source: scrape.Source{Table: lunch()}},
		"CP949 by detection, no th":    {page: "euckr-undeclared", source: scrape.Source{Table: lunch()}},
		"last week's page":             {page: "last-week", source: scrape.Source{Table: lunch()}},
		"days go down":                 {page: "days-down", source: scrape.Source{Table: &scrape.Table{Row: pick(t, "today"), Column: pick(t, "중식")}}},
		"days go down, meals beside":   {page: "days-down-rowspan", source: scrape.Source{Table: &scrape.Table{Row: pick(t, "today"), Column: pick(t, "메뉴")}}},
		"a day over two columns":       {page: "two-header-rows", source: scrape.Source{Table: lunch()}},
		"weekdays above dates":         {page: "weekday-row-date-row", source: scrape.Source{Table: with(func(tb *scrape.Table) { tb.Row = pick(t, "^학생식당") })}},
		"this week in a title":         {page: "title-above", source: scrape.Source{Table: lunch()}},
		"another week in a title":      {page: "title-above-old", source: scrape.Source{Table: lunch()}},
		"tables in tables":             {page: "nested", source: scrape.Source{Table: with(func(t *scrape.Table) { t.Select = selector("#menu") })}},
		"the first table that fits":    {page: "nested", want: "first", source: scrape.Source{Table: lunch()}},
		"a calendar's section":         {page: "calendar", source: scrape.Source{Table: &scrape.Table{Calendar: true, Section: regexp.MustCompile("중식")}}},
		"a calendar's whole day":       {page: "calendar", want: "whole", source: scrape.Source{Table: &scrape.Table{Calendar: true}}},
		"a calendar's empty day":       {page: "calendar", want: "weekend", day: monday.AddDate(0, 0, 5), source: scrape.Source{Table: &scrape.Table{Calendar: true}}},
		"not the month before's day":   {page: "calendar", want: "tail", day: monday.AddDate(0, 0, 2), source: scrape.Source{Table: &scrape.Table{Calendar: true, Section: regexp.MustCompile("중식")}}},
		"another month's calendar":     {page: "calendar-old", source: scrape.Source{Table: &scrape.Table{Calendar: true}}},
		"sections in angle brackets":   {page: "sections-angle", source: scrape.Source{Table: &scrape.Table{Column: pick(t, "today"), Section: regexp.MustCompile("중식")}}},
		"a section that says none":     {page: "sections-angle", want: "none", source: scrape.Source{Table: &scrape.Table{Column: pick(t, "today"), Section: regexp.MustCompile("석식")}}},
		"a section that is not there":  {page: "sections-angle", want: "missing", source: scrape.Source{Table: &scrape.Table{Column: pick(t, "today"), Section: regexp.MustCompile("간식")}}},
		"sections by a symbol":         {page: "sections-symbol", source: scrape.Source{Table: &scrape.Table{Column: pick(t, "today"), Section: regexp.MustCompile("중식")}}},
		"sections without a mark":      {page: "sections-plain", source: scrape.Source{Table: &scrape.Table{Column: pick(t, "today"), Section: regexp.MustCompile("중식")}}},
		"a closed day over its meals":  {page: "closed-column", source: scrape.Source{Table: lunch()}},
		"a page in place of the table": {page: "closed-page", source: scrape.Source{Table: lunch()}},
		"only a dash":                  {page: "empty-cell", source: scrape.Source{Table: lunch()}},
		"spans that overrun":           {page: "overrun", source: scrape.Source{Table: &scrape.Table{Column: pick(t, "today")}}},
		"spans that overrun, beside":   {page: "overrun", want: "tuesday", day: monday.AddDate(0, 0, 1), source: scrape.Source{Table: &scrape.Table{Column: pick(t, "today")}}},
		"two rows of one name":         {page: "ambiguous-rows", source: scrape.Source{Table: lunch()}},
		"a row that spans":             {page: "spanned-row", source: scrape.Source{Table: lunch()}},
		"headings across the table":    {page: "heading-rows", source: scrape.Source{Table: lunch()}},
		"English":                      {page: "english", source: scrape.Source{Table: with(func(tb *scrape.Table) { tb.Row = pick(t, "(?i)lunch") })}},
		"a picture with a label":       {page: "picture", source: scrape.Source{Table: lunch()}},
		"tags that never close":        {page: "unclosed", source: scrape.Source{Table: lunch()}},
		"dates without marks":          {page: "compact-dates", source: scrape.Source{Table: with(func(tb *scrape.Table) { tb.Row = pick(t, "중 식") })}},
		"two weeks side by side":       {page: "two-weeks", source: scrape.Source{Table: lunch()}},
		"a price":                      {page: "prices", source: scrape.Source{Table: &scrape.Table{Column: pick(t, "오늘"), Row: pick(t, "배추")}}},
		"a board":                      {page: "board", source: scrape.Source{HTML: board(t)}},
		"a board, keep and limit":      {page: "board", want: "kept", source: scrape.Source{HTML: board(t), Pipeline: scrape.Pipeline{Keep: []scrape.Rule{{Match: regexp.MustCompile("2026")}}, Drop: []scrape.Rule{{Match: regexp.MustCompile("휴무")}}, Limit: 1}}},
		"a board without fields":       {page: "board", want: "plain", source: scrape.Source{HTML: &scrape.HTML{Items: selector("table.board tr")}}},
		"a board that shrank":          {page: "board", want: "shrunk", source: scrape.Source{HTML: board(t), ExpectMin: 10}},
		"a board that grew":            {page: "board", want: "grew", source: scrape.Source{HTML: board(t), ExpectMax: 2}},
		"a board of another site":      {page: "board", want: "other", source: scrape.Source{HTML: board(t), ExpectContains: "공지 사항 목록"}},
		"a selector that is gone":      {page: "board", want: "gone", source: scrape.Source{HTML: &scrape.HTML{Items: selector("ul.list li")}}},
		"a board that says none":       {page: "board-empty", source: scrape.Source{HTML: board(t)}},
		"RSS in EUC-KR, with markup":   {page: "rss-euckr", source: scrape.Source{Feed: &scrape.Feed{}}},
		"Atom with a base":             {page: "atom", source: scrape.Source{Feed: &scrape.Feed{}}},
		"JSON Feed":                    {page: "jsonfeed", source: scrape.Source{Feed: &scrape.Feed{}}},
		"a feed without entries":       {page: "feed-empty", source: scrape.Source{Feed: &scrape.Feed{}}},
		"a page that is no feed":       {page: "board", want: "feed", source: scrape.Source{Feed: &scrape.Feed{}}},
		"JSON by fields":               {page: "neis", source: scrape.Source{JSON: jq(t, ".mealServiceDietInfo[1].row[] | select(.MMEAL_SC_NM == \"중식\" and .MLSV_YMD == $date)", "menu", ".DDISH_NM", "day", "$weekday")}},
		"JSON by members":              {page: "neis", want: "members", source: scrape.Source{JSON: jq(t, ".mealServiceDietInfo[1].row[]")}},
		"JSON of another form":         {page: "neis-none", want: "form", source: scrape.Source{JSON: jq(t, ".mealServiceDietInfo[1].row[]")}},
		"JSON that is HTML":            {page: "board", want: "json", source: scrape.Source{JSON: jq(t, ".[]")}},
		"jq without an end":            {page: "neis", want: "endless", source: scrape.Source{JSON: jq(t, "def f: f; f")}},
		"jq that yields for ever":      {page: "neis", want: "flood", source: scrape.Source{JSON: jq(t, "range(1e9)")}},
		"a pattern with names":         {page: "price-text", source: scrape.Source{Text: match(t, `(?P<name>배추|무) <b>(?P<price>[0-9,]+)</b>원`)}},
		"a pattern without names":      {page: "price-text", want: "plain", source: scrape.Source{Text: match(t, `<b>([0-9,]+)`)}},
		"a pattern that is gone":       {page: "price-text", want: "gone", source: scrape.Source{Text: match(t, `상추`)}},
		"a board by XPath": {page: "board", want: "xpath", source: scrape.Source{HTML: &scrape.HTML{Items: selector("xpath:/html/body/table/tbody/tr[position()<3]"), Fields: []scrape.Field{
			field(t, "title", "xpath:.//td[2]/a"), field(t, "link", "xpath:.//td[2]/a/@href"), field(t, "date", "xpath://td[@class='date']")}}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.source.None = none
			if c.day.IsZero() {
				c.day = monday
			}
			file := "want.json"
			if c.want != "" {
				file = "want-" + c.want + ".json"
			}
			base := mustURL(t, "https://www.example.ac.kr/dormi/menu?x=1")
			items, err := extract(decoded(t, c.page), base, c.source, c.day)
			compare(t, filepath.Join("testdata", c.page, file), items, err)
		})
	}
}

// compare holds what came out against a golden file, which is either the items or the error's text.
func compare(t *testing.T, file string, items []scrape.Item, err error) {
	t.Helper()
	got := struct {
		Items []scrape.Item `json:"items,omitempty"`
		Error string        `json:"error,omitempty"`
	}{Items: items}
	if err != nil {
		got.Error = err.Error()
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// decoded returns a fixture as it would come out of fetch: some pages are EUC-KR.
func decoded(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name, "page.html"))
	if err != nil {
		t.Fatal(err)
	}
	body, _, err := fetch.Decode(raw, "text/html", "")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func board(t *testing.T) *scrape.HTML {
	t.Helper()
	id, err := scrape.NewField("id", "a", "onclick", regexp.MustCompile(`go\('(\d+)'\)`))
	if err != nil {
		t.Fatal(err)
	}
	return &scrape.HTML{Items: selector("table.board tbody tr"), Fields: []scrape.Field{
		field(t, "title", "td.title a"), field(t, "link", "td.title a@href"),
		field(t, "date", "td.date"), id,
	}}
}

func pick(t testing.TB, text string) scrape.Pick {
	t.Helper()
	p, err := scrape.ParsePick(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func selector(text string) scrape.Selector {
	s, err := scrape.ParseSelector(text)
	if err != nil {
		panic(err)
	}
	return s
}

func field(t testing.TB, name, text string) scrape.Field {
	t.Helper()
	f, err := scrape.ParseField(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustURL(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// jq compiles a program, and one for each pair of a field's name and program.
func jq(t testing.TB, items string, fields ...string) *scrape.JSON {
	t.Helper()
	j, err := scrape.ParseJSON(items)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		if err := j.AddField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func match(t testing.TB, pattern string) *scrape.Text {
	t.Helper()
	m, err := scrape.ParseText(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
