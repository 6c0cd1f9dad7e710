package scrape

import (
	"bytes"
	"net/url"

	"github.com/PuerkitoBio/goquery"
)

// NextPage returns the address that the first match of a selector leads to, empty when there is none: the last page.
func NextPage(body []byte, base *url.URL, next Selector) string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return ""
	}
	for _, n := range next.all(doc.Nodes[0]) {
		if link := firstLink(n, baseOf(doc, base)); link != "" {
			return link
		}
	}
	return ""
}

// Fields returns the values of fields on a page as a whole.
func Fields(body []byte, base *url.URL, fields []Field) (Item, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return nil, &PageError{Reason: err.Error()}
	}
	item := Item{}
	for _, f := range fields {
		item[f.Name] = f.value(doc.Nodes[0], baseOf(doc, base))
	}
	return item, nil
}
