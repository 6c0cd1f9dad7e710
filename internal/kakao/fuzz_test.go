package kakao_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/kakao"
)

// FuzzTemplates asks that what New accepts survives JSON unchanged and that the fake, which has rules of its own, takes it.
func FuzzTemplates(f *testing.F) {
	kinds := []string{"text", "feed", "list", "location", "commerce", "calendar", "custom", "scrap"}
	for i := range kinds {
		f.Add(byte(i), "제목", "설명\n둘", "https://example.com/a?b=c", 200, byte(2))
		f.Add(byte(i), "", "a", "http://밥.kr", 0, byte(3))
		f.Add(byte(i), "a\x00", "\xff", "/menu", -1, byte(0))
	}
	s, c := setup(f)
	f.Fuzz(func(t *testing.T, i byte, title, description, address string, number int, rows byte) {
		kind := kinds[int(i)%len(kinds)]
		made, err := kakao.New(build(kind, title, description, address, number, int(rows%8)))
		if err != nil {
			if !errors.As(err, new(*kakao.LimitError)) {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		object, err := json.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(mustNew(t, decode(t, kind, object)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(object), string(again)); diff != "" {
			t.Errorf("through JSON (-want +got):\n%s", diff)
		}
		s.AddAccessToken(accessToken, s.Now().Add(time.Hour))
		if err := c.SendToMe(t.Context(), accessToken, made); err != nil {
			t.Errorf("%s: %v: %v", object, err, s.Problems())
		}
	})
}

// build puts a few values into every field of a message that may hold them.
func build(kind, title, description, address string, number, rows int) kakao.Spec {
	link := kakao.Link{WebURL: address, AndroidExecutionParams: title}
	content := kakao.Content{Title: title, Description: description, ImageURL: address, ImageWidth: number, Link: link}
	buttons := make([]kakao.Button, max(0, rows-1))
	for i := range buttons {
		buttons[i] = kakao.Button{Title: title, Link: kakao.Link{IOSExecutionParams: description}}
	}
	social := &kakao.Social{LikeCount: &number, ViewCount: &rows}
	args := map[string]string{title: description, "a": address}
	switch kind {
	case "text":
		return kakao.Text{Text: description, Link: link, ButtonTitle: title, Buttons: buttons}
	case "feed":
		table := &kakao.ItemContent{ProfileText: title, TitleImageText: description, Sum: title, SumOp: description}
		for range rows {
			table.Items = append(table.Items, kakao.Item{Name: title, Value: description})
		}
		return kakao.Feed{Content: content, ItemContent: table, Social: social, Buttons: buttons}
	case "list":
		return kakao.List{HeaderTitle: title, HeaderLink: link, Contents: slices.Repeat([]kakao.Content{content}, rows), Buttons: buttons}
	case "location":
		return kakao.Location{Address: title, AddressTitle: description, Content: content, Social: social, Buttons: buttons}
	case "commerce":
		return kakao.Commerce{Content: content, Product: kakao.Product{ProductName: title, RegularPrice: number, DiscountRate: &rows,
			CurrencyUnit: description, CurrencyPosition: rows}, Buttons: buttons}
	case "calendar":
		return kakao.Calendar{IDType: kakao.CalendarPublic, ID: title, Content: content, Buttons: buttons}
	case "custom":
		return kakao.Custom{TemplateID: int64(number), Args: args}
	}
	return kakao.Scrap{URL: address, TemplateID: int64(number), Args: args}
}

// decode reads the JSON of a message.
func decode(t testing.TB, kind string, data []byte) kakao.Spec {
	t.Helper()
	switch kind {
	case "text":
		return decodeAs[kakao.Text](t, data)
	case "feed":
		return decodeAs[kakao.Feed](t, data)
	case "list":
		return decodeAs[kakao.List](t, data)
	case "location":
		return decodeAs[kakao.Location](t, data)
	case "commerce":
		return decodeAs[kakao.Commerce](t, data)
	case "calendar":
		return decodeAs[kakao.Calendar](t, data)
	case "custom":
		return decodeAs[kakao.Custom](t, data)
	}
	return decodeAs[kakao.Scrap](t, data)
}

func decodeAs[S kakao.Spec](t testing.TB, data []byte) kakao.Spec {
	t.Helper()
	var s S
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
