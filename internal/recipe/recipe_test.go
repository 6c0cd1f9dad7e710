package recipe_test

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/kakao"
	"wtm/internal/recipe"
	"wtm/internal/scrape"
)

var update = flag.Bool("update", false, "rewrite testdata/*/message.txt")

// TestRecipes makes the message of each recipe from its fixture page, on a Monday.
func TestRecipes(t *testing.T) {
	day := time.Date(2026, 11, 23, 11, 30, 0, 0, time.FixedZone("KST", 9*3600))
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
			raw, err := os.ReadFile(filepath.Join("testdata", r.Name, "page"))
			if err != nil {
				t.Fatal(err)
			}
			job := cfg.Jobs[0]
			body, _, err := fetch.Decode(raw, "", job.Sources[0].Charset)
			if err != nil {
				t.Fatal(err)
			}
			data := compose.Data{Job: job.Name, Slot: day}
			if data.Source.URL, err = job.Sources[0].URL.Execute(data); err != nil {
				t.Fatal(err)
			}
			base, err := url.Parse(data.Source.URL)
			if err != nil {
				t.Fatal(err)
			}
			if data.Items, err = scrape.Extract(body, base, job.Sources[0].Scrape, day); err != nil {
				t.Fatal(err)
			}
			parts, err := job.Message.Compose(data)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, p := range parts.Parts {
				got.WriteString(p.Text() + "\n-> " + p.Spec().(kakao.Text).Link.WebURL + "\n")
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
