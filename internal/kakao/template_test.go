package kakao_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/kakao"
)

var (
	link    = kakao.Link{WebURL: "https://example.com/", MobileWebURL: "https://m.example.com/"}
	appLink = kakao.Link{AndroidExecutionParams: "page=1"}
	content = kakao.Content{Title: "제목", Description: "설명", ImageURL: "https://example.com/a.png", ImageWidth: 200, ImageHeight: 400, Link: link}
	button  = kakao.Button{Title: "열기", Link: link}
)

// whole are messages with every field set.
func whole() map[string]kakao.Spec {
	social := func() *kakao.Social {
		return &kakao.Social{LikeCount: new(0), CommentCount: new(1), SubscriberCount: new(2)}
	}
	return map[string]kakao.Spec{
		"text": kakao.Text{Text: "밥", Link: link, ButtonTitle: "보기", Buttons: []kakao.Button{button, {Title: "앱", Link: appLink}}},
		"feed": kakao.Feed{Content: content, Social: social(), ButtonTitle: "보기", Buttons: []kakao.Button{button}, ItemContent: &kakao.ItemContent{
			ProfileText: "식당", ProfileImageURL: "https://example.com/p.png", TitleImageText: "두 줄\n제목", TitleImageURL: "https://example.com/t.png",
			TitleImageCategory: "식단", Items: []kakao.Item{{Name: "점심", Value: "쌀밥"}}, Sum: "합계", SumOp: "5,000원"}},
		"list": kakao.List{HeaderTitle: "새 공지", HeaderLink: link, Contents: []kakao.Content{content, {Title: "둘", Link: link}}, ButtonTitle: "보기",
			Buttons: []kakao.Button{button}},
		"location": kakao.Location{Address: "전북 군산시 대학로 558", AddressTitle: "군산대", Content: content, Social: social(), ButtonTitle: "보기",
			Buttons: []kakao.Button{button}},
		"commerce": kakao.Commerce{Content: content, Product: kakao.Product{ProductName: "식권", RegularPrice: 5000, DiscountPrice: new(4000),
			DiscountRate: new(20), CurrencyUnit: "$", CurrencyPosition: kakao.CurrencyBefore}, ButtonTitle: "보기", Buttons: []kakao.Button{button}},
		"calendar": kakao.Calendar{IDType: kakao.CalendarEvent, ID: "abc", Content: content, Buttons: []kakao.Button{button}},
		"custom":   kakao.Custom{TemplateID: 17, Args: map[string]string{"menu": "쌀밥\n국"}},
		"scrap":    kakao.Scrap{URL: "https://example.com/news", TemplateID: 17, Args: map[string]string{"a": "b"}},
	}
}

// with returns the whole message of a kind, changed.
func with[S kakao.Spec](kind string, change func(*S)) kakao.Spec {
	s := whole()[kind].(S)
	change(&s)
	return s
}

func TestNewRefusesWhatKakaoWould(t *testing.T) {
	long := strings.Repeat("가", 10000)
	for name, c := range map[string]struct {
		spec        kakao.Spec
		field, says string
	}{
		"nothing":            {nil, "template", "none"},
		"201 characters":     {kakao.Text{Text: strings.Repeat("가", 201), Link: link}, "text", "at most 200 characters, not 201"},
		"101 emoji":          {kakao.Text{Text: strings.Repeat("😀", 101), Link: link}, "text", "not 202"},
		"no text":            {kakao.Text{Link: link}, "text", "none"},
		"a blank text":       {kakao.Text{Text: " \n", Link: link}, "text", "none"},
		"NUL":                {kakao.Text{Text: "a\x00b", Link: link}, "text", "not U+0000"},
		"escape":             {kakao.Text{Text: "a\x1b[2J", Link: link}, "text", "not U+001B"},
		"no UTF-8":           {kakao.Text{Text: "a\xff", Link: link}, "text", "UTF-8"},
		"no link":            {kakao.Text{Text: "밥"}, "link", "absolute http or https address"},
		"an app's link":      {kakao.Text{Text: "밥", Link: appLink}, "link", "absolute http or https address"},
		"no host":            {kakao.Text{Text: "밥", Link: kakao.Link{WebURL: "/menu"}}, "link.web_url", `"/menu"`},
		"a port alone":       {kakao.Text{Text: "밥", Link: kakao.Link{MobileWebURL: "https://:80/"}}, "link.mobile_web_url", `"https://:80/"`},
		"ftp":                {kakao.Text{Text: "밥", Link: kakao.Link{WebURL: "ftp://" + strings.Repeat("a", 99)}}, "link.web_url", `a…"`},
		"an endless address": {kakao.Text{Text: "밥", Link: kakao.Link{WebURL: "https://example.com/" + long}}, "link.web_url", "2048"},
		"line in an address": {kakao.Text{Text: "밥", Link: kakao.Link{WebURL: "https://example.com/\n"}}, "link.web_url", "U+000A"},
		"NUL for the app": {with("text", func(s *kakao.Text) { s.Link.IOSExecutionParams = "a=\x00" }),
			"link.ios_execution_params", "U+0000"},
		"a long button title": {with("text", func(s *kakao.Text) { s.ButtonTitle = long }), "button_title", "10000"},
		"three buttons":       {with("text", func(s *kakao.Text) { s.Buttons = []kakao.Button{button, button, button} }), "buttons", "at most 2, not 3"},
		"a button's title":    {with("text", func(s *kakao.Text) { s.Buttons[1].Title = "" }), "buttons[1].title", "none"},
		"a button's link":     {with("text", func(s *kakao.Text) { s.Buttons[0].Link = kakao.Link{} }), "buttons[0].link", "execution parameters"},

		"an empty content":   {kakao.Feed{Content: kakao.Content{Link: link}}, "content", "title, description and image_url"},
		"content's link":     {kakao.Feed{Content: kakao.Content{Title: "a"}}, "content.link", "none"},
		"content's title":    {with("feed", func(s *kakao.Feed) { s.Content.Title = long }), "content.title", "at most 200 characters, not 10000"},
		"a long description": {with("feed", func(s *kakao.Feed) { s.Content.Description = long }), "content.description", "400"},
		"a picture's path":   {with("feed", func(s *kakao.Feed) { s.Content.ImageURL = "a.png" }), "content.image_url", `"a.png"`},
		"a narrow picture":   {with("feed", func(s *kakao.Feed) { s.Content.ImageWidth = 199 }), "content.image_width", "200 or more, not 199"},
		"a low picture":      {with("feed", func(s *kakao.Feed) { s.Content.ImageHeight = -1 }), "content.image_height", "-1"},
		"negative likes":     {with("feed", func(s *kakao.Feed) { s.Social.LikeCount = new(-1) }), "social.like_count", "0 or more, not -1"},
		"four counters":      {with("feed", func(s *kakao.Feed) { s.Social.ViewCount = new(4) }), "social", "1 to 3 counters, not 4"},
		"no counter":         {with("feed", func(s *kakao.Feed) { s.Social = &kakao.Social{} }), "social", "not 0"},
		"an empty table":     {with("feed", func(s *kakao.Feed) { s.ItemContent = &kakao.ItemContent{} }), "item_content", "none"},
		"profile text":       {with("feed", func(s *kakao.Feed) { s.ItemContent.ProfileText = long[:51] }), "item_content.profile_text", "16"},
		"profile picture":    {with("feed", func(s *kakao.Feed) { s.ItemContent.ProfileImageURL = "p" }), "item_content.profile_image_url", `"p"`},
		"title text":         {with("feed", func(s *kakao.Feed) { s.ItemContent.TitleImageText = long[:75] }), "item_content.title_image_text", "24"},
		"title picture":      {with("feed", func(s *kakao.Feed) { s.ItemContent.TitleImageURL = "p" }), "item_content.title_image_url", `"p"`},
		"category":           {with("feed", func(s *kakao.Feed) { s.ItemContent.TitleImageCategory = long[:45] }), "item_content.title_image_category", "14"},
		"six items":          {with("feed", func(s *kakao.Feed) { s.ItemContent.Items = make([]kakao.Item, 6) }), "item_content.items", "0 to 5 items, not 6"},
		"an item's name":     {with("feed", func(s *kakao.Feed) { s.ItemContent.Items[0].Name = "일이삼사오육칠" }), "item_content.items[0].item", "6"},
		"an item's value":    {with("feed", func(s *kakao.Feed) { s.ItemContent.Items[0].Value = "" }), "item_content.items[0].item_op", "none"},
		"a long item":        {with("feed", func(s *kakao.Feed) { s.ItemContent.Items[0].Value = long[:78] }), "item_content.items[0].item_op", "25"},
		"half a sum":         {with("feed", func(s *kakao.Feed) { s.ItemContent.SumOp = "" }), "item_content.sum_op", "none"},
		"the other half":     {with("feed", func(s *kakao.Feed) { s.ItemContent.Sum = "" }), "item_content.sum", "none"},
		"a long sum":         {with("feed", func(s *kakao.Feed) { s.ItemContent.SumOp = long[:36] }), "item_content.sum_op", "11"},

		"no header":       {with("list", func(s *kakao.List) { s.HeaderTitle = "" }), "header_title", "none"},
		"a long header":   {with("list", func(s *kakao.List) { s.HeaderTitle = long[:603] }), "header_title", "200 characters, not 201"},
		"no header link":  {with("list", func(s *kakao.List) { s.HeaderLink = kakao.Link{} }), "header_link", "none"},
		"a list of one":   {with("list", func(s *kakao.List) { s.Contents = s.Contents[:1] }), "contents", "2 to 3 rows, not 1"},
		"a list of four":  {with("list", func(s *kakao.List) { s.Contents = append(s.Contents, content, content) }), "contents", "not 4"},
		"a row's title":   {with("list", func(s *kakao.List) { s.Contents[1].Title = long }), "contents[1].title", "200"},
		"no address":      {with("location", func(s *kakao.Location) { s.Address = "" }), "address", "none"},
		"address's title": {with("location", func(s *kakao.Location) { s.AddressTitle = "\x7f" }), "address_title", "U+007F"},
		"beside the map":  {with("location", func(s *kakao.Location) { s.Buttons = []kakao.Button{button, button} }), "buttons", "at most 1, not 2"},

		"a negative price":  {with("commerce", func(s *kakao.Commerce) { s.Product.RegularPrice = -1 }), "commerce.regular_price", "0 or more"},
		"negative discount": {with("commerce", func(s *kakao.Commerce) { s.Product.DiscountPrice = new(-1) }), "commerce.discount_price", "-1"},
		"101 percent":       {with("commerce", func(s *kakao.Commerce) { s.Product.DiscountRate = new(101) }), "commerce.discount_rate", "0 to 100 percent, not 101"},
		"rate and sum":      {with("commerce", func(s *kakao.Commerce) { s.Product.FixedDiscountPrice = new(1) }), "commerce.fixed_discount_price", "beside discount_rate"},
		"a currency inside": {with("commerce", func(s *kakao.Commerce) { s.Product.CurrencyPosition = 2 }), "commerce.currency_unit_position", "0 or 1, not 2"},
		"a product's name":  {with("commerce", func(s *kakao.Commerce) { s.Product.ProductName = long }), "commerce.product_name", "200"},
		"a currency's name": {with("commerce", func(s *kakao.Commerce) { s.Product.CurrencyUnit = "\x00" }), "commerce.currency_unit", "U+0000"},

		"another id_type":     {with("calendar", func(s *kakao.Calendar) { s.IDType = "day" }), "id_type", `event or calendar, not "day"`},
		"no id":               {with("calendar", func(s *kakao.Calendar) { s.ID = "" }), "id", "none"},
		"a line in an id":     {with("calendar", func(s *kakao.Calendar) { s.ID = "a\nb" }), "id", "U+000A"},
		"beside the calendar": {with("calendar", func(s *kakao.Calendar) { s.Buttons = []kakao.Button{button, button} }), "buttons", "at most 1"},

		"template 0":        {kakao.Custom{}, "template_id", "above 0, not 0"},
		"a nameless arg":    {kakao.Custom{TemplateID: 1, Args: map[string]string{"": "a"}}, "template_args", "none"},
		"an arg's value":    {kakao.Custom{TemplateID: 1, Args: map[string]string{"a": "\x00"}}, "template_args.a", "U+0000"},
		"no page":           {kakao.Scrap{}, "request_url", "none"},
		"a page's path":     {kakao.Scrap{URL: "/news"}, "request_url", `"/news"`},
		"template -1":       {kakao.Scrap{URL: link.WebURL, TemplateID: -1}, "template_id", "-1"},
		"args for nobody":   {kakao.Scrap{URL: link.WebURL, Args: map[string]string{"a": "b"}}, "template_args", "template_id"},
		"a pointer as well": {&kakao.Scrap{}, "request_url", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := kakao.New(c.spec)
			limit, ok := errors.AsType[*kakao.LimitError](err)
			if !ok {
				t.Fatalf("New = %v, %T %v", got, err, err)
			}
			if limit.Field != c.field || !strings.Contains(err.Error(), c.says) || limit.Hint() == "" {
				t.Errorf("field %s: %v; want %s and %q", limit.Field, err, c.field, c.says)
			}
			if len(err.Error()) > 300 || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("the error is no sentence: %q", err)
			}
			if got.Spec() != nil {
				t.Error("a template all the same")
			}
		})
	}
}

func TestNewTakesWhatKakaoTakes(t *testing.T) {
	specs := whole()
	specs["200 letters"] = kakao.Text{Text: strings.Repeat("가", 200), Link: link}
	specs["100 emoji"] = kakao.Text{Text: strings.Repeat("😀", 100), Link: link}
	specs["free of charge"] = kakao.Commerce{Content: content}
	specs["a picture alone"] = kakao.Feed{Content: kakao.Content{ImageURL: "http://example.com/a.jpg", Link: link}}
	specs["Kakao's own scrap"] = kakao.Scrap{URL: link.WebURL}
	for name, spec := range specs {
		if _, err := kakao.New(spec); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATemplateIsItsOwn(t *testing.T) {
	for kind, spec := range whole() {
		made, err := kakao.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		before, err := json.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []kakao.Spec{spec, made.Spec()} {
			switch s := other.(type) { // everything behind a pointer, in a slice or a map
			case kakao.Text:
				s.Buttons[0].Title = "x"
			case kakao.Feed:
				s.Buttons[0].Title, *s.Social.LikeCount, s.ItemContent.Items[0].Name, s.ItemContent.Sum = "x", 9, "x", "x"
			case kakao.List:
				s.Buttons[0].Title, s.Contents[0].Title = "x", "x"
			case kakao.Location:
				s.Buttons[0].Title, *s.Social.CommentCount = "x", 9
			case kakao.Commerce:
				s.Buttons[0].Title, *s.Product.DiscountPrice, *s.Product.DiscountRate = "x", 9, 9
			case kakao.Calendar:
				s.Buttons[0].Title = "x"
			case kakao.Custom:
				s.Args["menu"] = "x"
			case kakao.Scrap:
				s.Args["a"] = "x"
			}
		}
		after, err := json.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(before), string(after)); diff != "" {
			t.Errorf("%s changed (-want +got):\n%s", kind, diff)
		}
	}
}

func TestATemplateSaysItsText(t *testing.T) {
	want := map[string]string{
		"text":     "밥",
		"feed":     "식당\n두 줄\n제목\n식단\n점심: 쌀밥\n합계: 5,000원\n제목\n설명",
		"list":     "새 공지\n제목\n설명\n둘",
		"location": "제목\n설명\n군산대\n전북 군산시 대학로 558",
		"commerce": "식권\n$4000\n제목\n설명",
		"calendar": "제목\n설명",
		"custom":   "template 17\nmenu: 쌀밥\n국",
		"scrap":    "https://example.com/news\na: b",
	}
	got := map[string]string{}
	for kind, spec := range whole() {
		got[kind] = mustNew(t, spec).Text()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheZeroTemplateIsNeverSent(t *testing.T) {
	s, c := setup(t)
	none := kakao.Template{}
	if none.Spec() != nil || none.Text() != "" || none.Path() != "" {
		t.Errorf("%v %q %q", none.Spec(), none.Text(), none.Path())
	}
	if err := c.SendToMe(t.Context(), accessToken, none); !errors.As(err, new(*kakao.LimitError)) {
		t.Errorf("SendToMe: %v", err)
	}
	if _, err := c.SendToFriends(t.Context(), accessToken, []string{"a"}, none); !errors.As(err, new(*kakao.LimitError)) {
		t.Errorf("SendToFriends: %v", err)
	}
	if len(s.Requests()) != 0 {
		t.Errorf("asked %v", s.Requests())
	}
}

func mustNew(t testing.TB, s kakao.Spec) kakao.Template {
	t.Helper()
	made, err := kakao.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return made
}
