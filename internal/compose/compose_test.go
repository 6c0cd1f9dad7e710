package compose_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"wtm/internal/compose"
	"wtm/internal/kakao"
	"wtm/internal/scrape"
)

var seoul = time.FixedZone("KST", 9*3600)

func data(texts ...string) compose.Data {
	d := compose.Data{Job: "lunch", Slot: time.Date(2026, 11, 23, 11, 30, 0, 0, seoul), Source: compose.SourceData{URL: "https://example.ac.kr/menu"}}
	for _, t := range texts {
		d.Items = append(d.Items, scrape.Item{"text": t})
	}
	return d
}

func mustTemplate(t testing.TB, text string) compose.Template {
	t.Helper()
	parsed, err := compose.ParseTemplate(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func mustCompose(t testing.TB, m compose.Message, text string) []string {
	t.Helper()
	parts, err := m.ComposeText(text, data())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range parts.Parts {
		out = append(out, p.Text())
	}
	return out
}

func TestTemplateFunctions(t *testing.T) {
	for text, want := range map[string]string{
		`{{ date "1월 2일" }} {{ weekday }}요일`:               "11월 23일 월요일",
		`{{ date "20060102" }}`:                            "20261123",
		`{{ date "PM" }} {{ date "15시" }} {{ date "" }}`:   "AM 11시 ",
		`{{ join ", " .Items }}`:                           "밥, 국",
		`{{ range .Items }}{{ .text }};{{ end }}`:          "밥;국;",
		`[{{ trim "  a " }}]`:                              "[a]",
		`{{ cut 3 "김치찌개" }} {{ cut 4 "김치찌개" }}`:            "김치… 김치찌개",
		`{{ cut 3 "👨‍👩‍👧가나" }} {{ cut 2 "👨‍👩‍👧가나" }}`:      "👨‍👩‍👧가나 👨‍👩‍👧…",
		`{{ default "없음" "" }} {{ default "없음" "있음" }}`:    "없음 있음",
		`{{ lower "ABC" }} {{ replace "a" "b" "banana" }}`: "abc bbnbnb",
		`{{ .Job }} {{ .Source.URL }} {{ len .Items }}`:    "lunch https://example.ac.kr/menu 2",
	} {
		if got, err := mustTemplate(t, text).Execute(data("밥", "국")); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestTemplateErrorsSayWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		`{{ range .Items }}{{ .titel }}{{ end }}`: `no field "titel"`,
		`{{ .Itms }}`:                           "Itms",
		`{{ cut 0 "" }}`:                        "above 0",
		`{{ range 100000 }}0123456789{{ end }}`: "longer than",
	} {
		_, err := mustTemplate(t, text).Execute(data("밥"))
		if e, ok := errors.AsType[*compose.TemplateError](err); !ok || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "executing") {
			t.Errorf("%s: %v, want it to say %q (%v)", text, err, want, e)
		}
	}
	for _, text := range []string{`{{`, `{{ nosuch }}`, `{{ end }}`} {
		if _, err := compose.ParseTemplate(text); err == nil {
			t.Errorf("ParseTemplate(%q) succeeded", text)
		}
	}
}

func TestComposeShortText(t *testing.T) {
	m := compose.Message{Shape: compose.Text{Text: mustTemplate(t, "점심\n{{ range .Items }}{{ .text }}\n{{ end }}"), Button: mustTemplate(t, "식단표")}}
	got, err := m.Compose(data("밥", "국"))
	if err != nil || len(got.Parts) != 1 {
		t.Fatalf("Compose = %v, %v", got, err)
	}
	const address = "https://example.ac.kr/menu"
	want := kakao.Text{Text: "점심\n밥\n국", Link: kakao.Link{WebURL: address, MobileWebURL: address}, ButtonTitle: "식단표"}
	if diff := cmp.Diff(kakao.Spec(want), got.Parts[0].Spec()); diff != "" {
		t.Errorf("Compose (-want +got):\n%s", diff)
	}
}

func TestSplitPrefersParagraphsThenLinesThenWords(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"paragraph": {"aa bb\ncc\n\ndd ee", []string{"aa bb\ncc", "dd ee"}},
		"line":      {"aa bb\ncc dd", []string{"aa bb", "cc dd"}},
		"word":      {"aaaa bbbb cccc", []string{"aaaa bbbb", "cccc"}},
		"character": {"abcdefghijkl", []string{"abcdefghij", "kl"}},
		"emoji":     {"123456789👩‍👩‍👧x", []string{"123456789", "👩‍👩‍👧x"}},
		"fits":      {"  abc \n", []string{"abc"}},
		"empty":     {" \n ", nil},
	} {
		if diff := cmp.Diff(c.want, compose.SplitText(c.text, 10, 5)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSplitFillsPartsWhenParagraphsWouldMakeTooMany(t *testing.T) {
	text := strings.Repeat("ab\n\n", 12)
	if got := compose.SplitText(text, 20, 5); len(got) > 5 {
		t.Errorf("%d parts for %d characters: %q", len(got), len(text), got)
	}
}

func TestLongTextIsNumberedAndBounded(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("오늘의 공지입니다 ", 60))
	parts := mustCompose(t, compose.Message{}, long)
	if len(parts) < 2 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, p := range parts {
		if want := fmt.Sprintf("(%d/%d) ", i+1, len(parts)); !strings.HasPrefix(p, want) {
			t.Errorf("part %d begins with %.10q, want %q", i+1, p, want)
		}
	}
	huge := mustCompose(t, compose.Message{}, strings.Repeat("오늘의 공지입니다 ", 1000))
	if len(huge) != compose.MaxParts || !strings.HasSuffix(huge[4], "…\n전체 보기: https://example.ac.kr/menu") {
		t.Errorf("%d parts, the last ends with %q", len(huge), huge[len(huge)-1])
	}
	cut := mustCompose(t, compose.Message{Long: compose.Cut}, long)
	if len(cut) != 1 || !strings.HasSuffix(cut[0], "…") || kakao.UTF16Len(cut[0]) > kakao.MaxText {
		t.Errorf("long: cut gave %q", cut)
	}
	if exact := mustCompose(t, compose.Message{}, strings.Repeat("가", kakao.MaxText)); len(exact) != 1 {
		t.Errorf("%d parts for a text of exactly the limit", len(exact))
	}
}

func TestComposeCleansAndRefuses(t *testing.T) {
	if got := mustCompose(t, compose.Message{}, "\x00a\r\nb\x1b[31m \n\u202e\xff\u200f\n\n"); got[0] != "a\nb[31m\n\uFFFD" {
		t.Errorf("cleaned to %q", got[0])
	}
	if _, err := (compose.Message{}).ComposeText(" \n\t", data()); !errors.As(err, new(*compose.EmptyError)) {
		t.Errorf("an empty text: %v", err)
	}
	for _, link := range []string{"/menu", "ftp://example.com", "javascript:alert(1)"} {
		m := compose.Message{Link: mustTemplate(t, link)}
		if _, err := m.ComposeText("text", data()); !errors.As(err, new(*compose.LinkError)) {
			t.Errorf("link %q: %v", link, err)
		}
	}
}

func ExampleMessage_Compose() {
	text, _ := compose.ParseTemplate(`{{ date "1월 2일" }} {{ weekday }}요일 점심
{{ range .Items }}{{ .text }}
{{ end }}`)
	message, _ := compose.Message{Shape: compose.Text{Text: text}}.Compose(data("쌀밥", "순두부찌개"))
	fmt.Println(message.Parts[0].Text())
	// Output:
	// 11월 23일 월요일 점심
	// 쌀밥
	// 순두부찌개
}

// squeeze drops white space, which is all that a split may lose.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func TestATemplateThatDoesNotEndIsGivenUp(t *testing.T) {
	for text, want := range map[string]string{
		`{{ range 300000000 }}{{ end }}`: "did not end",
		`{{ $x := "aaaaaaaaaaaaaaaa" }}{{ range 5 }}{{ $x = replace "a" $x $x }}{{ end }}{{ $x }}`: "longer than",
	} {
		if _, err := mustTemplate(t, text).Execute(data("밥")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestATextThatIsCutAnywayTearsNoWord(t *testing.T) {
	var words []string
	for i := range 400 {
		words = append(words, fmt.Sprintf("낱말%d", i))
	}
	for i, part := range compose.SplitText(strings.Join(words, " "), 190, 5) {
		for word := range strings.FieldsSeq(part) {
			if !slices.Contains(words, word) {
				t.Errorf("part %d holds %q", i+1, word)
			}
		}
	}
}

func FuzzSplitText(f *testing.F) {
	f.Add("오늘 점심\n\n쌀밥 국", 20)
	f.Add(strings.Repeat("👩‍👩‍👧", 30), 25)
	f.Add("e\u0301\u0301\u0301\u0301\u0301\u0301", 3)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 2 + (limit&0x7fffffff)%300
		text = strings.ToValidUTF8(text, "?")
		parts := compose.SplitText(text, limit, 5)
		for i, p := range parts {
			// What comes after as many parts as there may be is the rest, of any length.
			if kakao.UTF16Len(p) > limit && i < 5 || p == "" || i > 5 {
				t.Errorf("part %d has %d units, limit %d", i+1, kakao.UTF16Len(p), limit)
			}
		}
		if squeeze(strings.Join(parts, "")) != squeeze(text) {
			t.Errorf("%q became %q", text, parts)
		}
		// No part may begin inside a cluster, unless that cluster alone is over the limit.
		rest, state := text, -1
		longest := 0
		for rest != "" {
			var cluster string
			cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			longest = max(longest, kakao.UTF16Len(cluster))
		}
		if longest <= limit && !strings.ContainsFunc(text, unicode.IsSpace) {
			if got, want := uniseg.GraphemeClusterCount(text), clusters(parts); got != want {
				t.Errorf("%d clusters became %d in %q", got, want, parts)
			}
		}
	})
}

func clusters(parts []string) int {
	n := 0
	for _, p := range parts {
		n += uniseg.GraphemeClusterCount(p)
	}
	return n
}

func TestALongTextIsSplitAsFarAsItIsShown(t *testing.T) {
	line := strings.Repeat("가", 20)
	text := strings.TrimSpace(strings.Repeat(line+"\n", 200_000))
	parts := compose.SplitText(text, 190, 5)
	want := strings.TrimSpace(strings.Repeat(line+"\n", 9))
	if diff := cmp.Diff([]string{want, want, want, want, want}, parts[:5]); diff != "" || len(parts) != 6 {
		t.Errorf("%d parts (-want +got):\n%s", len(parts), diff)
	}
	if rest := parts[len(parts)-1]; len(rest) != len(text)-5*len(want)-5 {
		t.Errorf("%d bytes of %d are left", len(rest), len(text))
	}
}

func BenchmarkSplitText(b *testing.B) {
	text := strings.Repeat("오늘의 공지입니다\n", 50_000)
	for b.Loop() {
		if parts := compose.SplitText(text, 190, 5); len(parts) != 6 {
			b.Fatalf("%d parts", len(parts))
		}
	}
}

func BenchmarkCompose(b *testing.B) {
	m := compose.Message{Shape: compose.Text{Text: mustTemplate(b, `{{ date "1월 2일" }}{{ range .Items }}{{ .text }}{{ "\n" }}{{ end }}`)}}
	d := data(strings.Fields(strings.Repeat("쌀밥 순두부찌개 제육볶음 ", 30))...)
	if parts, err := m.Compose(d); err != nil || len(parts.Parts) != 3 {
		b.Fatalf("%d parts, %v", len(parts.Parts), err)
	}
	for b.Loop() {
		m.Compose(d)
	}
}
