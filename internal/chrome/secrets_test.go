package chrome_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/fetch"
)

// TestSecretsGoToTheirSiteOnly has a page that asks for more at home, abroad and by a redirect abroad.
func TestSecretsGoToTheirSiteOnly(t *testing.T) {
	b := browser(t)
	var mu sync.Mutex
	asked := map[string]http.Header{}
	note := func(name string, next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			asked[name] = r.Header
			w.Header().Set("Access-Control-Allow-Origin", "*")
			next(w, r)
		}
	}
	abroad := site(t, map[string]http.HandlerFunc{"/direct": note("abroad", html("")), "/redirected": note("redirected", html(""))})
	// A cookie is a host's, whatever the port.
	abroad = strings.Replace(abroad, "127.0.0.1", "localhost", 1)
	home := site(t, map[string]http.HandlerFunc{
		"/{$}": note("page", html(`<script>
			const get = address => fetch(address).then(r => r.text()).catch(() => "")
			Promise.all([get("/data"), get("`+abroad+`/direct"), get("/away")]).then(() => document.body.id = "done")
		</script>`)),
		"/data": note("data", html("")),
		"/away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, abroad+"/redirected", http.StatusFound)
		},
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(address, []*http.Cookie{{Name: "session", Value: "hidden-session"}})
	header := http.Header{"X-Key": {"hidden-key"}, "Authorization": {"Basic hidden"}, "Cookie": {"lang=ko", "theme=dark"}, "Accept-Language": {"en"}}
	if _, err := b.Fetch(t.Context(), fetch.Request{URL: home, Header: header, Jar: jar, Render: &fetch.Render{Wait: "#done"}}); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, name := range []string{"page", "data"} {
		got := map[string]string{}
		for _, key := range []string{"X-Key", "Authorization", "Cookie", "Accept-Language", "User-Agent"} {
			got[key] = strings.Join(asked[name][key], "|")
		}
		want := map[string]string{"X-Key": "hidden-key", "Authorization": "Basic hidden", "Cookie": "lang=ko; theme=dark; session=hidden-session", "Accept-Language": "en", "User-Agent": fetch.DefaultUserAgent}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range []string{"abroad", "redirected"} {
		if asked[name] == nil {
			t.Errorf("%s was not asked", name)
		}
		if text := fmt.Sprint(asked[name]); strings.Contains(text, "hidden") || strings.Contains(text, "lang=ko") {
			t.Errorf("%s hears secrets: %s", name, text)
		}
	}
}

func TestChromeGetsNoSecretOfTheEnvironment(t *testing.T) {
	b := browser(t)
	t.Setenv("KAKAO_CLIENT_SECRET", "hidden-secret")
	temp := os.Getenv("TMPDIR")
	var seen strings.Builder // by everybody on the machine, and by who takes over Chrome
	at := site(t, map[string]http.HandlerFunc{"/{$}": func(w http.ResponseWriter, r *http.Request) {
		for pid, line := range processes(t, temp) {
			environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
			fmt.Fprintf(&seen, "%q %q %v\n", line, environment, err)
		}
		html("<p>밥")(w, r)
	}})
	if _, err := b.Fetch(t.Context(), fetch.Request{URL: at + "/?key=hidden-key", Header: http.Header{"X-Key": {"hidden-header"}}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(seen.String(), "PATH=") {
		t.Skip("this machine has no /proc that tells of processes")
	}
	if strings.Contains(seen.String(), "hidden") {
		t.Errorf("secrets in\n%s", &seen)
	}
}
