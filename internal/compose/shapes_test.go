package compose_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/compose"
	"wtm/internal/kakao"
	"wtm/internal/scrape"
)

// board is data with so many notices.
func board(n int) compose.Data {
	d := data()
	for i := range n {
		d.Items = append(d.Items, scrape.Item{
			"title": fmt.Sprintf("공지 %d", i+1), "link": fmt.Sprintf("https://example.ac.kr/%d", i+1),
			"date": fmt.Sprintf("2026-11-%02d", i%28+1), "image": "https://img.example.com/a.png", "price": "3,200원", "rate": "10%",
		})
	}
	return d
}

func list(t testing.TB) compose.List {
	return compose.List{Header: mustTemplate(t, "새 공지"), Row: compose.Content{
		Title: mustTemplate(t, "{{ .title }}"), Description: mustTemplate(t, "{{ .date }}"), Link: mustTemplate(t, "{{ .link }}"),
	}}
}

func mustParts(t testing.TB, m compose.Message, d compose.Data) compose.Composed {
	t.Helper()
	c, err := m.Compose(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// said is what all messages say together.
func said(c compose.Composed) string {
	var all []string
	for _, p := range c.Parts {
		all = append(all, p.Text())
	}
	return strings.Join(all, "\n")
}

func TestEachShapeAsKakaoGetsIt(t *testing.T) {
	tpl := func(text string) compose.Template { return mustTemplate(t, text) }
	content := compose.Content{
		Title: tpl("{{ (index .Items 0).title }}"), Description: tpl("{{ len .Items }}건"), Image: tpl("{{ (index .Items 0).image }}"),
		Width: 640, Height: 320, Link: tpl("{{ (index .Items 0).link }}"),
	}
	const contentJSON = `{"title":"공지 1","description":"1건","image_url":"https://img.example.com/a.png","image_width":640,"image_height":320,` +
		`"link":{"web_url":"https://example.ac.kr/1","mobile_web_url":"https://example.ac.kr/1"}}`
	const menu = `{"web_url":"https://example.ac.kr/menu","mobile_web_url":"https://example.ac.kr/menu"}`
	social := &compose.Social{Likes: tpl("{{ len .Items }}"), Views: tpl("1,234회"), Comments: tpl("")}
	const socialJSON = `{"like_count":1,"view_count":1234}`
	buttons := []compose.Button{{Title: tpl("식단표")}, {Title: tpl(" ")}}
	const buttonsJSON = `[{"title":"식단표","link":` + menu + `}]`
	for name, c := range map[string]struct {
		shape compose.Shape
		path  string
		want  string
	}{
		"text": {compose.Text{Text: tpl("점심"), Button: tpl("보기"), Buttons: buttons}, "default/send",
			`{"object_type":"text","text":"점심","link":` + menu + `,"button_title":"보기","buttons":` + buttonsJSON + `}`},
		"feed": {compose.Feed{Content: content, Social: social, Buttons: buttons, Table: &compose.Table{
			ProfileText: tpl("기숙사"), TitleImageText: tpl("오늘"),
			Items: []compose.Pair{{tpl("점심"), tpl("쌀밥")}, {tpl("저녁"), tpl("")}}, Sum: compose.Pair{Name: tpl("합"), Value: tpl("800kcal")},
		}}, "default/send", `{"object_type":"feed","content":` + contentJSON + `,"item_content":{"profile_text":"기숙사","title_image_text":"오늘",` +
			`"items":[{"item":"점심","item_op":"쌀밥"}],"sum":"합","sum_op":"800kcal"},"social":` + socialJSON + `,"buttons":` + buttonsJSON + `}`},
		"location": {compose.Location{Address: tpl("전북 군산시 대학로 558"), AddressTitle: tpl("기숙사"), Content: content}, "default/send",
			`{"object_type":"location","address":"전북 군산시 대학로 558","address_title":"기숙사","content":` + contentJSON + `}`},
		"commerce": {compose.Commerce{Content: content, RegularPrice: tpl("{{ (index .Items 0).price }}"), DiscountRate: tpl("{{ (index .Items 0).rate }}"),
			DiscountPrice: tpl("2,880"), CurrencyUnit: tpl("$"), CurrencyBefore: true}, "default/send",
			`{"object_type":"commerce","content":` + contentJSON + `,"commerce":{"regular_price":3200,"discount_price":2880,"discount_rate":10,"currency_unit":"$","currency_unit_position":1}}`},
		"calendar": {compose.Calendar{IDType: "event", ID: tpl("abc"), Content: content}, "default/send",
			`{"object_type":"calendar","id_type":"event","id":"abc","content":` + contentJSON + `}`},
		"custom": {compose.Custom{ID: 12, Args: map[string]compose.Template{"menu": tpl("{{ .Job }}")}}, "send",
			`{"template_id":12,"template_args":{"menu":"lunch"}}`},
		"scrap": {compose.Scrap{URL: tpl("{{ (index .Items 0).link }}")}, "scrap/send", `{"request_url":"https://example.ac.kr/1"}`},
		"list of one": {list(t), "default/send", `{"object_type":"feed","content":{"title":"공지 1","description":"2026-11-01",` +
			`"link":{"web_url":"https://example.ac.kr/1","mobile_web_url":"https://example.ac.kr/1"}},"item_content":{"profile_text":"새 공지"}}`},
	} {
		got := mustParts(t, compose.Message{Shape: c.shape}, board(1))
		object, err := json.Marshal(got.Parts[0])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, string(object)); diff != "" || len(got.Parts) != 1 || got.Parts[0].Path() != c.path {
			t.Errorf("%s: %d parts to %s (-want +got):\n%s", name, len(got.Parts), got.Parts[0].Path(), diff)
		}
	}
}

// TestAListLosesNoRow makes lists of every length, of which each row has to be somewhere and no list may have one row.
func TestAListLosesNoRow(t *testing.T) {
	for n := 1; n <= 40; n++ {
		c := mustParts(t, compose.Message{Shape: list(t)}, board(n))
		all := said(c) + "\n"
		for i := range n {
			title := fmt.Sprintf("공지 %d", i+1)
			if !strings.Contains(all, title+"\n") && !strings.Contains(all, title+" ") {
				t.Errorf("%d rows: %s is lost", n, title)
			}
		}
		if len(c.Parts) > compose.MaxParts {
			t.Errorf("%d rows make %d messages", n, len(c.Parts))
		}
		for i, p := range c.Parts {
			if number := fmt.Sprintf("(%d/%d) ", i+1, len(c.Parts)); len(c.Parts) > 1 && !strings.HasPrefix(p.Text(), number) {
				t.Errorf("%d rows: part %d says %q", n, i+1, p.Text())
			}
		}
	}
}

func TestAListOverAllBoundsSaysWhereToReadOn(t *testing.T) {
	c := mustParts(t, compose.Message{Shape: list(t)}, board(400))
	if got := said(c); len(c.Parts) != compose.MaxParts || !strings.HasSuffix(got, "전체 보기: https://example.ac.kr/menu") {
		t.Errorf("%d parts, ending %q", len(c.Parts), got[max(0, len(got)-80):])
	}
	if diff := cmp.Diff([]string{"379 of 400 rows are not shown"}, c.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	c = mustParts(t, compose.Message{Shape: list(t), Long: compose.Cut}, board(5))
	if rows := len(c.Parts[0].Spec().(kakao.List).Contents); len(c.Parts) != 1 || rows != 3 {
		t.Errorf("cut to %d parts, %d rows", len(c.Parts), rows)
	}
	if diff := cmp.Diff([]string{"2 of 5 rows are not shown"}, c.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if _, err := (compose.Message{Shape: list(t)}).Compose(data()); !errors.As(err, new(*compose.EmptyError)) || err.Error() != "the list has no rows" {
		t.Errorf("a list without rows: %v", err)
	}
}

func TestAListOfVeryManyRows(t *testing.T) {
	l := list(t)
	l.Row.Image, l.Row.Upload = mustTemplate(t, "{{ .image }}"), true
	many := mustParts(t, compose.Message{Shape: l}, board(50_000))
	if diff := cmp.Diff(said(mustParts(t, compose.Message{Shape: l}, board(600))), said(many)); diff != "" {
		t.Errorf("unlike a list of 600 (-want +got):\n%s", diff)
	}
	if len(many.Parts) != compose.MaxParts || len(many.Pictures) > compose.MaxParts*kakao.MaxRows {
		t.Errorf("%d parts, %d pictures", len(many.Parts), len(many.Pictures))
	}
	shown := strings.Count(said(many), "공지 ")
	if diff := cmp.Diff([]string{fmt.Sprintf("%d of 50000 rows are not shown", 50_000-shown)}, many.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	cut := mustParts(t, compose.Message{Shape: l, Long: compose.Cut}, board(50_000))
	if diff := cmp.Diff([]string{"49997 of 50000 rows are not shown"}, cut.Notes); diff != "" || len(cut.Pictures) != 3 {
		t.Errorf("%d pictures, notes (-want +got):\n%s", len(cut.Pictures), diff)
	}
}

// TestAListOfTheShortestRows has more rows in its messages than any other.
func TestAListOfTheShortestRows(t *testing.T) {
	l := list(t)
	l.Row.Title, l.Row.Description = mustTemplate(t, "a"), compose.Template{}
	c := mustParts(t, compose.Message{Shape: l}, board(50_000))
	shown := strings.Count(said(c), "· a") + 3*strings.Count(said(c), "새 공지")
	if diff := cmp.Diff([]string{fmt.Sprintf("%d of 50000 rows are not shown", 50_000-shown)}, c.Notes); diff != "" || len(c.Parts) != compose.MaxParts {
		t.Errorf("%d parts, notes (-want +got):\n%s", len(c.Parts), diff)
	}
}

func BenchmarkList(b *testing.B) {
	m := compose.Message{Shape: list(b)}
	d := board(50_000)
	for b.Loop() {
		if c, err := m.Compose(d); err != nil || len(c.Parts) != compose.MaxParts {
			b.Fatalf("%d parts, %v", len(c.Parts), err)
		}
	}
}

func TestWhatHasNoRoomIsCutAndSaid(t *testing.T) {
	d := board(2)
	d.Items[1]["title"] = strings.Repeat("긴", 10_000)
	d.Items[0]["link"], d.Items[0]["image"] = "/relative", "not an address"
	l := list(t)
	l.Row.Image = mustTemplate(t, "{{ .image }}")
	c := mustParts(t, compose.Message{Shape: l}, d)
	want := []string{"row 1: the picture's address leads nowhere; there is no picture (one of this machine is named by file)", "row 1: the link leads nowhere; the message's own is used",
		"row 2: the title was cut from 10000 to 200 characters"}
	if diff := cmp.Diff(want, c.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	rows := c.Parts[0].Spec().(kakao.List).Contents
	if rows[0].Link.WebURL != "https://example.ac.kr/menu" || rows[0].ImageURL != "" || !strings.HasSuffix(rows[1].Title, "긴…") {
		t.Errorf("%+v", rows[0])
	}
}

func TestARowThatSaysNothingSaysWhereItLeads(t *testing.T) {
	d := board(2)
	d.Items[0]["title"], d.Items[0]["date"] = "", " "
	c := mustParts(t, compose.Message{Shape: list(t)}, d)
	if got := c.Parts[0].Spec().(kakao.List).Contents[0].Title; got != "https://example.ac.kr/1" {
		t.Errorf("title %q", got)
	}
}

func TestLinksFallBackAndGoByWayOfTheBase(t *testing.T) {
	tpl := func(text string) compose.Template { return mustTemplate(t, text) }
	text := compose.Text{Text: tpl("a")}
	for name, c := range map[string]struct {
		message compose.Message
		want    string
	}{
		"its own":         {compose.Message{Shape: text, Link: tpl("https://a.example/{{ date \"2006\" }}"), Links: compose.Links{Default: "https://d.example/"}}, "https://a.example/2026"},
		"the default":     {compose.Message{Shape: text, Links: compose.Links{Default: "https://d.example/"}}, "https://d.example/"},
		"unusable":        {compose.Message{Shape: text, Link: tpl("javascript:void(0)"), Links: compose.Links{Default: "https://d.example/"}}, "https://d.example/"},
		"too long":        {compose.Message{Shape: text, Link: tpl("https://a.example/{{ range 300 }}0123456789{{ end }}"), Links: compose.Links{Default: "https://d.example/"}}, "https://d.example/"},
		"the source":      {compose.Message{Shape: text}, "https://example.ac.kr/menu"},
		"by way of":       {compose.Message{Shape: text, Links: compose.Links{Base: "https://me.example/?to="}}, "https://me.example/?to=https%3A%2F%2Fexample.ac.kr%2Fmenu"},
		"base of its own": {compose.Message{Shape: text, Link: tpl("https://me.example/?to=x"), Links: compose.Links{Base: "https://me.example/?to="}}, "https://me.example/?to=x"},
	} {
		if got := mustParts(t, c.message, data()).Parts[0].Spec().(kakao.Text).Link; got.WebURL != c.want || got.MobileWebURL != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestOriginsAreOfAllThatATapOpens(t *testing.T) {
	d := board(3)
	d.Items[1]["link"] = "http://other.example:8080/2?q=1"
	l := list(t)
	l.Row.Image = mustTemplate(t, "{{ .image }}")
	l.Buttons = []compose.Button{{Title: mustTemplate(t, "열기"), Link: mustTemplate(t, "https://button.example/x")}}
	got := compose.Origins(mustParts(t, compose.Message{Shape: l}, d).Parts)
	if diff := cmp.Diff([]string{"http://other.example:8080", "https://button.example", "https://example.ac.kr"}, got); diff != "" {
		t.Errorf("Origins (-want +got):\n%s", diff)
	}
	scrap := mustParts(t, compose.Message{Shape: compose.Scrap{}}, d)
	if diff := cmp.Diff([]string{"https://example.ac.kr"}, compose.Origins(scrap.Parts)); diff != "" {
		t.Errorf("Origins of a scrap (-want +got):\n%s", diff)
	}
}

func TestPicturesAreNamedUntilTheyAreUploaded(t *testing.T) {
	tpl := func(text string) compose.Template { return mustTemplate(t, text) }
	for name, c := range map[string]struct {
		content compose.Content
		picture compose.Picture
		before  string
	}{
		"fetched": {compose.Content{Title: tpl("a"), Image: tpl("{{ (index .Items 0).image }}"), Upload: true},
			compose.Picture{Source: "https://img.example.com/a.png"}, "https://img.example.com/a.png"},
		"of this machine": {compose.Content{Title: tpl("a"), File: tpl(`menu/{{ date "2006-01" }}.png`)},
			compose.Picture{Source: "menu/2026-11.png", File: true}, "https://not-uploaded.invalid/2026-11.png"},
	} {
		m, d := compose.Message{Shape: compose.Feed{Content: c.content}}, board(1)
		image := func(d compose.Data) string {
			return mustParts(t, m, d).Parts[0].Spec().(kakao.Feed).Content.ImageURL
		}
		if diff := cmp.Diff([]compose.Picture{c.picture}, mustParts(t, m, d).Pictures); diff != "" || image(d) != c.before {
			t.Errorf("%s: image %q, pictures (-want +got):\n%s", name, image(d), diff)
		}
		d.Uploaded = map[compose.Picture]string{c.picture: "https://k.kakaocdn.net/x.png"}
		if got := image(d); got != "https://k.kakaocdn.net/x.png" {
			t.Errorf("%s: image %q", name, got)
		}
		d.Uploaded[c.picture] = ""
		if got := image(d); got != "" {
			t.Errorf("%s: image %q of a picture that could not be brought", name, got)
		}
	}
	if _, err := (compose.Message{Shape: compose.Feed{Content: compose.Content{File: tpl("{{ (index .Items 0).image }}")}}}).Compose(board(1)); err == nil {
		t.Error("a page can name a file of this machine")
	}
}

func TestANumberThatIsNoneIsNamed(t *testing.T) {
	c := compose.Commerce{Content: compose.Content{Title: mustTemplate(t, "a")}, RegularPrice: mustTemplate(t, "품절")}
	_, err := compose.Message{Shape: c}.Compose(data())
	if e, ok := errors.AsType[*compose.NumberError](err); !ok || e.Field != "commerce.regular_price" || e.Length != 2 {
		t.Errorf("%v", err)
	}
}

func TestANoteFollowsAMessageThatIsNoText(t *testing.T) {
	d := board(2)
	d.Note = "\n(모두 새것)"
	c := mustParts(t, compose.Message{Shape: list(t)}, d)
	if len(c.Parts) != 2 || c.Parts[1].Text() != "(모두 새것)" {
		t.Errorf("%q", said(c))
	}
	if got := said(mustParts(t, compose.Message{Shape: compose.Text{Text: mustTemplate(t, "a")}}, d)); got != "a\n(모두 새것)" {
		t.Errorf("%q", got)
	}
}
