package preview

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"wtm/internal/kakao"
)

// card is a message taken apart for drawing, from top to bottom.
type card struct {
	// Kind is the message's shape in the reader's language, and Plain says that it is a speech bubble rather than a card.
	Kind     string
	Plain    bool
	Sections [][]block
	Buttons  []button
}

// block is one thing that a message shows.
type block struct {
	Kind kind
	// Text is what it says. More is beside or under it: an item's value, a row's description, a struck out price.
	Text, More string
	// Image is a picture's address, Link where a tap leads; both may be empty.
	Image, Link string
}

// kind says what a [block] is.
type kind string

const (
	said     kind = "said"     // the text of a text message
	header   kind = "header"   // of a list, or of a table
	title    kind = "title"    // of a content
	note     kind = "note"     // its description, and other small texts
	picture  kind = "picture"  // with its size in Text, as far as it is known
	item     kind = "item"     // a name and a value
	sum      kind = "sum"      // the same, as a last row
	counters kind = "counters" // of likes and the like
	price    kind = "price"    // what to pay, and what it cost before
	row      kind = "row"      // of a list
)

// button is a button under a message. Without a Link it opens an app.
type button struct{ Title, Link string }

// seeMore is Kakao's own title of the button that opens the content's link
// (https://developers.kakao.com/docs/ko/message-template/default).
const seeMore = "자세히 보기"

// cardOf takes a message apart; the zero template is an empty card. No text in it can leave its place.
func cardOf(t kakao.Template) card {
	c := takeApart(t.Spec())
	for _, section := range c.Sections {
		for i := range section {
			section[i].Text, section[i].More = printable(section[i].Text), printable(section[i].More)
		}
	}
	for i := range c.Buttons {
		c.Buttons[i].Title = printable(c.Buttons[i].Title)
	}
	return c
}

func takeApart(s kakao.Spec) card {
	switch s := s.(type) {
	case kakao.Text:
		c := card{Kind: "텍스트", Plain: true, Buttons: buttons(s.Buttons, s.ButtonTitle, s.Link)}
		c.add(block{Kind: said, Text: s.Text, Link: beside(s.Buttons, s.Link)})
		return c
	case kakao.Feed:
		c := card{Kind: "피드", Buttons: buttons(s.Buttons, s.ButtonTitle, s.Content.Link)}
		c.add(pictureOf(s.Content)...)
		c.add(itemContent(s.ItemContent)...)
		c.add(append(words(s.Content, beside(s.Buttons, s.Content.Link)), social(s.Social)...)...)
		return c
	case kakao.List:
		c := card{Kind: "리스트", Buttons: buttons(s.Buttons, s.ButtonTitle, s.HeaderLink)}
		c.add(block{Kind: header, Text: s.HeaderTitle, Link: beside(s.Buttons, s.HeaderLink)})
		for _, one := range s.Contents {
			c.add(block{Kind: row, Text: one.Title, More: one.Description, Image: one.ImageURL, Link: address(one.Link)})
		}
		return c
	case kakao.Location:
		c := card{Kind: "위치", Buttons: buttons(s.Buttons, s.ButtonTitle, s.Content.Link)}
		c.Buttons = append(c.Buttons, button{Title: "위치 보기"})
		c.add(pictureOf(s.Content)...)
		c.add(append(words(s.Content, beside(s.Buttons, s.Content.Link)), social(s.Social)...)...)
		c.add(some(block{Kind: title, Text: s.AddressTitle}, block{Kind: note, Text: s.Address})...)
		return c
	case kakao.Commerce:
		c := card{Kind: "커머스", Buttons: buttons(s.Buttons, s.ButtonTitle, s.Content.Link)}
		c.add(pictureOf(s.Content)...)
		c.add(product(s.Product)...)
		c.add(words(s.Content, beside(s.Buttons, s.Content.Link))...)
		return c
	case kakao.Calendar:
		c := card{Kind: "캘린더", Buttons: buttons(s.Buttons, "", s.Content.Link)}
		c.Buttons = append(c.Buttons, button{Title: "일정 추가"})
		c.add(pictureOf(s.Content)...)
		c.add(words(s.Content, beside(s.Buttons, s.Content.Link))...)
		return c
	case kakao.Custom:
		c := card{Kind: "사용자 정의"}
		c.add(console(s.TemplateID, s.Args)...)
		return c
	case kakao.Scrap:
		c := card{Kind: "스크랩"}
		c.add(block{Kind: title, Text: s.URL, Link: s.URL}, block{Kind: note, Text: "카카오가 이 페이지의 제목, 설명, 사진으로 채웁니다."})
		if s.TemplateID != 0 {
			c.add(console(s.TemplateID, s.Args)...)
		}
		return c
	}
	return card{}
}

// add adds a section, unless it is empty.
func (c *card) add(blocks ...block) {
	if len(blocks) > 0 {
		c.Sections = append(c.Sections, blocks)
	}
}

// some drops blocks that show nothing.
func some(blocks ...block) []block {
	return slices.DeleteFunc(blocks, func(b block) bool { return b.Text == "" && b.More == "" && b.Image == "" })
}

// address is where a link leads on a phone; empty when only into an app.
func address(l kakao.Link) string { return cmp.Or(l.MobileWebURL, l.WebURL) }

// buttons are those a message names, else the one that opens its link.
func buttons(named []kakao.Button, renamed string, link kakao.Link) []button {
	if len(named) == 0 {
		return []button{{Title: cmp.Or(renamed, seeMore), Link: address(link)}}
	}
	var all []button
	for _, b := range named {
		all = append(all, button{Title: b.Title, Link: address(b.Link)})
	}
	return all
}

// beside is the link of a content that no button opens.
func beside(named []kakao.Button, link kakao.Link) string {
	if len(named) == 0 {
		return ""
	}
	return address(link)
}

func words(c kakao.Content, link string) []block {
	all := some(block{Kind: title, Text: c.Title}, block{Kind: note, Text: c.Description})
	if len(all) > 0 {
		all[0].Link = link
	}
	return all
}

func pictureOf(c kakao.Content) []block {
	size := ""
	if c.ImageWidth > 0 && c.ImageHeight > 0 {
		size = fmt.Sprintf("%d×%d", c.ImageWidth, c.ImageHeight)
	}
	if c.ImageURL == "" {
		return nil
	}
	// A name under .invalid is nowhere (RFC 2606): it stands for a picture that is uploaded when the message is sent.
	if u, err := url.Parse(c.ImageURL); err == nil && strings.HasSuffix(u.Hostname(), ".invalid") {
		return []block{{Kind: note, Text: "[사진] " + path.Base(u.Path) + " (보낼 때 올립니다)"}}
	}
	return []block{{Kind: picture, Text: size, Image: c.ImageURL}}
}

func itemContent(c *kakao.ItemContent) []block {
	if c == nil {
		return nil
	}
	all := some(
		block{Kind: header, Text: c.ProfileText, Image: c.ProfileImageURL},
		block{Kind: row, Text: c.TitleImageText, More: c.TitleImageCategory, Image: c.TitleImageURL})
	for _, i := range c.Items {
		all = append(all, block{Kind: item, Text: i.Name, More: i.Value})
	}
	return append(all, some(block{Kind: sum, Text: c.Sum, More: c.SumOp})...)
}

func social(s *kakao.Social) []block {
	if s == nil {
		return nil
	}
	text := ""
	for _, c := range []struct {
		name  string
		count *int
	}{{"좋아요", s.LikeCount}, {"댓글", s.CommentCount}, {"공유", s.SharedCount}, {"조회", s.ViewCount}, {"구독", s.SubscriberCount}} {
		if c.count == nil {
			continue
		}
		if text != "" {
			text += " · "
		}
		text += c.name + " " + grouped(*c.count)
	}
	return []block{{Kind: counters, Text: text}}
}

// product shows a price as shops do: what is off, what to pay, and what it would cost without.
func product(p kakao.Product) []block {
	money := func(n int) string {
		unit := cmp.Or(p.CurrencyUnit, "원")
		if p.CurrencyPosition == kakao.CurrencyBefore {
			return unit + grouped(n)
		}
		return grouped(n) + unit
	}
	cost := block{Kind: price, Text: money(p.RegularPrice)}
	if p.DiscountPrice != nil {
		cost.Text, cost.More = money(*p.DiscountPrice), money(p.RegularPrice)
	}
	switch {
	case p.DiscountRate != nil:
		cost.Text = strconv.Itoa(*p.DiscountRate) + "% " + cost.Text
	case p.FixedDiscountPrice != nil:
		cost.Text = money(*p.FixedDiscountPrice) + " 할인 " + cost.Text
	}
	return append(some(block{Kind: note, Text: p.ProductName}), cost)
}

// console shows what is known of a template that lies at Kakao.
func console(id int64, args map[string]string) []block {
	all := []block{
		{Kind: header, Text: fmt.Sprintf("메시지 템플릿 %d", id)},
		{Kind: note, Text: "모양은 카카오 디벨로퍼스의 메시지 템플릿 도구에서 정한 대로입니다."},
	}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		all = append(all, block{Kind: item, Text: name, More: args[name]})
	}
	return all
}

// grouped writes a number with a comma before each three digits.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
