package fetch_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/korean"

	"wtm/internal/fetch"
)

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestFetch(t *testing.T) {
	body := mustEncode(t, korean.EUCKR, menu)
	var got *http.Request
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(body)
	})
	page, err := fetch.New().Fetch(t.Context(), fetch.Request{URL: s.URL + "/밥?날=오늘 점심#top", Header: http.Header{"X-Key": {"k"}}})
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	want := map[string]string{"body": menu, "charset": "euc-kr", "type": "text/html", "status": "200"}
	have := map[string]string{"body": string(page.Body), "charset": page.Charset, "type": page.MediaType, "status": fmt.Sprint(page.Status)}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	if got.Method != "GET" || got.URL.Path != "/밥" || got.URL.Query().Get("날") != "오늘 점심" {
		t.Errorf("request = %s %s", got.Method, got.URL)
	}
	for name, want := range map[string]string{"User-Agent": fetch.DefaultUserAgent, "X-Key": "k", "Accept-Language": "ko,en;q=0.5"} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s = %q, want %q", name, v, want)
		}
	}
}

func TestFetchForm(t *testing.T) {
	for _, tc := range []struct {
		name, method, want string
	}{
		{"post", "post", "POST /menu?a=1 body=day=%EC%9B%94"},
		{"no method with a form", "", "POST /menu?a=1 body=day=%EC%9B%94"},
		{"get", "GET", "GET /menu?a=1&day=%EC%9B%94 body="},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				fmt.Fprintf(w, "%s %s body=%s", r.Method, r.RequestURI, b)
			})
			page, err := fetch.New().Fetch(t.Context(), fetch.Request{Method: tc.method, URL: s.URL + "/menu?a=1", Form: url.Values{"day": {"월"}}})
			if err != nil {
				t.Fatalf("Fetch: %v", err)
			}
			if got := string(page.Body); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestFetchTooLarge(t *testing.T) {
	var sent atomic.Int64
	endless := func(w io.Writer) {
		chunk := []byte(strings.Repeat("a", 64<<10))
		for range 200 << 20 / len(chunk) {
			n, err := w.Write(chunk)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}
	for _, tc := range []struct {
		name string
		h    http.HandlerFunc
	}{
		{"endless", func(w http.ResponseWriter, r *http.Request) { endless(w) }},
		{"gzip bomb", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			endless(z)
			z.Close()
		}},
		{"declared", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "209715200")
			endless(w)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var tries atomic.Int64
			s := serve(t, func(w http.ResponseWriter, r *http.Request) { tries.Add(1); tc.h(w, r) })
			// Asking for gzip oneself must not switch the decompression off.
			_, err := fetch.New().Fetch(t.Context(), fetch.Request{URL: s.URL, Header: http.Header{"Accept-Encoding": {"gzip"}}})
			if e, ok := errors.AsType[*fetch.TooLargeError](err); !ok || e.Limit != fetch.DefaultMaxBytes {
				t.Errorf("err = %v, want a TooLargeError", err)
			}
			if n := tries.Load(); n != 1 {
				t.Errorf("%d tries, want 1", n)
			}
		})
	}
	t.Run("not read on", func(t *testing.T) {
		sent.Store(0)
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { endless(w) })
		_, err := (&fetch.Client{MaxBytes: 1 << 20}).Fetch(t.Context(), fetch.Request{URL: s.URL})
		s.Close() // waits for the handler
		if _, ok := errors.AsType[*fetch.TooLargeError](err); !ok {
			t.Errorf("err = %v, want a TooLargeError", err)
		}
		// What lies in socket buffers may come on top, but not most of the 200 MB.
		if n := sent.Load(); n > 50<<20 {
			t.Errorf("the server could send %d bytes", n)
		}
	})
}

func TestFetchExactLimit(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.Repeat("a", 1000)) })
	page, err := (&fetch.Client{MaxBytes: 1000}).Fetch(t.Context(), fetch.Request{URL: s.URL})
	if err != nil || len(page.Body) != 1000 {
		t.Errorf("%d bytes, %v; want 1000, nil", len(page.Body), err)
	}
}

func TestFetchRedirects(t *testing.T) {
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "key=%s referer=%s agent=%s", r.Header.Get("X-Key"), r.Header.Get("Referer"), r.Header.Get("User-Agent"))
	})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		switch _, err := fmt.Sscanf(r.URL.Path, "/hop/%d", &n); {
		case err == nil && n > 0:
			http.Redirect(w, r, fmt.Sprintf("/hop/%d", n-1), http.StatusFound)
		case r.URL.Path == "/file":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/broken":
			w.Header().Set("Location", "http://[::1/?token=hidden")
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/other":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case r.URL.Path == "/other307":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		default:
			fmt.Fprintf(w, "%s key=%s", r.URL.Path, r.Header.Get("X-Key"))
		}
	})
	for _, tc := range []struct {
		name, method, path string
		want, wantErr      string
	}{
		{"five", "GET", "/hop/5", "/hop/0 key=k", ""},
		{"six", "GET", "/hop/6", "", "redirects more than five times"},
		{"another scheme", "GET", "/file", "", "not an http or https address"},
		{"no address", "GET", "/broken", "", "not an http or https address"},
		{"another host gets no keys", "GET", "/other?token=hidden", "key= referer= agent=" + fetch.DefaultUserAgent, ""},
		{"another host gets no form", "POST", "/other307", "", "another site"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			page, err := fetch.New().Fetch(t.Context(), fetch.Request{Method: tc.method, URL: s.URL + tc.path, Header: http.Header{"X-Key": {"k"}}})
			if tc.wantErr == "" {
				if err != nil || string(page.Body) != tc.want {
					t.Errorf("got %q, %v; want %q", page.Body, err, tc.want)
				}
				return
			}
			if _, ok := errors.AsType[*fetch.RedirectError](err); !ok || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("err = %v, want a RedirectError with %q", err, tc.wantErr)
			}
			if err != nil && strings.Contains(err.Error(), "hidden") {
				t.Errorf("the error shows the query: %v", err)
			}
		})
	}
	page, err := fetch.New().Fetch(t.Context(), fetch.Request{URL: s.URL + "/hop/2"})
	if err != nil || page.URL.Path != "/hop/0" {
		t.Errorf("URL = %v, %v; want the last one", page.URL, err)
	}
}

func TestFetchBinary(t *testing.T) {
	for _, tc := range []struct {
		name, contentType, body, want string
	}{
		{"image by type", "image/jpeg", "x", "image/jpeg"},
		{"PDF by type", "application/pdf", "x", "application/pdf"},
		{"PDF by bytes", "text/html", "%PDF-1.7\n", "application/pdf"},
		{"image by bytes", "", "\x89PNG\r\n\x1a\n", "image/png"},
		{"hwp", "application/octet-stream", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office or hwp file"},
		{"unknown bytes", "application/octet-stream", "\x01\x00\x02", "application/octet-stream"},
		{"table called excel", "application/vnd.ms-excel", "<table></table>", ""},
		{"svg", "image/svg+xml", "<svg/>", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = []string{tc.contentType}
				io.WriteString(w, tc.body)
			})
			_, err := fetch.New().Fetch(t.Context(), fetch.Request{URL: s.URL})
			var got string
			if e, ok := errors.AsType[*fetch.BinaryError](err); ok {
				got = e.MediaType
			} else if err != nil {
				t.Fatalf("Fetch: %v", err)
			}
			if got != tc.want {
				t.Errorf("refused as %q, want %q", got, tc.want)
			}
		})
	}
}

func TestFetchBadRequests(t *testing.T) {
	for name, r := range map[string]fetch.Request{
		"file":        {URL: "file:///etc/passwd?hidden"},
		"relative":    {URL: "/menu?hidden"},
		"no host":     {URL: "https:///menu?hidden"},
		"no address":  {URL: "http://exa mple.com/?hidden"},
		"bad percent": {URL: "http://example.com/%zz?hidden"},
		"bad port":    {URL: "http://example.com:hidden/"},
		"method":      {Method: "DELETE", URL: "http://example.com/?hidden"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fetch.New().Fetch(t.Context(), r)
			if _, ok := errors.AsType[*fetch.AddressError](err); !ok || strings.Contains(err.Error(), "hidden") {
				t.Errorf("err = %v, want an AddressError that shows no query", err)
			}
		})
	}
}

func TestFetchCertificate(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	_, err := fetch.New().Fetch(t.Context(), fetch.Request{URL: s.URL})
	if e, ok := errors.AsType[*fetch.NetworkError](err); !ok || e.Kind != fetch.TroubleTLS {
		t.Errorf("err = %v, want trouble %q", err, fetch.TroubleTLS)
	}
}
