package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wtm/internal/githubtest"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/state"
)

// setClock is `clock TIME`: Kakao's clock shows the time from now on.
func setClock(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	start, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.start, w.began = start, time.Now()
}

// seed is `seed DAYS [access]`: seals a state whose refresh token has so many days left, made a minute ago.
func seed(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	days, err := strconv.Atoi(args[0])
	ts.Check(err)
	now := w.now()
	s := state.New(now.Add(-time.Minute))
	a := state.Account{Refresh: state.Token{Value: "first-refresh-token", IssuedAt: now.AddDate(0, 0, days-60), ExpiresAt: now.AddDate(0, 0, days)}}
	w.kakao.AddRefreshToken("first-refresh-token", a.Refresh.ExpiresAt)
	if len(args) > 1 {
		a.Access = state.Token{Value: "first-access-token", IssuedAt: now.Add(-time.Hour), ExpiresAt: now.Add(5 * time.Hour)}
		w.kakao.AddAccessToken("first-access-token", a.Access.ExpiresAt)
	}
	s.Accounts[state.Me] = a
	w.save(ts, s)
}

// tampered is `tampered truncated|newer|other-key|rubbish`: damages the state.
func tampered(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	path := ts.MkAbs("state/tokens.age")
	data := ts.ReadFile(path)
	switch args[0] {
	case "truncated":
		data = data[:len(data)/2]
	case "rubbish":
		data = "<html>not a state"
	case "newer":
		s := state.New(w.now())
		s.Version = state.Version + 1
		w.save(ts, s)
		return
	case "other-key":
		identity, _, err := state.GenerateIdentity()
		ts.Check(err)
		other, err := state.ParseKey(identity)
		ts.Check(err)
		sealed, err := other.Seal(state.New(w.now()))
		ts.Check(err)
		data = string(sealed)
	default:
		ts.Fatalf("unknown damage %q", args[0])
	}
	ts.Check(os.WriteFile(path, []byte(data), 0o600))
}

// setPage is `page FILE`, or `page huge|loop|down|missing|empty`: what the site answers from now on.
func setPage(ts *testscript.TestScript, _ bool, args []string) {
	p := worldOf(ts).page
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = args[0]
	if !slices.Contains([]string{"huge", "loop", "missing", "empty"}, p.mode) {
		p.body = ts.ReadFile(args[0])
	}
}

// orderKakao is `kakao fail PATH STATUS BODY` (three times), `kakao cut-before|cut-after PATH`, `kakao well`, `kakao
// no-consent`, `kakao code VAR [PERSON]`, or `kakao friends NICKNAME...`: what Kakao does next. A friend's uuid is uuid-
// and a number from 1 on.
func orderKakao(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	switch args[0] {
	case "fail":
		status, err := strconv.Atoi(args[2])
		ts.Check(err)
		w.kakao.Fail(args[1], kakaotest.Fault{Times: 3, Status: status, Body: args[3]})
	case "cut-before":
		w.kakao.Fail(args[1], kakaotest.Fault{DropBefore: true})
	case "cut-after":
		w.kakao.Fail(args[1], kakaotest.Fault{DropAfter: true})
	case "well":
		w.kakao.Heal()
	case "no-consent":
		w.kakao.Change(func(s *kakaotest.Server) { s.Scopes = nil })
	case "code":
		who := w.kakao.Me()
		if len(args) > 2 {
			who = w.kakao.AddUser(args[2])
		}
		code := w.kakao.IssueCodeFor(who, ts.Getenv("KAKAO_REDIRECT_URI"))
		w.secrets = append(w.secrets, code)
		ts.Setenv(args[1], code)
	case "friends":
		w.kakao.Change(func(s *kakaotest.Server) { s.Scopes = []string{"talk_message", "friends"} })
		for i, name := range args[1:] {
			w.kakao.AddFriend(fmt.Sprintf("uuid-%d", i+1), name)
		}
	default:
		ts.Fatalf("unknown order %q", args[0])
	}
}

// sentTo is `sent-to RECEIVER...`: the messages went to these, in any order. A receiver is a friend's uuid, me, or the name
// of a person whose own chat it is.
func sentTo(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var got []string
	for _, d := range w.kakao.Delivered() {
		if d.To == "me" && d.From != w.kakao.Me().Name {
			d.To = d.From
		}
		got = append(got, d.To)
	}
	slices.Sort(got)
	if slices.Sort(args); !slices.Equal(got, args) {
		ts.Fatalf("sent to %q, want %q", got, args)
	}
}

// delivered is `delivered TEXT...`: these messages, and no others, are in the chat.
func delivered(ts *testscript.TestScript, _ bool, args []string) {
	var got []string
	for _, d := range worldOf(ts).kakao.Delivered() {
		got = append(got, d.Text)
	}
	if !slices.Equal(got, args) {
		ts.Fatalf("in the chat: %q, want %q", got, args)
	}
}

// stateHas is `[!] state-has rotated|login|sent|unknown|missed`: what the state holds.
func stateHas(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	s, err := w.key.Open([]byte(ts.ReadFile(ts.MkAbs("state/tokens.age"))))
	ts.Check(err)
	refresh := s.Accounts[state.Me].Refresh.Value.Reveal()
	has := false
	switch args[0] {
	case "rotated":
		has = refresh != "first-refresh-token" && slices.Contains(w.kakao.LiveRefreshTokens(), refresh)
	case "login":
		has = slices.Contains(w.kakao.LiveRefreshTokens(), refresh)
	default:
		for _, marks := range s.Jobs["lunch"].Slots {
			has = has || string(marks["me"].Outcome) == args[0]
		}
	}
	if has == neg {
		ts.Fatalf("state-has %s: %v", args[0], has)
	}
}

// noLeak is `noleak [login]`: searches what the last command printed, and every file of the script's folder, for
// secrets. The address of a login page has the app's key in it; nothing else may.
func noLeak(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	secrets := append(w.kakao.Tokens(), w.secrets...)
	if len(args) == 0 {
		secrets = append(secrets, w.kakao.ClientID)
	}
	// A mask is the one way to tell the runner what to hide.
	out := regexp.MustCompile(`(?m)^::add-mask::.*$`).ReplaceAllString(ts.ReadFile("stdout"), "")
	places := map[string]string{"standard output": out, "standard error": ts.ReadFile("stderr")}
	ts.Check(filepath.Walk(ts.MkAbs("."), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			places[path] = ts.ReadFile(path)
		}
		return err
	}))
	for place, text := range places {
		for _, leak := range leaks(text, secrets) {
			ts.Fatalf("%s shows a secret (%s):\n%s", place, leak, text)
		}
	}
	for _, problem := range w.kakao.Problems() {
		ts.Fatalf("Kakao was asked wrongly: %s", problem)
	}
	for _, problem := range w.github.Problems() {
		ts.Fatalf("GitHub was asked wrongly: %s", problem)
	}
}

// orderGitHub is `github on`: the script is a step of a workflow from now on, `github has-state`: the repository holds the
// state and not the folder, `github commits N`: so many commits were made since, `github read-only|protected|writable`:
// what the repository is like, or `github event TEXT`: what started the workflow.
func orderGitHub(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	const path = "state/tokens.age"
	switch args[0] {
	case "on":
		for name, value := range map[string]string{
			"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": w.github.Token, "GITHUB_API_URL": w.github.URL, "GITHUB_REPOSITORY": "me/wtm",
			"GITHUB_REF_NAME": "main", "GITHUB_STEP_SUMMARY": ts.MkAbs("summary.md"),
		} {
			ts.Setenv(name, value)
		}
	case "has-state":
		w.github.Put("main", path, []byte(ts.ReadFile(path)), "seed")
		ts.Check(os.RemoveAll(ts.MkAbs("state")))
		w.commits = len(w.github.Messages("main"))
	case "commits":
		if got := len(w.github.Messages("main")) - w.commits; strconv.Itoa(got) != args[1] {
			ts.Fatalf("%d commits since: %q", got, w.github.Messages("main")[:got])
		}
		w.commits = len(w.github.Messages("main"))
		for _, message := range w.github.Messages("main") {
			if strings.Contains(message, "쌀밥") || strings.Contains(message, "lunch") {
				ts.Fatalf("a commit tells too much: %q", message)
			}
		}
	case "fetch": // the state, for the other commands
		ts.Check(os.MkdirAll(ts.MkAbs("state"), 0o700))
		branch := "main"
		if len(args) > 1 {
			branch = args[1]
		}
		ts.Check(os.WriteFile(ts.MkAbs(path), w.github.File(branch, path), 0o600))
	case "enabled":
		if w.github.Enabled("schedule.yml") == 0 {
			ts.Fatalf("the schedule was not kept alive")
		}
	case "read-only":
		w.github.Change(func(s *githubtest.Server) { s.ReadOnly = true })
	case "protected":
		w.github.Change(func(s *githubtest.Server) { s.Protected = []string{"main"} })
	case "writable":
		w.github.Change(func(s *githubtest.Server) { s.ReadOnly, s.Protected = false, nil })
	case "event":
		ts.Check(os.WriteFile(ts.MkAbs("event.json"), []byte(args[1]), 0o600))
		ts.Setenv("GITHUB_EVENT_PATH", ts.MkAbs("event.json"))
	default:
		ts.Fatalf("unknown order %q", args[0])
	}
}

// exits is `exits CODE COMMAND...`: runs the command and asks for its exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}
