package recipe_test

import (
	"context"
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/kakao"
	"wtm/internal/recipe"
	"wtm/internal/run"
	"wtm/internal/store"
)

var update = flag.Bool("update", false, "rewrite testdata/*/message.txt")

// fixture is the one page of a recipe, as its site serves it.
type fixture struct{ path string }

func (f fixture) Fetch(_ context.Context, r fetch.Request) (fetch.Page, error) {
	address, err := url.Parse(r.URL)
	if err != nil {
		return fetch.Page{}, err
	}
	raw, err := os.ReadFile(f.path)
	if err != nil {
		return fetch.Page{}, err
	}
	body, charset, err := fetch.Decode(raw, "", r.Charset)
	return fetch.Page{URL: address, Status: http.StatusOK, Body: body, Charset: charset}, err
}

// nothingStored is the store before the first login.
type nothingStored struct{ run.Store }

func (nothingStored) Load(context.Context) ([]byte, store.Revision, error) {
	return nil, "", store.ErrNotExist
}

// TestRecipes makes the message of each recipe from its fixture page, at its first slot of a Monday.
func TestRecipes(t *testing.T) {
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, time.FixedZone("KST", 9*3600))
	all := recipe.All()
	if len(all) < 12 {
		t.Errorf("%d recipes", len(all))
	}
	for _, r := range all {
		t.Run(r.Name, func(t *testing.T) {
			cfg, err := config.Parse(r.Name+".yml", r.Config, func(string) string { return "a-key" })
			if err != nil {
				t.Fatal(err)
			}
			runner := &run.Runner{
				Config: cfg, Store: nothingStored{}, Now: func() time.Time { return monday },
				Pages: fixture{filepath.Join("testdata", r.Name, "page")},
			}
			report, err := runner.Run(t.Context(), run.Options{DryRun: true, Ahead: true})
			if err != nil || len(report.Errors()) != 0 {
				t.Fatal(err, report.Errors())
			}
			var got strings.Builder
			for _, s := range report.Slots {
				for _, p := range s.Texts {
					got.WriteString(p.Text() + "\n-> " + p.Spec().(kakao.Text).Link.WebURL + "\n")
				}
			}
			golden := filepath.Join("testdata", r.Name, "message.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRecipesSayWhatTheyAre(t *testing.T) {
	looked := regexp.MustCompile(`(?m)^# The real page was last looked at: (never|20\d{2}-\d{2}-\d{2})`)
	for _, r := range recipe.All() {
		if !strings.HasSuffix(r.About, ".") || len(r.About) > 160 || !looked.Match(r.Config) {
			t.Errorf("%s: %q", r.Name, r.About)
		}
	}
}
