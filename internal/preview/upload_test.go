package preview_test

import (
	"strings"
	"testing"

	"wtm/internal/kakao"
	"wtm/internal/preview"
)

func TestAPictureThatIsUploadedLaterIsNamed(t *testing.T) {
	link := kakao.Link{WebURL: "https://example.ac.kr/"}
	feed, err := kakao.New(kakao.Feed{Content: kakao.Content{Title: "식단", ImageURL: "https://not-uploaded.invalid/%EC%8B%9D%EB%8B%A8.png", Link: link}})
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := preview.Page(&page, []preview.Message{{Job: "lunch", To: []string{"me", "account:mom"}, Parts: []kakao.Template{feed}}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "받는 사람: me, account:mom") {
		t.Errorf("the page names no receivers:\n%s", page.String())
	}
	for where, text := range map[string]string{"bubble": preview.Bubble(feed, 44), "page": page.String()} {
		if !strings.Contains(text, "식단.png (보낼 때 올립니다)") || strings.Contains(text, "not-uploaded") {
			t.Errorf("%s:\n%s", where, text)
		}
	}
}
