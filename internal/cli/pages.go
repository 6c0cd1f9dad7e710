package cli

import (
	"context"
	"slices"

	"wtm/internal/chrome"
	"wtm/internal/config"
	"wtm/internal/fetch"
)

// pages brings pages as they are served, or as Chrome shows them where a source asks for that.
type pages struct {
	served *fetch.Client
	shown  *chrome.Browser
}

func newPages(env config.Env) pages {
	return pages{fetch.New(), chrome.New(env.Chrome)}
}

func (p pages) Fetch(ctx context.Context, r fetch.Request) (fetch.Page, error) {
	if r.Render != nil {
		return p.shown.Fetch(ctx, r)
	}
	return p.served.Fetch(ctx, r)
}

// checkChrome looks for Chrome where a source needs it.
func checkChrome(env config.Env, cfg config.Config) error {
	for _, j := range cfg.Jobs {
		if slices.ContainsFunc(j.Sources, func(s config.Source) bool { return s.Render }) {
			_, err := chrome.Find(env.Chrome)
			return err
		}
	}
	return nil
}
