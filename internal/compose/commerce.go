package compose

import "wtm/internal/kakao"

// Commerce is a message with a product's picture and price. Prices may be written as on the page, such as 3,200원.
type Commerce struct {
	Content                                                       Content
	ProductName                                                   Template
	RegularPrice, DiscountPrice, DiscountRate, FixedDiscountPrice Template
	CurrencyUnit                                                  Template
	// CurrencyBefore puts the unit before the number.
	CurrencyBefore bool
	Buttons        []Button
}

func (c Commerce) specs(f *filler, _ Long) []kakao.Spec {
	product := kakao.Product{
		ProductName:        f.text("the product's name", c.ProductName, kakao.MaxTitle),
		DiscountPrice:      f.whole("commerce.discount_price", c.DiscountPrice),
		DiscountRate:       f.whole("commerce.discount_rate", c.DiscountRate),
		FixedDiscountPrice: f.whole("commerce.fixed_discount_price", c.FixedDiscountPrice),
		CurrencyUnit:       f.text("the currency unit", c.CurrencyUnit, kakao.MaxTitle),
	}
	if c.CurrencyBefore {
		product.CurrencyPosition = kakao.CurrencyBefore
	}
	if price := f.whole("commerce.regular_price", c.RegularPrice); price != nil {
		product.RegularPrice = *price
	} else {
		f.fail(&NumberError{Field: "commerce.regular_price"})
	}
	return []kakao.Spec{kakao.Commerce{Content: f.content("", c.Content), Product: product, Buttons: f.buttons(c.Buttons)}}
}
