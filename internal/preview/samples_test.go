package preview_test

import (
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao"
	"wtm/internal/preview"
)

// sample is a message of one kind.
type sample struct {
	name string
	spec kakao.Spec
}

func (s sample) template(t testing.TB) kakao.Template {
	t.Helper()
	m, err := kakao.New(s.spec)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return m
}

func to(address string) kakao.Link { return kakao.Link{WebURL: address, MobileWebURL: address} }

// samples are messages of all kinds, whose pictures are at base.
func samples(base string) []sample {
	const site = "https://www.example.ac.kr"
	content := kakao.Content{Title: "학생식당 오늘의 특식", Description: "얼큰한 순두부찌개와 바삭한 제육볶음", ImageURL: base + "/food.svg",
		ImageWidth: 800, ImageHeight: 400, Link: to(site + "/menu")}
	return []sample{
		{"text", kakao.Text{Text: "11월 23일 월요일 점심\n쌀밥\n순두부찌개\n제육볶음", Link: to(site + "/menu")}},
		{"text-buttons", kakao.Text{Text: "새 공지 👩‍👩‍👧\n· 기숙사 소독 안내 (2026.11.23)", Link: to(site + "/board"),
			Buttons: []kakao.Button{{Title: "공지 보기", Link: to(site + "/board/1")}, {Title: "앱에서 열기", Link: kakao.Link{AndroidExecutionParams: "board=1"}}}}},
		{"feed", kakao.Feed{Content: content, Social: &kakao.Social{LikeCount: new(1286), CommentCount: new(45), ViewCount: new(0)},
			ItemContent: &kakao.ItemContent{ProfileText: "군산대 생활관", ProfileImageURL: base + "/face.svg", TitleImageText: "점심", TitleImageURL: base + "/food.svg", TitleImageCategory: "학생식당",
				Items: []kakao.Item{{Name: "밥", Value: "쌀밥"}, {Name: "국", Value: "순두부찌개, 그리고 소고기미역국"}}, Sum: "합계", SumOp: "5,500원"},
			Buttons: []kakao.Button{{Title: "식단표", Link: to(site + "/menu")}, {Title: "리뷰 쓰기", Link: to(site + "/review")}}}},
		{"list", kakao.List{HeaderTitle: "새 공지 3건", HeaderLink: to(site + "/board"), Contents: []kakao.Content{
			{Title: "기숙사 소독 안내", Description: "2026.11.23", ImageURL: base + "/food.svg", Link: to(site + "/board/1")},
			{Title: "동계 방학 중 생활관 입사 신청 및 합격자 등록 안내 (재학생, 신입생)", Description: "2026.11.20", Link: to(site + "/board/2")},
			{Title: "정전 안내", Link: to(site + "/board/3")}}}},
		{"location", kakao.Location{Address: "전북 군산시 대학로 558", AddressTitle: "군산대학교", Content: kakao.Content{Title: "정기 연주회", Description: "11월 27일 19:00 황룡문화홀", Link: to(site + "/concert")},
			Social: &kakao.Social{SubscriberCount: new(10)}, ButtonTitle: "예매하기"}},
		{"commerce", kakao.Commerce{Content: content, Product: kakao.Product{ProductName: "점심 식권 10장", RegularPrice: 55000, DiscountPrice: new(49500), DiscountRate: new(10)},
			Buttons: []kakao.Button{{Title: "사기", Link: to(site + "/buy")}}}},
		{"commerce-plain", kakao.Commerce{Content: kakao.Content{Title: "환율", Link: to(site)}, Product: kakao.Product{RegularPrice: 1234567, CurrencyUnit: "$", CurrencyPosition: kakao.CurrencyBefore}}},
		{"commerce-fixed", kakao.Commerce{Content: kakao.Content{Title: "식권", Link: to(site)}, Product: kakao.Product{RegularPrice: 12000, DiscountPrice: new(10800), FixedDiscountPrice: new(1200)}}},
		{"calendar", kakao.Calendar{IDType: kakao.CalendarEvent, ID: "1", Content: kakao.Content{Title: "기말고사", Description: "12월 14일부터 18일까지", Link: to(site + "/calendar")}}},
		{"custom", kakao.Custom{TemplateID: 102030, Args: map[string]string{"menu": "쌀밥, 순두부찌개", "date": "11월 23일"}}},
		{"scrap", kakao.Scrap{URL: site + "/article/1", TemplateID: 7, Args: map[string]string{"who": "모두"}}},
		{"long words", kakao.Text{Text: site + "/" + "averylongpathwithoutanybreak/averylongpathwithoutanybreak/averylongpathwithoutanybreak?q=%EB%B0%A5 <b>&amp; 🍚🍚🍚 \u202Eabc",
			Link: to(site + "/averylongpathwithoutanybreakaverylongpathwithoutanybreak"), ButtonTitle: "아주아주아주아주아주긴단추이름이라도밖으로나가지않습니다"}},
	}
}

// chat is a chat of two days: each sample, a text in two parts, and a slot with nothing.
func chat(t testing.TB, base string) []preview.Message {
	t.Helper()
	lunch := time.Date(2026, 11, 23, 11, 30, 0, 0, time.FixedZone("KST", 9*3600))
	var all []preview.Message
	for _, s := range samples(base) {
		all = append(all, preview.Message{Job: s.name, At: lunch, Parts: []kakao.Template{s.template(t)}})
	}
	parts := []kakao.Template{
		sample{"1", kakao.Text{Text: "(1/2) " + strings.Repeat("김치찌개 ", 38), Link: to("https://www.example.ac.kr/menu")}}.template(t),
		sample{"2", kakao.Text{Text: "(2/2) 요구르트", Link: to("https://www.example.ac.kr/menu")}}.template(t),
	}
	return append(all,
		preview.Message{Job: "split", At: lunch.Add(6 * time.Hour), Parts: parts},
		preview.Message{Job: "dinner", At: lunch.Add(24 * time.Hour), Notice: "the page says there is none; nothing sent"})
}
