package chrome

import (
	"os"
	"os/exec"
	"strings"

	"github.com/chromedp/chromedp"
)

// names are those of Chrome's program: Google's packages, Debian's, Ubuntu's, and the installers of test runners.
var names = []string{"google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"}

// Find returns the program at path, or with an empty path the first of Chrome's usual names on PATH.
func Find(path string) (string, error) {
	if path != "" {
		program, err := exec.LookPath(path)
		if err != nil {
			return "", &NotFoundError{Path: path, Err: err}
		}
		return program, nil
	}
	for _, name := range names {
		if program, err := exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", &NotFoundError{}
}

// longestTemp is how long the name of a folder may be in which Chrome makes a socket: unix(7) has 108 bytes for its path.
const longestTemp = 60

// options start a Chrome that has its temporary files in temp. chromedp gives it an empty profile, has Linux kill it when
// this process dies, and adds --no-sandbox for root alone: as root Chrome refuses its sandbox (https://crbug.com/638180).
func options(program, temp string) []chromedp.ExecAllocatorOption {
	vars := append(passedOn(), "XDG_CONFIG_HOME="+temp, "XDG_CACHE_HOME="+temp)
	if len(temp) <= longestTemp {
		vars = append(vars, "TMPDIR="+temp)
	}
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.NoInheritEnv,
		chromedp.Env(vars...),
		chromedp.Flag("disable-gpu", true),
		// A page's pop-ups are no part of it.
		chromedp.Flag("disable-popup-blocking", false),
		// What Chrome would ask of its maker's servers by itself.
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("disable-field-trial-config", true),
		chromedp.Flag("no-pings", true),
		// A proxy or firewall in between knows TCP.
		chromedp.Flag("disable-quic", true),
	)
}

// passedOn are the variables of the environment that Chrome needs: to find its home and fonts, and the way out.
func passedOn() []string {
	var vars []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch strings.ToUpper(name) {
		case "HOME", "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
			"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
			"SYSTEMROOT", "TEMP", "LOCALAPPDATA", "USERPROFILE": // Windows
			vars = append(vars, v)
		}
	}
	return vars
}
