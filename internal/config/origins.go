package config

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Origins returns scheme, host and port of what taps on the messages open, as far as the config tells, sorted; and whether
// links of the pages come on top, which only a run can tell. All have to be registered with the app under Product link >
// Web domain.
func (c Config) Origins() (origins []string, pages bool) {
	found := map[string]bool{}
	for _, j := range c.Jobs {
		on := trialData(j)
		pages = pages || !on.known
		for _, origin := range j.Message.Origins(on.Data) {
			if strings.HasPrefix(trialPage, origin) {
				pages = true
				continue
			}
			found[origin] = true
		}
		if links := j.Message.Links; links.Default == "" && links.Base == "" {
			if u, err := url.Parse(on.Source.URL); err == nil {
				found[u.Scheme+"://"+u.Host] = true // the texts of `empty`, and links that lead nowhere
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), pages
}
