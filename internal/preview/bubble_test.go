package preview_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"wtm/internal/kakao"
	"wtm/internal/preview"
)

func mustText(t testing.TB, text, button string) kakao.Template {
	t.Helper()
	m, err := kakao.New(kakao.Text{Text: text, Link: kakao.Link{WebURL: "https://example.ac.kr/menu"}, ButtonTitle: button})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBubbleLinesAreEquallyWide(t *testing.T) {
	for name, text := range map[string]string{
		"Korean":   "11월 23일 월요일 점심\n쌀밥 순두부찌개 제육볶음 상추쌈 배추김치 요구르트",
		"mixed":    "lunch 점심 👩‍👩‍👧 ok",
		"one word": strings.Repeat("가", 90),
		"controls": "ab\u202Ec\td",
		"blank":    "a\n\nb",
	} {
		for _, width := range []int{1, 8, 21, 44} {
			lines := strings.SplitSeq(strings.TrimSuffix(preview.Bubble(mustText(t, text, ""), width), "\n"), "\n")
			for line := range lines {
				if got, want := uniseg.StringWidth(line), max(width, 8); got != want {
					t.Errorf("%s at %d: %d columns in %q", name, width, got, line)
				}
				if strings.ContainsAny(line, "\x1b\x00\u202E") {
					t.Errorf("%s: a control character in %q", name, line)
				}
			}
		}
	}
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
