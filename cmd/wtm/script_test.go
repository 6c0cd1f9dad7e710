package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wtm/internal/chrome"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wtm":      main,
		"xdg-open": browse,
		"measure":  measure,
	})
}

// TestScript runs each script of testdata/script: wtm is a real child process, Kakao and the pages are fakes in this
// one. fakes_test.go has the scripts' own commands.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup:               setup,
		Condition:           condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"seed":      seed,
			"tampered":  tampered,
			"clock":     setClock,
			"page":      setPage,
			"kakao":     orderKakao,
			"github":    orderGitHub,
			"delivered": delivered,
			"sent-to":   sentTo,
			"state-has": stateHas,
			"noleak":    noLeak,
			"exits":     exits,
		},
	})
}

// condition is [chrome]: this machine has one.
func condition(name string) (bool, error) {
	if name != "chrome" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	_, err := chrome.Find("")
	return err == nil, nil
}

// browse plays the browser of a person who agrees at once, and keeps the page that is shown in the end.
func browse() {
	resp, err := http.Get(os.Args[1])
	if err != nil {
		os.Exit(1)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || os.WriteFile(strings.TrimSpace(os.Getenv("SHOWN_PAGE")), page, 0o600) != nil {
		os.Exit(1)
	}
}
