package chrome

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"

	"wtm/internal/fetch"
)

//go:embed read.js
var readScript string

// snapshot is what read.js returns.
type snapshot struct {
	URL     string `json:"url"`
	Type    string `json:"type"`
	Charset string `json:"charset"`
	// HTML is nil when it is longer than the limit.
	HTML *string `json:"html"`
}

// read takes the page as it is now.
func (v *view) read(ctx context.Context, t *chromedp.Target) (fetch.Page, error) {
	s, err := chromedp.Evaluate[snapshot](fmt.Sprintf("(%s)(%d)", readScript, v.limit))(ctx, t)
	if err != nil {
		return fetch.Page{}, err
	}
	if !isText(s.Type) {
		return fetch.Page{}, &fetch.BinaryError{URL: v.shown(), MediaType: s.Type}
	}
	if s.HTML == nil || int64(len(*s.HTML)) > v.limit {
		return fetch.Page{}, &fetch.TooLargeError{URL: v.shown(), Limit: v.limit}
	}
	found, err := fetch.ParseURL(s.URL)
	if err != nil {
		return fetch.Page{}, &fetch.RedirectError{URL: v.shown(), Reason: "to something that is not an http or https address"}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return fetch.Page{URL: found, Status: v.status, MediaType: s.Type, Charset: strings.ToLower(s.Charset), Body: []byte(*s.HTML)}, nil
}

// isText reports whether Chrome shows a type as text; pictures and PDFs get a page around them that says nothing.
func isText(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "xml") || strings.HasSuffix(mediaType, "json")
}

// matches reports whether the page holds what `wait` asks for.
func (v *view) matches(ctx context.Context, t *chromedp.Target) (bool, error) {
	selector, err := json.Marshal(v.render.Wait)
	if err != nil {
		return false, err
	}
	found, err := chromedp.Evaluate[bool](fmt.Sprintf("document.querySelector(%s) !== null", selector))(ctx, t)
	if err, ok := err.(*chromedp.ExceptionError); ok {
		return false, &SelectorError{Wait: v.render.Wait, Err: err}
	}
	return found, err
}
