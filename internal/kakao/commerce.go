package kakao

import (
	"fmt"
	"net/url"
	"slices"
)

// Commerce is a message with a product's picture and price.
type Commerce struct {
	Content     Content  `json:"content"`
	Product     Product  `json:"commerce"`
	ButtonTitle string   `json:"button_title,omitempty"`
	Buttons     []Button `json:"buttons,omitempty"` // at most [MaxButtons]; they win over ButtonTitle
}

// Where a currency stands.
const (
	CurrencyAfter  = 0 // 1,000원
	CurrencyBefore = 1 // $1,000
)

// Product is a name and a price, in whole units of the currency; nil leaves a number out. None is negative.
type Product struct {
	ProductName        string `json:"product_name,omitempty"` // at most [MaxTitle]
	RegularPrice       int    `json:"regular_price"`
	DiscountPrice      *int   `json:"discount_price,omitempty"`
	DiscountRate       *int   `json:"discount_rate,omitempty"` // percent, 0 to 100
	FixedDiscountPrice *int   `json:"fixed_discount_price,omitempty"`
	CurrencyUnit       string `json:"currency_unit,omitempty"`          // 원 when empty
	CurrencyPosition   int    `json:"currency_unit_position,omitempty"` // [CurrencyAfter] or [CurrencyBefore]
}

func (c Commerce) check(r *rules) {
	r.content("content", c.Content)
	p := c.Product
	r.optional("commerce.product_name", p.ProductName, MaxTitle)
	r.atLeast("commerce.regular_price", &p.RegularPrice, 0)
	r.atLeast("commerce.discount_price", p.DiscountPrice, 0)
	if p.DiscountRate != nil {
		r.between("commerce.discount_rate", *p.DiscountRate, 0, 100, "percent")
	}
	r.atLeast("commerce.fixed_discount_price", p.FixedDiscountPrice, 0)
	if p.DiscountRate != nil && p.FixedDiscountPrice != nil {
		r.refuse("commerce.fixed_discount_price", "no number beside discount_rate", fmt.Sprint(*p.FixedDiscountPrice))
	}
	r.optional("commerce.currency_unit", p.CurrencyUnit, MaxTitle)
	if p.CurrencyPosition != CurrencyAfter && p.CurrencyPosition != CurrencyBefore {
		r.refuse("commerce.currency_unit_position", "0 or 1", fmt.Sprint(p.CurrencyPosition))
	}
	r.optional("button_title", c.ButtonTitle, MaxTitle)
	r.buttons(c.Buttons, MaxButtons)
}

func (c Commerce) clone() Spec {
	p := &c.Product
	p.DiscountPrice, p.DiscountRate, p.FixedDiscountPrice = copyOf(p.DiscountPrice), copyOf(p.DiscountRate), copyOf(p.FixedDiscountPrice)
	c.Buttons = slices.Clone(c.Buttons)
	return c
}

func (c Commerce) lines() []string {
	return append([]string{c.Product.ProductName, c.Product.price()}, c.Content.lines()...)
}

// price is what there is to pay.
func (p Product) price() string {
	n := p.RegularPrice
	if p.DiscountPrice != nil {
		n = *p.DiscountPrice
	}
	unit := p.CurrencyUnit
	if unit == "" {
		unit = "원"
	}
	if p.CurrencyPosition == CurrencyBefore {
		return fmt.Sprintf("%s%d", unit, n)
	}
	return fmt.Sprintf("%d%s", n, unit)
}

func (c Commerce) endpoint() string          { return objectPath }
func (c Commerce) form() (url.Values, error) { return objectForm(c.object()) }

func (c Commerce) object() any {
	return struct {
		ObjectType string `json:"object_type"`
		Commerce
	}{"commerce", c}
}
