package config

import (
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"wtm/internal/compose"
)

// feed reads `feed:`.
func (m mapping) feed(n *yaml.Node, on trial) compose.Shape {
	f := m.mapping(n, "feed", slices.Concat([]string{"title", "description", "image", "link", "items", "sum", "social", "buttons"}, pictureKeys, profileKeys)...)
	f.says("title", "description", "image", "file")
	return compose.Feed{
		Content: f.content(on, "title", "description", "image", "link"),
		Table:   f.table(on), Social: f.social(on), Buttons: f.buttons(on, 2),
	}
}

// profileKeys are Kakao's names of what stands over the table of a feed.
var profileKeys = []string{"profile_text", "profile_image_url", "title_image_text", "title_image_url", "title_image_category"}

// maxTableRows is how many rows Kakao shows of the table of a feed.
const maxTableRows = 5

// table reads the table of a feed; nil when it has none.
func (m mapping) table(on trial) *compose.Table {
	if !slices.ContainsFunc(slices.Concat(profileKeys, []string{"items", "sum"}), m.has) {
		return nil
	}
	text := func(key string) compose.Template { return value(m, key, compose.Template{}, template(on)) }
	t := &compose.Table{
		ProfileText: text("profile_text"), ProfileImage: text("profile_image_url"),
		TitleImageText: text("title_image_text"), TitleImage: text("title_image_url"), TitleImageCategory: text("title_image_category"),
	}
	nodes := m.list("items")
	if len(nodes) > maxTableRows {
		m.errorf(m.entries["items"], "items: %d of them; want %d at most", len(nodes), maxTableRows)
	}
	for _, n := range nodes {
		t.Items = append(t.Items, m.pair(n, "item", on))
	}
	if n := m.entries["sum"]; n != nil {
		t.Sum = m.pair(n, "sum", on)
	}
	return t
}

// pair reads `{name, value}`.
func (m mapping) pair(n *yaml.Node, what string, on trial) compose.Pair {
	p := m.mapping(n, what, "name", "value")
	if n.Kind == yaml.MappingNode {
		p.require("name", "value")
	}
	return compose.Pair{Name: value(p, "name", compose.Template{}, template(on)), Value: value(p, "value", compose.Template{}, template(on))}
}

// social reads `social:`; nil without it.
func (m mapping) social(on trial) *compose.Social {
	n := m.entries["social"]
	if n == nil {
		return nil
	}
	keys := []string{"like_count", "comment_count", "shared_count", "view_count", "subscriber_count"}
	s := m.mapping(n, "social", keys...)
	s.says(keys...)
	if len(s.entries) > 3 {
		s.errorf(n, "social: %d counters; want 3 at most", len(s.entries))
	}
	text := func(key string) compose.Template { return value(s, key, compose.Template{}, template(on)) }
	return &compose.Social{Likes: text("like_count"), Comments: text("comment_count"), Shares: text("shared_count"), Views: text("view_count"), Subscribers: text("subscriber_count")}
}

// rows reads `list:`, whose title and item_link have the fields of those names as their defaults.
func (m mapping) rows(n *yaml.Node, on trial) compose.Shape {
	l := m.mapping(n, "list", slices.Concat([]string{"header", "link", "title", "description", "image", "item_link", "buttons"}, pictureKeys)...)
	if n.Kind != yaml.MappingNode {
		return compose.List{}
	}
	l.require("header")
	if f := l.entries["file"]; f != nil {
		l.errorf(f, "file: a list's rows have pictures of their own; want image")
	}
	row := l.content(on.row(), "title", "description", "image", "item_link")
	if !l.has("title") {
		row.Title = l.fieldOr(on, "title", "text")
		if names := on.fields(); row.Title.IsZero() && len(names) > 0 {
			l.errorf(n, "list: the items have no field title; want title, such as %q", "{{ ."+names[0]+" }}")
		}
	}
	if !l.has("item_link") {
		row.Link = l.fieldOr(on, "link")
	}
	return compose.List{
		Header: value(l, "header", compose.Template{}, template(on)), HeaderLink: value(l, "link", compose.Template{}, linkTemplate(on)),
		Row: row, Buttons: l.buttons(on, 2),
	}
}

// fieldOr is a template for the first of these fields that the items have; the first of all where only the page can tell.
func (m mapping) fieldOr(on trial, names ...string) compose.Template {
	for _, name := range names {
		if on.known && !slices.Contains(on.fields(), name) {
			continue
		}
		text := "{{ ." + name + " }}"
		if !on.known {
			text = `{{ with index . "` + name + `" }}{{ . }}{{ end }}`
		}
		if t, err := compose.ParseTemplate(text); err == nil {
			return t
		}
	}
	return compose.Template{}
}

// location reads `location:`, with Kakao's names.
func (m mapping) location(n *yaml.Node, on trial) compose.Shape {
	l := m.mapping(n, "location", "address", "address_title", "content", "social", "buttons")
	if n.Kind == yaml.MappingNode {
		l.require("address", "content")
	}
	text := func(key string) compose.Template { return value(l, key, compose.Template{}, template(on)) }
	return compose.Location{Address: text("address"), AddressTitle: text("address_title"), Content: l.kakaoContent(on), Social: l.social(on), Buttons: l.buttons(on, 1)}
}

// commerce reads `commerce:`, with Kakao's names.
func (m mapping) commerce(n *yaml.Node, on trial) compose.Shape {
	c := m.mapping(n, "commerce", "content", "commerce", "buttons")
	if n.Kind == yaml.MappingNode {
		c.require("content", "commerce")
	}
	out := compose.Commerce{Content: c.kakaoContent(on), Buttons: c.buttons(on, 2)}
	product := c.entries["commerce"]
	if product == nil {
		return out
	}
	p := c.mapping(product, "the product", "product_name", "regular_price", "discount_price", "discount_rate", "fixed_discount_price", "currency_unit", "currency_unit_position")
	if product.Kind == yaml.MappingNode {
		p.require("regular_price")
	}
	if p.has("discount_rate") && p.has("fixed_discount_price") {
		p.errorf(p.entries["fixed_discount_price"], "the product has both discount_rate and fixed_discount_price; want one")
	}
	text := func(key string) compose.Template { return value(p, key, compose.Template{}, template(on)) }
	out.ProductName, out.RegularPrice, out.DiscountPrice = text("product_name"), text("regular_price"), text("discount_price")
	out.DiscountRate, out.FixedDiscountPrice, out.CurrencyUnit = text("discount_rate"), text("fixed_discount_price"), text("currency_unit")
	out.CurrencyBefore = value(p, "currency_unit_position", false, choice(map[string]bool{"0": false, "1": true}, "0", "1"))
	return out
}

// calendar reads `calendar:`, with Kakao's names.
func (m mapping) calendar(n *yaml.Node, on trial) compose.Shape {
	c := m.mapping(n, "calendar", "id_type", "id", "content", "buttons")
	if n.Kind == yaml.MappingNode {
		c.require("id_type", "id", "content")
	}
	return compose.Calendar{
		IDType: value(c, "id_type", "", choice(map[string]string{"event": "event", "calendar": "calendar"}, "event", "calendar")),
		ID:     value(c, "id", compose.Template{}, template(on)), Content: c.kakaoContent(on), Buttons: c.buttons(on, 1),
	}
}

// custom reads `custom: {id, args}`.
func (m mapping) custom(n *yaml.Node, on trial) compose.Shape {
	c := m.mapping(n, "custom", "id", "args")
	if n.Kind == yaml.MappingNode {
		c.require("id")
	}
	return compose.Custom{ID: value(c, "id", 0, templateID), Args: c.args(on)}
}

// scrap reads `scrap: {url, id, args}`.
func (m mapping) scrap(n *yaml.Node, on trial) compose.Shape {
	s := m.mapping(n, "scrap", "url", "id", "args")
	if s.has("args") && !s.has("id") {
		s.errorf(s.entries["args"], "args: they fill a template of the console; want its id beside them")
	}
	return compose.Scrap{URL: value(s, "url", compose.Template{}, linkTemplate(on)), ID: value(s, "id", 0, templateID), Args: s.args(on)}
}

// templateID parses the number of a template of Kakao's console.
func templateID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, fmt.Errorf("%q is no template of the console; want its number, such as 12345", text)
	}
	return id, nil
}
