package run_test

import (
	"strings"
	"testing"

	"wtm/internal/run"
)

// twoBoards is a job that watches two boards, which share some of their notices.
const twoBoards = `
jobs:
  notices:
    at: "12:00"
    source:
      - {url: "https://example.ac.kr/board", html: {items: li, fields: {title: a, link: "a@href"}}}
      - {url: "https://example.ac.kr/other", html: {items: li, fields: {title: a, date: .}}}
    send: new
    id: "{{ .title }}"
    message: {text: "{{ range .Items }}{{ .title }} {{ end }}"}
`

// lookedAt is a world whose two boards were looked at once.
func lookedAt(t *testing.T) *world {
	w := newWorld(t, at("12:00:00"), 50, true, twoBoards)
	w.pages.bodies["/board"], w.pages.bodies["/other"] = board("a"), board("a", "z")
	if got := outcomes(w.run(run.Options{})); got != "notices 12:00 baseline" {
		t.Fatal(got)
	}
	w.set(at("12:00:00").Add(day))
	return w
}

func TestAnItemOfTwoSourcesIsToldOnce(t *testing.T) {
	w := lookedAt(t)
	w.pages.bodies["/board"], w.pages.bodies["/other"] = board("c", "a"), board("d", "c", "z")
	w.run(run.Options{})
	w.set(at("12:00:00").Add(2 * day))
	w.pages.bodies["/other"] = board("e", "d", "c") // c, told of the first board, is known on the second, too
	w.run(run.Options{})
	if got := strings.Join(w.texts(), "|"); got != "c d|e" {
		t.Errorf("messages %q", got)
	}
}

func TestASourceThatFailsHoldsUpNoOther(t *testing.T) {
	w := lookedAt(t)
	w.pages.bodies["/other"] = board("d", "z")
	delete(w.pages.bodies, "/board")
	report := w.run(run.Options{})
	if got := outcomes(report); got != "notices 12:00 sent" || strings.Join(w.texts(), "|") != "d" {
		t.Errorf("%s, messages %q", got, w.texts())
	}
	errs := report.Errors()
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), `job "notices": source 1: `) {
		t.Errorf("errors %v", errs)
	}
}

func TestASlotIsNotOverWhileASourceMayHaveSomething(t *testing.T) {
	w := lookedAt(t)
	delete(w.pages.bodies, "/board")
	if got := outcomes(w.run(run.Options{})); got != "notices 12:00 failed" {
		t.Errorf("%s", got)
	}
	w.pages.bodies["/board"] = board("c", "a")
	if got := outcomes(w.run(run.Options{})); got != "notices 12:00 sent" || strings.Join(w.texts(), "|") != "c" {
		t.Errorf("%s, messages %q", got, w.texts())
	}
}

func TestTheFirstLookNeedsAllSources(t *testing.T) {
	w := newWorld(t, at("12:00:00"), 50, true, twoBoards)
	w.pages.bodies["/board"] = board("a")
	if got := outcomes(w.run(run.Options{})); got != "notices 12:00 failed" {
		t.Errorf("%s", got)
	}
	w.pages.bodies["/other"] = board("z")
	if got := outcomes(w.run(run.Options{})); got != "notices 12:00 baseline" {
		t.Errorf("%s", got)
	}
}

// A limit is for what is told: what it leaves is told by the next slot, and what was there at the first look never.
func TestALimitLosesNoNews(t *testing.T) {
	w := newWorld(t, at("12:00:00"), 50, true, strings.Replace(boardConfig, "html: {", "limit: 2, html: {", 1))
	days := 0
	look := func(titles ...string) {
		w.pages.bodies["/board"] = board(titles...)
		w.set(at("12:00:00").AddDate(0, 0, days))
		days++
		w.run(run.Options{})
	}
	look("c", "b", "a")
	look("f", "e", "d", "c", "b", "a")
	look("f", "e", "d", "c", "b", "a")
	look("f", "e", "d", "c", "b", "a")
	if got := strings.Join(w.texts(), "|"); got != "f\ne|d" {
		t.Errorf("messages %q", got)
	}
}

func TestADryRunSaysWhatNoItemHas(t *testing.T) {
	yaml := strings.Replace(boardConfig, `link: "a@href"`, `link: "a@herf", date: td`, 1)
	yaml = strings.Replace(yaml, "html:", `pages: {next: a.nxt, most: 2}, html:`, 1)
	w := newWorld(t, at("12:00:00"), 50, true, yaml)
	w.pages.bodies["/board"] = board("a", "b")
	notes := strings.Join(w.run(run.Options{DryRun: true}).Slots[0].Notes, "|")
	want := "the link to the next page was not found: look at `pages: next:`|" + "the field \"link\" is empty in all 2 items: look at what `fields:` says of it|the field \"date\" is empty in all 2 items: look at what `fields:` says of it"
	if notes != want {
		t.Errorf("notes %q", notes)
	}
}

func TestTheSameDishTwiceOnOnePageStays(t *testing.T) {
	w := newWorld(t, at("11:30:00"), 50, true, lunchConfig)
	w.pages.bodies["/menu"] = strings.Replace(menuPage, "쌀밥 국", "쌀밥 쌀밥", 1)
	w.run(run.Options{})
	if got := strings.Join(w.texts(), "|"); got != "쌀밥\n쌀밥" {
		t.Errorf("messages %q", got)
	}
}
