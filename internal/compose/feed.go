package compose

import (
	"fmt"

	"wtm/internal/kakao"
)

// Feed is a message with a picture over its texts, and optionally a table and counters.
type Feed struct {
	Content Content
	Table   *Table
	Social  *Social
	Buttons []Button
}

// Table is the table of a feed; Kakao calls it item_content.
type Table struct {
	ProfileText, ProfileImage                      Template
	TitleImageText, TitleImage, TitleImageCategory Template
	Items                                          []Pair
	Sum                                            Pair
}

// Pair is a row of a [Table]. A row without name or value is left out.
type Pair struct{ Name, Value Template }

// Social are counters under a message; those without a text are left out.
type Social struct{ Likes, Comments, Shares, Views, Subscribers Template }

func (s Feed) specs(f *filler, _ Long) []kakao.Spec {
	return []kakao.Spec{kakao.Feed{
		Content: f.content("", s.Content), ItemContent: f.table(s.Table), Social: f.social(s.Social), Buttons: f.buttons(s.Buttons),
	}}
}

func (f *filler) table(t *Table) *kakao.ItemContent {
	if t == nil {
		return nil
	}
	out := kakao.ItemContent{
		ProfileText:        f.text("the profile text", t.ProfileText, kakao.MaxProfileText),
		ProfileImageURL:    f.picture("the profile: ", Content{Image: t.ProfileImage}),
		TitleImageText:     f.text("the text beside the title image", t.TitleImageText, kakao.MaxTitleImageText),
		TitleImageURL:      f.picture("the title image: ", Content{Image: t.TitleImage}),
		TitleImageCategory: f.text("the category of the title image", t.TitleImageCategory, kakao.MaxTitleImageCategory),
	}
	for i, p := range t.Items {
		if item := f.pair(fmt.Sprintf("item %d", i+1), p, kakao.MaxItemValue); item.Name != "" && item.Value != "" {
			out.Items = append(out.Items, item)
		}
	}
	if sum := f.pair("the sum", t.Sum, kakao.MaxSumValue); sum.Name != "" && sum.Value != "" {
		out.Sum, out.SumOp = sum.Name, sum.Value
	}
	if out.ProfileText+out.ProfileImageURL+out.TitleImageText+out.TitleImageURL+out.TitleImageCategory+out.Sum == "" && len(out.Items) == 0 {
		return nil
	}
	return &out
}

func (f *filler) pair(what string, p Pair, limit int) kakao.Item {
	return kakao.Item{Name: f.text("the name of "+what, p.Name, kakao.MaxItemName), Value: f.text("the value of "+what, p.Value, limit)}
}

func (f *filler) social(s *Social) *kakao.Social {
	if s == nil {
		return nil
	}
	out := kakao.Social{
		LikeCount: f.whole("social.like_count", s.Likes), CommentCount: f.whole("social.comment_count", s.Comments),
		SharedCount: f.whole("social.shared_count", s.Shares), ViewCount: f.whole("social.view_count", s.Views),
		SubscriberCount: f.whole("social.subscriber_count", s.Subscribers),
	}
	if out == (kakao.Social{}) {
		return nil
	}
	return &out
}
