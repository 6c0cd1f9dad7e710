package chrome

import (
	"cmp"
	"context"
	"net/http"
	"net/textproto"
	"net/url"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	cdpfetch "github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"wtm/internal/fetch"
)

// language is what pages are asked to be in, as by [fetch.Client].
const language = "ko,en"

// open prepares the tab and goes to the address.
func (v *view) open(ctx context.Context, t *chromedp.Target) error {
	tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return err
	}
	v.frame, v.marks = tree.FrameTree.Frame.ID, map[cdp.LoaderID]marks{}
	if err := chromedp.Listen(ctx, v.hear(ctx, t)); err != nil {
		return err
	}
	steps := []chromedp.Action[chromedp.Void]{
		// chromedp would follow every change of the document, and a page may change without end.
		step(css.Disable, cdp.Empty{}),
		step(dom.Disable, cdp.Empty{}),
		step(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: cmp.Or(v.request.Header.Get("User-Agent"), fetch.DefaultUserAgent), AcceptLanguage: language,
		}),
		step(network.SetCookies, network.SetCookiesParams{Cookies: v.cookies()}),
		step(cdpfetch.Enable, cdpfetch.EnableParams{}),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny})
			return err
		}),
	}
	if v.render.Zone != "" {
		steps = append(steps, step(emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: v.render.Zone}))
	}
	_, err = chromedp.Steps(append(steps, chromedp.Func(v.navigate))...)(ctx, t)
	return err
}

// step is a command whose result says nothing.
func step[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// cookies are those of the request and of its jar, for the address's host.
func (v *view) cookies() []*network.CookieParam {
	all := (&http.Request{Header: http.Header{"Cookie": v.request.Header["Cookie"]}}).Cookies()
	if v.request.Jar != nil {
		all = append(all, v.request.Jar.Cookies(v.address)...)
	}
	params := []*network.CookieParam{}
	for _, c := range all {
		params = append(params, &network.CookieParam{Name: c.Name, Value: c.Value, URL: v.address.String(), Path: "/"})
	}
	return params
}

// letThrough lets a request out, with the headers that were asked for when it goes to the address's own site. Pictures,
// sounds and fonts stay where they are: only the page's text is wanted.
func (v *view) letThrough(ctx context.Context, t *chromedp.Target, e *cdpfetch.EventRequestPaused) {
	switch e.ResourceType {
	case network.ResourceTypeImage, network.ResourceTypeMedia, network.ResourceTypeFont:
		cdp.Call(ctx, t, cdpfetch.FailRequest, cdpfetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
		return
	}
	cdp.Call(ctx, t, cdpfetch.ContinueRequest, cdpfetch.ContinueRequestParams{RequestID: e.RequestID, Headers: v.headers(e.Request)})
}

// headers are those of a request with the ones that were asked for in the place of Chrome's; nil changes nothing.
func (v *view) headers(r *network.Request) []*cdpfetch.HeaderEntry {
	to, err := url.Parse(r.URL)
	if err != nil || len(v.request.Header) == 0 || !fetch.SameSite(v.address, to) {
		return nil
	}
	var entries []*cdpfetch.HeaderEntry
	for name, value := range r.Headers {
		if text, ok := value.(string); ok && v.request.Header[textproto.CanonicalMIMEHeaderKey(name)] == nil {
			entries = append(entries, &cdpfetch.HeaderEntry{Name: name, Value: text})
		}
	}
	for name, values := range v.request.Header {
		switch name {
		case "Cookie", "User-Agent", "Accept-Encoding": // the first two are set for the whole tab, the last is Chrome's own
			continue
		}
		for _, value := range values {
			entries = append(entries, &cdpfetch.HeaderEntry{Name: name, Value: value})
		}
	}
	return entries
}
