package scrape

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
)

// Feed takes the entries of an RSS, Atom or JSON feed. Its fields are title, link, date, summary and author; id is what
// the feed itself calls an entry, for telling new ones from old.
type Feed struct{}

// feedFields are the fields of a feed's items.
var feedFields = []string{"title", "link", "date", "summary", "author", "id"}

// maxSummary bounds a summary, which may hold a whole article; a message has 200 characters.
const maxSummary = 1000

// xmlEncoding is the declaration of an encoding that the text no longer has: it is UTF-8 by now.
var xmlEncoding = regexp.MustCompile(`^(\s*<\?xml[^>]*?)\sencoding\s*=\s*["'][^"']*["']`)

func (*Feed) extract(body []byte, base *url.URL) ([]Item, error) {
	body = xmlEncoding.ReplaceAll(bytes.TrimPrefix(body, []byte("\uFEFF")), []byte("$1"))
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	// Any JSON object parses as a JSON Feed, whose version is an address there (https://www.jsonfeed.org/version/1.1/#top-level).
	if err != nil || feed.FeedType == "json" && !strings.Contains(feed.FeedVersion, "jsonfeed.org/version/") {
		return nil, &FormatError{Want: "a feed in RSS, Atom or JSON Feed"}
	}
	if home, err := url.Parse(feed.Link); err == nil && home.IsAbs() {
		base = home // RSS has no base of its own: its links are the site's
	}
	var items []Item
	for _, entry := range feed.Items {
		items = append(items, feedItem(entry, base))
	}
	return items, nil
}

// feedItem makes an item of an entry. The identity is its guid, else its link, else title and date together.
func feedItem(entry *gofeed.Item, base *url.URL) Item {
	link := entry.Link
	if link == "" && len(entry.Links) > 0 {
		link = entry.Links[0]
	}
	item := Item{
		"title":   plainText(entry.Title),
		"link":    absolute(link, base),
		"date":    feedDate(entry),
		"summary": plainText(cmp.Or(entry.Description, entry.Content)),
		"author":  "",
	}
	if len(entry.Authors) > 0 && entry.Authors[0] != nil {
		item["author"] = fold(entry.Authors[0].Name)
	}
	if r := []rune(item["summary"]); len(r) > maxSummary {
		item["summary"] = string(r[:maxSummary])
	}
	item["id"] = cmp.Or(entry.GUID, item["link"], item["title"]+" "+item["date"])
	return item
}

// feedDate is when an entry was published, or else changed, as 2026-11-23 09:00 in its own zone.
func feedDate(entry *gofeed.Item) string {
	at := cmp.Or(entry.PublishedParsed, entry.UpdatedParsed)
	if at == nil {
		return fold(cmp.Or(entry.Published, entry.Updated))
	}
	return at.In(seoul).Format("2006-01-02 15:04")
}

// seoul is the zone that dates of feeds are shown in: gofeed gives them in UTC.
var seoul = time.FixedZone("KST", 9*60*60)

// plainText drops markup from a text that may have any.
func plainText(text string) string {
	if !strings.ContainsAny(text, "<&") {
		return fold(text)
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return fold(text)
	}
	return textOf(doc)
}
