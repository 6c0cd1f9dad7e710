package run_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
	"wtm/internal/scrape"
	"wtm/internal/state"
)

// TestSilenceMeansSomething holds what a page says against what the job's `empty:` makes of it.
func TestSilenceMeansSomething(t *testing.T) {
	cell := func(text string) string { return strings.Replace(menuPage, "쌀밥 국", text, 1) }
	for name, c := range map[string]struct {
		page, empty string
		outcome     run.Outcome
		message     string
		exit        int
		marked      bool
	}{
		"says none, skip":    {cell("미운영"), "skip", run.None, "", 0, true},
		"says none, fail":    {cell("미운영"), "fail", run.Failed, "", 1, false},
		"says none, a text":  {cell("미운영"), "{{ weekday }}요일은 쉽니다", run.Sent, "월요일은 쉽니다", 0, true},
		"empty cell, skip":   {cell("&nbsp;"), "skip", run.Empty, "", 0, true},
		"empty cell, fail":   {cell("&nbsp;"), "fail", run.Failed, "", 1, false},
		"no such column":     {strings.Replace(menuPage, "월", "금", 1), "skip", run.Failed, "", 1, false},
		"no table at all":    {"<p>점검 중입니다</p>", "쉽니다", run.Failed, "", 1, false},
		"nothing whatsoever": {"", "skip", run.Failed, "", 1, false},
	} {
		yaml := strings.Replace(lunchConfig, "    message:", "    empty: \""+c.empty+"\"\n    message:", 1)
		w := newWorld(t, at("11:29:59"), 50, true, yaml)
		w.pages.bodies["/menu"] = c.page
		report := w.run(run.Options{})
		if got := report.Slots[0].Outcome; got != c.outcome || exitCode(report) != c.exit {
			t.Errorf("%s: outcome %s, exit code %d (%v)", name, got, exitCode(report), report.Errors())
		}
		if got := strings.Join(w.texts(), ""); got != c.message {
			t.Errorf("%s: message %q", name, got)
		}
		if _, marked := w.stored().Mark("lunch", at("11:30:00"), "me"); marked != c.marked {
			t.Errorf("%s: marked %v", name, marked)
		}
	}
}

func TestWhatASendMayComeTo(t *testing.T) {
	for name, c := range map[string]struct {
		fault     kakaotest.Fault
		resend    bool
		outcome   run.Outcome
		exit      int
		delivered int // after a second run
		mark      state.Outcome
	}{
		"cut before it arrived":   {kakaotest.Fault{DropBefore: true}, false, run.Unknown, 1, 0, state.Unknown},
		"cut after it arrived":    {kakaotest.Fault{DropAfter: true}, false, run.Unknown, 1, 1, state.Unknown},
		"cut, resend":             {kakaotest.Fault{DropAfter: true}, true, run.Unknown, 1, 2, state.Sent},
		"a gateway's answer":      {kakaotest.Fault{Status: 502, Body: "<html>"}, false, run.Unknown, 1, 0, state.Unknown},
		"a result code":           {kakaotest.Fault{Status: 200, Body: `{"result_code":-1}`}, false, run.Failed, 1, 1, state.Sent},
		"a quota":                 {kakaotest.Fault{Status: 400, Body: `{"code":-532}`}, false, run.Failed, 1, 1, state.Sent},
		"no consent":              {kakaotest.Fault{Status: 403, Body: `{"code":-402,"required_scopes":["talk_message"]}`}, false, run.Failed, 3, 1, state.Sent},
		"busy for a moment":       {kakaotest.Fault{Status: 429, Body: `{"code":-10}`}, false, run.Sent, 0, 1, state.Sent},
		"closed three times over": {kakaotest.Fault{Times: 3, Status: 503, Body: `{"code":-9798}`}, false, run.Failed, 1, 1, state.Sent},
	} {
		yaml := lunchConfig
		if c.resend {
			yaml = "unknown: resend\n" + yaml
		}
		w := newWorld(t, at("11:29:59"), 50, true, yaml)
		w.kakao.Fail(sendPath, c.fault)
		report := w.run(run.Options{})
		if got := report.Slots[0].Outcome; got != c.outcome || exitCode(report) != c.exit {
			t.Errorf("%s: outcome %s, exit code %d (%v)", name, got, exitCode(report), report.Errors())
		}
		w.run(run.Options{})
		if got := len(w.texts()); got != c.delivered {
			t.Errorf("%s: %d messages after a second run", name, got)
		}
		if mark, _ := w.stored().Mark("lunch", at("11:30:00"), "me"); mark.Outcome != c.mark {
			t.Errorf("%s: marked %q", name, mark.Outcome)
		}
	}
}

func TestPartsArriveInOrderOrAreToldApart(t *testing.T) {
	long := strings.Replace(menuPage, "쌀밥 국", strings.Repeat("김치찌개 ", 100), 1)
	w := newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	w.pages.bodies["/menu"] = long
	w.run(run.Options{})
	texts := w.texts()
	if len(texts) < 3 || !strings.HasPrefix(texts[1], "(2/") {
		t.Fatalf("parts: %q", texts)
	}
	for i, d := range w.kakao.Delivered()[1:] {
		if pause := d.At.Sub(w.kakao.Delivered()[i].At); pause < 400*time.Millisecond {
			t.Errorf("part %d follows after %v", i+2, pause)
		}
	}

	w = newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	w.pages.bodies["/menu"] = long
	w.kakao.OnRequest = func(_ int, phase, path string) {
		if phase == "after" && len(w.texts()) == 1 {
			w.kakao.Fail(sendPath, kakaotest.Fault{Times: -1, Status: 400, Body: `{"code":-532}`})
		}
	}
	report := w.run(run.Options{})
	partial := false
	for _, err := range report.Errors() {
		partial = partial || errors.As(err, new(*run.PartialError))
	}
	w.run(run.Options{})
	if !partial || report.Slots[0].Outcome != run.Unknown || len(w.texts()) != 1 {
		t.Errorf("%v; %d messages in all", report.Errors(), len(w.texts()))
	}
}

const boardConfig = `
jobs:
  notices:
    at: ["09:00", "12:00", "15:00", "18:00"]
    source: {url: "https://example.ac.kr/board", html: {items: li, fields: {title: a, link: "a@href"}}}
    send: new
    message: {text: "{{ range .Items }}{{ .title }}\n{{ end }}"}
`

func board(titles ...string) string {
	var page strings.Builder
	page.WriteString("<ul>")
	for _, title := range titles {
		page.WriteString(`<li><a href="/` + title + `">` + title + `</a></li>`)
	}
	return page.String()
}

func TestSendNew(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, boardConfig)
	s := w.stored()
	a := s.Accounts[state.Me]
	a.Access.ExpiresAt = at("23:00:00")
	s.Accounts[state.Me] = a
	w.store.data = w.seal(s)
	w.kakao.AddAccessToken("first-access-token", at("23:00:00"))
	for _, step := range []struct {
		clock, page, want string
		messages          int
	}{
		{"09:00:00", board("a", "b"), "notices 09:00 baseline", 0},
		{"12:00:00", board("a", "b"), "notices 12:00 nothing_new", 0},
		{"15:00:00", board("d", "c", "c", "a", "b"), "notices 15:00 sent", 1},
		{"18:00:00", board("d", "c", "a"), "notices 18:00 nothing_new", 1},
	} {
		w.pages.bodies["/board"] = step.page
		w.set(at(step.clock))
		if got := outcomes(w.run(run.Options{})); got != step.want || len(w.texts()) != step.messages {
			t.Errorf("at %s: %s, %d messages", step.clock, got, len(w.texts()))
		}
	}
	if got := w.texts(); len(got) != 1 || got[0] != "d\nc" {
		t.Errorf("messages %q", got)
	}
}

func TestTheFirstItemOfAnEmptyListIsNew(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, strings.Replace(boardConfig, "html:", "drop: old, html:", 1))
	w.pages.bodies["/board"] = board("old")
	if got := outcomes(w.run(run.Options{})); got != "notices 09:00 empty" {
		t.Errorf("first: %s", got)
	}
	w.set(at("12:00:00"))
	w.pages.bodies["/board"] = board("fresh", "old")
	if got := outcomes(w.run(run.Options{})); got != "notices 12:00 sent" || len(w.texts()) != 1 || w.texts()[0] != "fresh" {
		t.Errorf("then: %s, %q", got, w.texts())
	}
}

func TestNewItemsStayNewWhenTheSendFails(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, boardConfig)
	w.pages.bodies["/board"] = board("a")
	w.run(run.Options{})
	w.set(at("12:00:00"))
	w.pages.bodies["/board"] = board("b", "a")
	w.kakao.Fail(sendPath, kakaotest.Fault{Status: 400, Body: `{"code":-532}`})
	w.run(run.Options{})
	if w.run(run.Options{}); len(w.texts()) != 1 || w.texts()[0] != "b" {
		t.Errorf("messages %q", w.texts())
	}
}

func TestASiteThatChangesItsAddressesFloodsNobody(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, boardConfig)
	var old, renamed []string
	for i := range 30 {
		old, renamed = append(old, fmt.Sprintf("a%d", i)), append(renamed, fmt.Sprintf("b%d", i))
	}
	w.pages.bodies["/board"] = board(old...)
	w.run(run.Options{})
	w.set(at("12:00:00"))
	w.pages.bodies["/board"] = board(renamed...)
	report := w.run(run.Options{})
	all := strings.Join(w.texts(), "\n")
	if report.Slots[0].Items != 10 || strings.Count(all, "b") != 10 || !strings.Contains(all, "30건") {
		t.Errorf("%d items: %q", report.Slots[0].Items, w.texts())
	}
	w.set(at("15:00:00"))
	if got := outcomes(w.run(run.Options{})); got != "notices 15:00 nothing_new" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestAnIDOfTheConfigTellsItemsApart(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, strings.Replace(boardConfig, "send: new", "send: new\n    id: \"{{ .title }}\"", 1))
	w.pages.bodies["/board"] = `<li><a href="/1?session=x">a</a></li>`
	w.run(run.Options{})
	w.set(at("12:00:00"))
	w.pages.bodies["/board"] = `<li><a href="/1?session=y">a</a></li><li><a href="/2?session=y">b</a></li>`
	if w.run(run.Options{}); len(w.texts()) != 1 || w.texts()[0] != "b" {
		t.Errorf("messages %q", w.texts())
	}
}

func TestSendChanged(t *testing.T) {
	w := newWorld(t, at("09:00:00"), 50, true, strings.Replace(boardConfig, "send: new", "send: changed", 1))
	w.pages.bodies["/board"] = board("a")
	if got := outcomes(w.run(run.Options{})); got != "notices 09:00 sent" {
		t.Errorf("first: %s", got)
	}
	w.set(at("12:00:00"))
	if got := outcomes(w.run(run.Options{})); got != "notices 12:00 nothing_new" {
		t.Errorf("the same: %s", got)
	}
	w.set(at("15:00:00"))
	w.pages.bodies["/board"] = board("b")
	if got := outcomes(w.run(run.Options{})); got != "notices 15:00 sent" {
		t.Errorf("changed: %s", got)
	}
}

func TestReportsHoldCountsAndNoContent(t *testing.T) {
	w := newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	data, err := json.Marshal(w.run(run.Options{}))
	if err != nil || strings.Contains(string(data), "쌀밥") || !strings.Contains(string(data), `"items":2`) {
		t.Errorf("%s, %v", data, err)
	}
	w = newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	data, err = json.Marshal(w.run(run.Options{DryRun: true}))
	if err != nil || !strings.Contains(string(data), "쌀밥") {
		t.Errorf("of a dry run: %s, %v", data, err)
	}
}

func TestErrorsKeepTheirKind(t *testing.T) {
	w := newWorld(t, at("11:29:59"), 50, true, lunchConfig)
	w.pages.bodies["/menu"] = "<p>"
	errs := w.run(run.Options{}).Errors()
	if len(errs) != 1 || !errors.As(errs[0], new(*scrape.NoMatchError)) || !strings.Contains(errs[0].Error(), `job "lunch"`) {
		t.Errorf("%v", errs)
	}
	w.kakao.Fail(sendPath, kakaotest.Fault{Status: 403, Body: `{"code":-3}`})
	w.pages.bodies["/menu"] = menuPage
	errs = w.run(run.Options{}).Errors()
	if len(errs) != 1 || !errors.As(errs[0], new(*kakao.APIError)) {
		t.Errorf("%v", errs)
	}
}
