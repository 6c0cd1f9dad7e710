package kakao

import (
	"fmt"
	"slices"
)

// Limits on an [ItemContent]: what a phone shows, cut beyond it (comments of Kakao's iOS SDK 2,
// https://github.com/kakao/kakao-ios-sdk).
const (
	MaxItems              = 5
	MaxItemName           = 6
	MaxItemValue          = 25
	MaxSumValue           = 11
	MaxProfileText        = 16
	MaxTitleImageText     = 24
	MaxTitleImageCategory = 14
)

// ItemContent is a table within a feed, at least one field of it.
type ItemContent struct {
	ProfileText        string `json:"profile_text,omitempty"` // a bold header when there is no ProfileImageURL
	ProfileImageURL    string `json:"profile_image_url,omitempty"`
	TitleImageText     string `json:"title_image_text,omitempty"`
	TitleImageURL      string `json:"title_image_url,omitempty"` // cropped to a square
	TitleImageCategory string `json:"title_image_category,omitempty"`
	Items              []Item `json:"items,omitempty"` // at most [MaxItems]
	// Sum and SumOp are the last row, as a name and a value; both or neither.
	Sum   string `json:"sum,omitempty"`
	SumOp string `json:"sum_op,omitempty"`
}

// Item is a row of an [ItemContent]; both fields are required.
type Item struct {
	Name  string `json:"item"`    // at most [MaxItemName]
	Value string `json:"item_op"` // at most [MaxItemValue]; 14 fit on one line
}

func (r *rules) itemContent(c *ItemContent) {
	if c == nil {
		return
	}
	const at = "item_content"
	if len(c.Items) == 0 && c.ProfileText+c.ProfileImageURL+c.TitleImageText+c.TitleImageURL+c.TitleImageCategory+c.Sum+c.SumOp == "" {
		r.refuse(at, "at least one field", "none")
	}
	r.optional(at+".profile_text", c.ProfileText, MaxProfileText)
	r.address(at+".profile_image_url", c.ProfileImageURL)
	r.optional(at+".title_image_text", c.TitleImageText, MaxTitleImageText)
	r.address(at+".title_image_url", c.TitleImageURL)
	r.optional(at+".title_image_category", c.TitleImageCategory, MaxTitleImageCategory)
	r.between(at+".items", len(c.Items), 0, MaxItems, "items")
	for i, item := range c.Items {
		field := fmt.Sprintf("%s.items[%d]", at, i)
		r.required(field+".item", item.Name, MaxItemName)
		r.required(field+".item_op", item.Value, MaxItemValue)
	}
	if c.Sum != "" || c.SumOp != "" {
		r.required(at+".sum", c.Sum, MaxItemName)
		r.required(at+".sum_op", c.SumOp, MaxSumValue)
	}
}

func (c *ItemContent) clone() *ItemContent {
	out := copyOf(c)
	if out != nil {
		out.Items = slices.Clone(out.Items)
	}
	return out
}

func (c *ItemContent) lines() []string {
	if c == nil {
		return nil
	}
	out := []string{c.ProfileText, c.TitleImageText, c.TitleImageCategory}
	for _, item := range c.Items {
		out = append(out, item.Name+": "+item.Value)
	}
	if c.Sum != "" {
		out = append(out, c.Sum+": "+c.SumOp)
	}
	return out
}
