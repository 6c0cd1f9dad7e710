package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/compose"
	"wtm/internal/config"
)

var update = flag.Bool("update", false, "rewrite testdata/err/*.txt")

func getenv(name string) string { return map[string]string{"TEST_SECRET": "s{{ecret"}[name] }

// TestErrors holds each broken file of testdata/err against the errors beside it.
func TestErrors(t *testing.T) {
	for _, file := range glob(t, "testdata/err/*.yml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := config.Parse("wtm.yml", read(t, file), getenv)
			if err == nil {
				t.Fatal("the file is accepted")
			}
			out := strings.TrimSuffix(file, ".yml") + ".txt"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(out, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(read(t, out)), got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			for _, hidden := range []string{"hunter2", "s{{ecret"} {
				if strings.Contains(got, hidden) {
					t.Errorf("the errors show a secret:\n%s", got)
				}
			}
			checkKind(t, err)
		})
	}
}

// checkKind asks of each error what the command line needs of it.
func checkKind(t *testing.T, err error) {
	t.Helper()
	errs := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		errs = joined.Unwrap()
	}
	for _, err := range errs {
		e, ok := errors.AsType[*config.Error](err)
		if !ok || e.ExitCode() != 2 || e.Hint() == "" || e.Line > 0 && e.Col == 0 {
			t.Errorf("%#v is not an error with a place, hint and exit code", err)
		}
	}
}

func TestAcceptedFiles(t *testing.T) {
	for _, file := range glob(t, "testdata/ok/*.yml") {
		if _, err := config.Parse(file, read(t, file), getenv); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestExampleIsTheDormitorysThreeMeals(t *testing.T) {
	cfg, err := config.Parse("example", config.Example(), getenv)
	if err != nil {
		t.Fatal(err)
	}
	seoul := time.FixedZone("KST", 9*3600)
	friday := time.Date(2026, 11, 27, 12, 0, 0, 0, seoul)
	var got []string
	for _, j := range cfg.Jobs {
		got = append(got, j.Name+" "+j.Plan.Next(friday, 1)[0].Format("Mon 15:04 -0700"))
	}
	want := []string{"breakfast Mon 07:30 +0900", "lunch Sat 11:30 +0900", "dinner Fri 17:30 +0900"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("next slots (-want +got):\n%s", diff)
	}
}

func TestEverythingIsRead(t *testing.T) {
	cfg, err := config.Parse("everything", read(t, "testdata/ok/everything.yml"), getenv)
	if err != nil {
		t.Fatal(err)
	}
	lunch, notices := cfg.Jobs[0], cfg.Jobs[1]
	day := compose.Data{Slot: time.Date(2026, 11, 23, 11, 30, 0, 0, time.UTC)}
	filled := func(t2 interface {
		Execute(compose.Data) (string, error)
	}) string {
		text, err := t2.Execute(day)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	fields, known := notices.Sources[0].Scrape.FieldNames()
	got := []any{
		len(cfg.Jobs), known, lunch.Plan.Zone.String(), lunch.Plan.Late, lunch.Plan.Hold, lunch.Resend, notices.Resend, lunch.Plan.Except,
		filled(lunch.Sources[0].URL), filled(lunch.Sources[0].Header["Authorization"]), filled(lunch.Sources[0].Header["X-Day"]),
		filled(lunch.Sources[0].Form["pw"]), lunch.Sources[0].Method, lunch.Sources[0].Charset, lunch.Sources[0].Timeout,
		lunch.Sources[0].Scrape.Table.Nth, lunch.Sources[0].Scrape.Pipeline.Limit, lunch.Sources[0].Scrape.ExpectMin, lunch.Sources[0].Scrape.ExpectContains,
		lunch.Empty.Kind, filled(lunch.Empty.Text), lunch.Message.Long, lunch.To[0].String(),
		notices.Send, notices.Empty.Kind, fields, cfg.Jobs[2].Sources[0].Method,
	}
	want := []any{
		3, true, "Asia/Tokyo", 3 * time.Hour, 5 * time.Minute, false, true, []string{"2026-12-25", "2027-01-01"},
		"https://example.ac.kr/menu?sdate=20261123", "Bearer s{{ecret", "2026",
		"as{{ecretb", "POST", "euc-kr", 20 * time.Second,
		2, 10, 1, "식단",
		config.EmptyText, "월요일 점심이 없습니다", compose.Cut, "me",
		config.SendNew, config.EmptyFail, []string{"title", "link", "id"}, "POST",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shown := lunch.Sources[0].Header["Authorization"].String(); strings.Contains(shown, "ecret") {
		t.Errorf("a value prints its secret: %s", shown)
	}
}

func TestRenderIsRead(t *testing.T) {
	cfg, err := config.Parse("requests", read(t, "testdata/ok/requests.yml"), getenv)
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, j := range cfg.Jobs {
		got = append(got, j.Sources[0].Render, j.Sources[0].Wait, j.Sources[0].Timeout)
	}
	want := []any{false, "", time.Duration(0), true, "table.menu td, p.none", time.Minute}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSizeIsBounded(t *testing.T) {
	_, err := config.Parse("wtm.yml", []byte(strings.Repeat("# wide\n", 1<<18)), getenv)
	if err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("Parse = %v", err)
	}
}

func TestAliasBombIsHarmless(t *testing.T) {
	bomb := "jobs: &a {b: *a}\nlate: &c [*c, *c]\n"
	if _, err := config.Parse("wtm.yml", []byte(bomb), getenv); err == nil {
		t.Error("a file that contains itself is accepted")
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range append(glob(f, "testdata/ok/*.yml"), glob(f, "testdata/err/*.yml")...) {
		f.Add(read(f, file))
	}
	schema := mustSchema(f, "")
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := config.Parse("wtm.yml", data, getenv)
		if err != nil {
			checkKind(t, err)
			return
		}
		if err := schema.Validate(asEditors(t, data)); err != nil {
			t.Fatalf("the schema refuses what is accepted: %v", err)
		}
		for _, j := range cfg.Jobs {
			if j.Name == "" || len(j.Plan.At) == 0 || len(j.To) == 0 || j.Message.Shape == nil || j.Sources[0].URL.IsZero() ||
				!j.Sources[0].Scrape.HasExtractor() {
				t.Fatalf("job %+v is not whole", j)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if cfg, err := config.Parse("example", config.Example(), getenv); err != nil || len(cfg.Jobs) != 3 {
			b.Fatal(err)
		}
	}
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal(pattern, err)
	}
	return files
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
