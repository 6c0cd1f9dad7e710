package preview_test

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"wtm/internal/chrome"
	"wtm/internal/preview"
)

//go:embed testdata/layout.js
var layoutScript string

// wrong names what the layout script found.
type wrong struct {
	Outside []string `json:"outside"` // out of the window
	Torn    []string `json:"torn"`    // out of its bubble
	Cut     []string `json:"cut"`     // wider than its place
	Small   []string `json:"small"`   // too small for a finger
	Hidden  []string `json:"hidden"`  // not to be seen, or under something
	Faint   []string `json:"faint"`   // contrast under 4.5
}

type layout struct {
	Wrong       wrong    `json:"wrong"`
	Width       int      `json:"width"`
	ScrollWidth int      `json:"scrollWidth"`
	Buttons     int      `json:"buttons"`
	Articles    int      `json:"articles"`
	Texts       int      `json:"texts"`
	Dark        bool     `json:"dark"`
	Asked       []string `json:"asked"`
	Pictures    int      `json:"pictures"`
}

// focused is where the keyboard is.
type focused struct {
	Index   int     `json:"index"`
	Outline float64 `json:"outline"`
	Top     float64 `json:"top"`
}

const focusScript = `({
  index: [...document.links].indexOf(document.activeElement),
  outline: getComputedStyle(document.activeElement).outlineStyle === 'none' ? 0 : parseFloat(getComputedStyle(document.activeElement).outlineWidth),
  top: document.activeElement.getBoundingClientRect().bottom + scrollY,
})`

// browser starts the Chrome of this machine, or skips the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	program, err := chrome.Find(os.Getenv("WTM_CHROME"))
	if err != nil {
		t.Skipf("%v: apt-get install --no-install-recommends chromium fonts-nanum", err)
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program),
		chromedp.DisableGPU, chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))...)
	t.Cleanup(stop)
	silent := func(string, ...any) {}
	ctx, end := chromedp.NewContext(ctx, chromedp.WithLogf(silent), chromedp.WithErrorf(silent))
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", program, err)
	}
	return ctx
}

// serve answers with the page at / and a picture elsewhere.
func serve(t *testing.T) *httptest.Server {
	var page bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" {
			t.Errorf("a picture was told of the page: %q", r.Header.Get("Referer"))
		}
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(page.Bytes())
		case "/food.svg", "/face.svg":
			w.Header().Set("Content-Type", "image/svg+xml")
			fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 400"><rect width="800" height="400" fill="#f4a261"/><circle cx="400" cy="200" r="150" fill="#fff"/></svg>`)
		case "/favicon.ico":
			http.NotFound(w, r)
		default:
			t.Errorf("the page asked for %s", r.URL.Path)
		}
	}))
	t.Cleanup(server.Close)
	if err := preview.Page(&page, chat(t, server.URL)); err != nil {
		t.Fatal(err)
	}
	return server
}

// TestPageInChrome measures the page in a real browser, on phones and a desk, in the light and in the dark.
func TestPageInChrome(t *testing.T) {
	ctx := browser(t)
	server := serve(t)
	shots := t.ArtifactDir()
	var narrow layout
	for _, width := range []int{320, 390, 800} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%d %s", width, scheme), func(t *testing.T) {
				got, shot := measure(t, ctx, server.URL, width, scheme)
				if err := os.WriteFile(filepath.Join(shots, fmt.Sprintf("%d-%s.png", width, scheme)), shot, 0o600); err != nil {
					t.Fatal(err)
				}
				nothing := wrong{[]string{}, []string{}, []string{}, []string{}, []string{}, []string{}}
				if diff := cmp.Diff(nothing, got.Wrong); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if got.Width != width || got.ScrollWidth > width {
					t.Errorf("the page is %d wide in a window of %d", got.ScrollWidth, got.Width)
				}
				if got.Dark != (scheme == "dark") {
					t.Errorf("dark: %v", got.Dark)
				}
				for _, path := range got.Asked {
					if !slices.Contains([]string{"/food.svg", "/face.svg", "/favicon.ico"}, path) {
						t.Errorf("the page asked for %s", path)
					}
				}
				if narrow.Width == 0 {
					narrow = got
				}
				if got.Articles != narrow.Articles || got.Buttons != narrow.Buttons || got.Pictures != narrow.Pictures || got.Texts != narrow.Texts {
					t.Errorf("something is missing: %+v, want %+v", got, narrow)
				}
				checkKeyboard(t, ctx)
			})
		}
	}
	if want := len(samples("")) + 2; narrow.Articles != want || narrow.Buttons == 0 || narrow.Pictures == 0 {
		t.Errorf("%+v, want %d articles", narrow, want)
	}
}

func measure(t *testing.T, ctx context.Context, address string, width int, scheme string) (layout, []byte) {
	t.Helper()
	media := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), 844), media, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[layout](layoutScript))
	if err != nil {
		t.Fatal(err)
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	return got, shot
}

// checkKeyboard walks through the page with the tabulator: each link once, from top to bottom, and seen to be reached.
func checkKeyboard(t *testing.T, ctx context.Context) {
	t.Helper()
	links, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.links.length`))
	if err != nil {
		t.Fatal(err)
	}
	if links < 10 {
		t.Errorf("only %d links", links)
	}
	last := 0.0
	for i := range links {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
		at, err := chromedp.Run(ctx, chromedp.Evaluate[focused](focusScript))
		if err != nil {
			t.Fatal(err)
		}
		if at.Index != i || at.Outline < 2 || at.Top < last {
			t.Fatalf("after %d tabs: %+v, the link before it at %.0f", i+1, at, last)
		}
		last = at.Top
	}
}

func TestPageHasNoScript(t *testing.T) {
	var page strings.Builder
	if err := preview.Page(&page, chat(t, "https://img.example.ac.kr")); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	for _, bad := range []string{"<script", "javascript:", "onerror", "<b>", "\u202E", "ZgotmplZ", "<iframe"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{
		`<html lang="ko">`, `default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:`, "&lt;b&gt;&amp;amp;",
		`referrerpolicy="no-referrer"`, `loading="lazy"`, `alt="사진: 기숙사 소독 안내"`, "2026년 11월 23일 월요일", "2026년 11월 24일 화요일",
		"오전 11:30", "오후 5:30", "글자 28/200, 172자 남음", "· 2/2", "the page says there is none", "49,500원", "<del>55,000원</del>", "위치 보기",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

func TestEmptyPageSaysSo(t *testing.T) {
	var page strings.Builder
	if err := preview.Page(&page, nil); err != nil || !strings.Contains(page.String(), "보낼 메시지가 없습니다") {
		t.Errorf("%v: %s", err, &page)
	}
}
