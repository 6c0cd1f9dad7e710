package scrape_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"wtm/internal/scrape"
)

func TestAHugeTableIsBounded(t *testing.T) {
	row := "<tr>" + strings.Repeat(`<td colspan="1000" rowspan="65534">밥</td>`, 60) + "</tr>"
	page := "<table><tr><th></th><th>월</th><th>화</th><th>수</th></tr>" + strings.Repeat(row, 1000) + "</table>"
	source := scrape.Source{Table: &scrape.Table{Column: pick(t, "today")}}
	// The one cell over everything names its own row, so nothing is left in it.
	if items, err := extract([]byte(page), nil, source, monday); !errors.Is(err, scrape.ErrEmpty) {
		t.Errorf("extract = %d items, %v", len(items), err)
	}
}

func TestAFeedOf50000EntriesIsBounded(t *testing.T) {
	feed := `<rss version="2.0"><channel>` + strings.Repeat("<item><title>a</title></item>", 50_000) + `</channel></rss>`
	items, err := extract([]byte(feed), nil, scrape.Source{Feed: &scrape.Feed{}, Pipeline: scrape.Pipeline{Limit: 10}}, monday)
	if err != nil || len(items) != 10 {
		t.Errorf("%d items, %v", len(items), err)
	}
}

func TestItemsThatShareNoMembersAreBounded(t *testing.T) {
	items, err := scrape.ParseJSON(".[]")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1000, 1001} {
		var page strings.Builder
		page.WriteString("[{}")
		for i := range n - 1 {
			fmt.Fprintf(&page, `,{"id%d": 1, "x": 2}`, i)
		}
		page.WriteString("]")
		found, err := extract([]byte(page.String()), nil, scrape.Source{JSON: items}, monday)
		if n <= 1000 && (err != nil || len(found) != n || len(found[0]) != n) {
			t.Errorf("%d items, %v", len(found), err)
		}
		if n > 1000 && (!errors.As(err, new(*scrape.PageError)) || !strings.Contains(err.Error(), "fields:")) {
			t.Errorf("%d items with a member each: %v", n, err)
		}
	}
}

func TestAPageNestedTooDeepIsAnError(t *testing.T) {
	const depth = 100_000
	page := []byte(strings.Repeat("<div>", depth) + "<table><tr><td>밥</table>" + strings.Repeat("</div>", depth))
	for name, source := range map[string]scrape.Source{
		"css":      {HTML: &scrape.HTML{Items: selector("td")}},
		"xpath":    {HTML: &scrape.HTML{Items: selector("xpath://td")}},
		"table":    {Table: &scrape.Table{}},
		"expected": {HTML: &scrape.HTML{Items: selector("td")}, ExpectContains: "밥"},
	} {
		if items, err := extract(page, nil, source, monday); !errors.As(err, new(*scrape.PageError)) {
			t.Errorf("%s: %v, %v, want a PageError", name, items, err)
		}
	}
	if next := scrape.NextPage(page, nil, selector("a")); next != "" {
		t.Errorf("the next page is %q", next)
	}
	if fields, err := scrape.Fields(page, nil, []scrape.Field{field(t, "body", "td")}); !errors.As(err, new(*scrape.PageError)) {
		t.Errorf("%v, %v, want a PageError", fields, err)
	}
}

func TestDeepDocumentsOfOtherKinds(t *testing.T) {
	const depth = 100_000
	for name, c := range map[string]struct {
		page   string
		source scrape.Source
	}{
		"JSON":             {strings.Repeat("[", depth) + strings.Repeat("]", depth), scrape.Source{JSON: jq(t, "..")}},
		"RSS":              {"<rss><channel>" + strings.Repeat("<item>", depth), scrape.Source{Feed: &scrape.Feed{}}},
		"markup in a feed": {"<rss version=\"2.0\"><channel><item><title><![CDATA[" + strings.Repeat("<b>", depth) + "]]></title></item></channel></rss>", scrape.Source{Feed: &scrape.Feed{}}},
	} {
		items, err := extract([]byte(c.page), nil, c.source, monday)
		if err == nil && len(items) == 0 {
			t.Errorf("%s: neither items nor an error", name)
		}
	}
}

func TestHugePatternsAreRefused(t *testing.T) {
	for _, text := range []string{"a{1001}", "((a{100}){100}){100}", strings.Repeat("(", 2000) + strings.Repeat(")", 2000)} {
		if _, err := scrape.ParseText(text); err == nil || !strings.Contains(err.Error(), "regular expression") {
			t.Errorf("ParseText(%.20s) = %v", text, err)
		}
		if _, err := scrape.ParsePick(text); err == nil || !strings.Contains(err.Error(), "regular expression") {
			t.Errorf("ParsePick(%.20s) = %v", text, err)
		}
	}
}

func TestPatternsThatExplodeElsewhere(t *testing.T) {
	page := []byte(strings.Repeat("a", 1<<20))
	for _, text := range []string{"(a+)+b", "(a|aa)*b", "(a*)*b"} {
		if _, err := extract(page, nil, scrape.Source{Text: match(t, text)}, monday); !errors.As(err, new(*scrape.NoMatchError)) {
			t.Errorf("%s: %v, want a NoMatchError", text, err)
		}
	}
	items, err := extract(page, nil, scrape.Source{Text: match(t, "a"), None: regexp.MustCompile("(a+)+b")}, monday)
	if err != nil || len(items) != 10_000 {
		t.Errorf("%d items, %v, want the first 10000", len(items), err)
	}
}
