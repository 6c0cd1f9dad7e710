package preview_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"wtm/internal/kakao"
	"wtm/internal/preview"
)

var update = flag.Bool("update", false, "rewrite testdata/bubbles.txt")

// TestBubbles draws each kind of message. After -update, read the diff.
func TestBubbles(t *testing.T) {
	var got strings.Builder
	for _, s := range samples("https://img.example.ac.kr") {
		fmt.Fprintf(&got, "%s\n%s%s\n\n", s.name, preview.Bubble(s.template(t), 44), preview.Room(s.template(t)))
	}
	path := filepath.Join("testdata", "bubbles.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("bubbles (-want +got):\n%s", diff)
	}
}

// checkBox asks that a bubble is a box: lines of one width, between its frame, with nothing that a terminal would obey.
func checkBox(t *testing.T, bubble string, width int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(bubble, "\n"), "\n")
	for i, line := range lines {
		if got, want := uniseg.StringWidth(line), max(width, 8); got != want {
			t.Errorf("at %d: %d columns in %q", width, got, line)
		}
		if strings.ContainsAny(line, "\x1b\x00\r\u009b\u202E\u2066\u2028\u2029") {
			t.Errorf("a control character in %q", line)
		}
		edge := line[:len("│")] + line[len(line)-len("│"):]
		switch {
		case i == 0 && edge == "╭╮", i == len(lines)-1 && edge == "╰╯", edge == "││", edge == "├┤":
		default:
			t.Errorf("line %d is no line of a box: %q", i, line)
		}
	}
}

func TestBubblesAreBoxes(t *testing.T) {
	for _, s := range samples("https://img.example.ac.kr") {
		for _, width := range []int{-1, 1, 8, 9, 21, 44, 200} {
			checkBox(t, preview.Bubble(s.template(t), width), width)
		}
	}
	checkBox(t, preview.Bubble(kakao.Template{}, 20), 20)
}

// FuzzBubble puts any two texts into a message of each kind that has room for them.
func FuzzBubble(f *testing.F) {
	for _, text := range []string{"11월 23일 월요일 점심", "lunch 점심 👩‍👩‍👧 ok", strings.Repeat("가", 90), "ab\u202Ec\td", "a\n\nb", "각 ᄀ", "e\u0301\uFE0F", "\u0301a",
		"❤️❤", "🇰🇷🇰", "\u0600\u0601", "क्षि", "\u200b\u200d\u00ad", "สวัสดี"} {
		f.Add(text, "more", 21)
	}
	f.Fuzz(func(t *testing.T, text, more string, width int) {
		width %= 300
		link := to("https://example.ac.kr/menu")
		content := kakao.Content{Title: text, Description: more, Link: link}
		for _, spec := range []kakao.Spec{
			kakao.Text{Text: text, Link: link, ButtonTitle: more},
			kakao.Feed{Content: content, ItemContent: &kakao.ItemContent{Items: []kakao.Item{{Name: text, Value: more}}}},
			kakao.List{HeaderTitle: text, HeaderLink: link, Contents: []kakao.Content{content, {ImageURL: "https://example.ac.kr/a.png", Description: text, Link: link}}},
			kakao.Commerce{Content: content, Product: kakao.Product{RegularPrice: 12, CurrencyUnit: more}},
			kakao.Custom{TemplateID: 1, Args: map[string]string{text: more}},
		} {
			if m, err := kakao.New(spec); err == nil {
				checkBox(t, preview.Bubble(m, width), width)
			}
		}
	})
}

func ExampleBubble() {
	m, _ := kakao.New(kakao.Text{Text: "월요일 점심\n쌀밥 순두부찌개 제육볶음", Link: kakao.Link{WebURL: "https://example.ac.kr"}, ButtonTitle: "식단표"})
	fmt.Print(preview.Bubble(m, 26))
	// Output:
	// ╭────────────────────────╮
	// │ 월요일 점심            │
	// │ 쌀밥 순두부찌개        │
	// │ 제육볶음               │
	// ├────────────────────────┤
	// │ [식단표]               │
	// │ https://example.ac.kr  │
	// ╰────────────────────────╯
}
