package main

import (
	"os/exec"
	"strings"
	"testing"

	"wtm/internal/kakao/kakaotest"
)

// TestRehearsal runs the real workflow files with act on this machine, without GitHub: a fork's life from the first click
// to Kakao being down.
func TestRehearsal(t *testing.T) {
	if _, err := exec.LookPath("act"); err != nil {
		t.Skip("act is not installed; .ci/run installs it and runs this test")
	}
	f := newFork(t)

	// A fork without secrets ends green, with the next step.
	out := f.act(t, true, "schedule", "schedule.yml", nil)
	mustSay(t, out, "wtm is not set up yet", "Next step: add the secrets")
	if len(f.kakao.Requests())+len(f.github.Calls()) != 0 {
		t.Errorf("it talked to somebody: %v %v", f.kakao.Requests(), f.github.Calls())
	}
	f.secrets = f.allSecrets

	// The login, in a browser alone: first the address to open, then the address pasted.
	out = f.act(t, true, "workflow_dispatch", "login.yml", map[string]any{"redirected_url": ""})
	mustSay(t, out, "open this address in a browser")
	pasted := f.agree(t, out)
	f.hidden = append(f.hidden, strings.SplitAfter(pasted, "code=")[1])
	out = f.act(t, true, "workflow_dispatch", "login.yml", map[string]any{"redirected_url": pasted})
	mustSay(t, out, "logged in; the sealed state is in state/tokens.age on branch state of me/wtm")
	first := f.token(t)
	f.logInEarlier(t)

	// A tick sends what is due; the token has days to live, so one commit holds the marks and the access token.
	out = f.act(t, true, "schedule", "schedule.yml", nil)
	mustSay(t, out, "sent to me at")
	f.arrived(t, 1)
	if got := f.github.Messages("state"); len(got) != 3 || f.github.Enabled("schedule.yml") == 0 {
		t.Errorf("commits %q, enabled %d times", got, f.github.Enabled("schedule.yml"))
	}

	// The next tick finds it sent, and neither sets Go up nor builds.
	f.warm = true
	out = f.act(t, true, "schedule", "schedule.yml", nil)
	mustSay(t, out, "nothing due")
	f.arrived(t, 1)

	// By hand: a dry run sends nothing, force sends again.
	out = f.act(t, true, "workflow_dispatch", "run.yml", map[string]any{"dry_run": "true", "force": "true"})
	mustSay(t, out, "would send 1 message")
	f.arrived(t, 1)
	f.act(t, true, "workflow_dispatch", "run.yml", map[string]any{"force": "true", "job": "notes"})
	f.arrived(t, 2)
	out = f.act(t, false, "workflow_dispatch", "run.yml", map[string]any{"job": "nobody"})
	mustSay(t, out, `there is no job "nobody"`)

	// Kakao down: red, with the reason; the token is the one it was.
	f.kakao.Fail("/v2/api/talk/memo/default/send", kakaotest.Fault{Times: -1, Status: 503, Body: `{"code":-9798,"msg":"maintenance"}`})
	out = f.act(t, false, "workflow_dispatch", "run.yml", map[string]any{"force": "true"})
	mustSay(t, out, "maintenance (-9798, HTTP 503)", "https://developers.kakao.com/status")
	f.arrived(t, 2)
	if f.token(t) != first {
		t.Error("the refresh token changed without a rotation")
	}
	for _, p := range append(f.kakao.Problems(), f.github.Problems()...) {
		t.Errorf("asked wrongly: %s", p)
	}
}

func mustSay(t *testing.T, log string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(log, text) {
			t.Errorf("the log does not say %q:\n%s", text, log)
		}
	}
}
