package kakaotest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// longestText is the limit of text and header_title. It is counted in the strictest way: Kakao does not say how.
const longestText = 200

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// shape says which fields a template or a part of one has. Names that end in ! are required.
type shape map[string]func(value any) error

// These rules are told from Kakao's page anew, and not taken from the client, so that a slip of the one shows in the other
// (https://developers.kakao.com/docs/ko/message-template/default).
var (
	templates = map[string]shape{
		"text": {"object_type!": text(0), "text!": text(longestText), "link!": link, "button_title": text(0), "buttons": buttons(2)},
		"feed": {"object_type!": text(0), "content!": content, "item_content": table, "social": social, "button_title": text(0),
			"buttons": buttons(2)},
		"list": {"object_type!": text(0), "header_title!": text(longestText), "header_link!": link, "contents!": list(2, 3, content),
			"button_title": text(0), "buttons": buttons(2)},
		"location": {"object_type!": text(0), "address!": text(0), "address_title": text(0), "content!": content, "social": social,
			"button_title": text(0), "buttons": buttons(1)},
		"commerce": {"object_type!": text(0), "content!": content, "commerce!": commerce, "button_title": text(0), "buttons": buttons(2)},
		"calendar": {"object_type!": text(0), "id_type!": oneOf("event", "calendar"), "id!": text(0), "content!": content, "buttons": buttons(1)},
	}
	linkShape    = shape{"web_url": address, "mobile_web_url": address, "android_execution_params": text(0), "ios_execution_params": text(0)}
	buttonShape  = shape{"title!": text(0), "link!": link}
	contentShape = shape{"title": text(0), "description": text(0), "image_url": address, "image_width": number(200, 1<<31),
		"image_height": number(200, 1<<31), "link!": link}
	itemContent = shape{"profile_text": text(16), "profile_image_url": address, "title_image_text": text(24), "title_image_url": address,
		"title_image_category": text(14), "items": list(0, 5, shape{"item!": text(6), "item_op!": text(25)}.check), "sum": text(6), "sum_op": text(11)}
	socialShape   = shape{"like_count": count, "comment_count": count, "shared_count": count, "view_count": count, "subscriber_count": count}
	commerceShape = shape{"regular_price!": count, "product_name": text(0), "discount_price": count, "discount_rate": number(0, 100),
		"fixed_discount_price": count, "currency_unit": text(0), "currency_unit_position": number(0, 1)}
)

// checkObject says what Kakao refuses in a template_object.
func checkObject(object map[string]any) error {
	kind, _ := object["object_type"].(string)
	rules, ok := templates[kind]
	if !ok {
		return fmt.Errorf("object_type %q", kind)
	}
	return rules.check(object)
}

func (s shape) check(value any) error {
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("%T is no object", value)
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		plain, required := strings.CutSuffix(name, "!")
		field, there := object[plain]
		if required && !there {
			return fmt.Errorf("%s is missing", plain)
		}
		if !there {
			continue
		}
		if err := s[name](field); err != nil {
			return fmt.Errorf("%s: %w", plain, err)
		}
	}
	for name := range object {
		if s[name] == nil && s[name+"!"] == nil {
			return fmt.Errorf("%s is no field", name)
		}
	}
	return nil
}

// text is one that is not empty, at most limit units long unless that is 0.
func text(limit int) func(any) error {
	return func(value any) error {
		text, ok := value.(string)
		if n := units(text); !ok || n == 0 || limit > 0 && n > limit || strings.ContainsRune(text, 0) {
			return fmt.Errorf("a text of %d units, at most %d", n, limit)
		}
		return nil
	}
}

func oneOf(words ...string) func(any) error {
	return func(value any) error {
		if word, ok := value.(string); !ok || !slices.Contains(words, word) {
			return fmt.Errorf("%v is none of %v", value, words)
		}
		return nil
	}
}

func number(least, most float64) func(any) error {
	return func(value any) error {
		if n, ok := value.(float64); !ok || n < least || n > most || n != float64(int64(n)) {
			return fmt.Errorf("%v is not from %v to %v", value, least, most)
		}
		return nil
	}
}

func count(value any) error { return number(0, 1<<53)(value) }

func address(value any) error {
	text, _ := value.(string)
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("%q is no address", text)
	}
	return nil
}

func list(least, most int, each func(any) error) func(any) error {
	return func(value any) error {
		rows, ok := value.([]any)
		if !ok || len(rows) < least || len(rows) > most {
			return fmt.Errorf("%d rows, not %d to %d", len(rows), least, most)
		}
		for i, row := range rows {
			if err := each(row); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
		}
		return nil
	}
}

func buttons(most int) func(any) error { return list(0, most, buttonShape.check) }

func link(value any) error {
	if object, ok := value.(map[string]any); ok && len(object) == 0 {
		return fmt.Errorf("a link that leads nowhere")
	}
	return linkShape.check(value)
}

func content(value any) error {
	object, _ := value.(map[string]any)
	if object["title"] == nil && object["description"] == nil && object["image_url"] == nil {
		return fmt.Errorf("none of title, description and image_url")
	}
	return contentShape.check(value)
}

func table(value any) error {
	object, _ := value.(map[string]any)
	if (object["sum"] == nil) != (object["sum_op"] == nil) {
		return fmt.Errorf("sum and sum_op not together")
	}
	return itemContent.check(value)
}

func social(value any) error {
	if object, _ := value.(map[string]any); len(object) > 3 {
		return fmt.Errorf("%d counters", len(object))
	}
	return socialShape.check(value)
}

func commerce(value any) error {
	object, _ := value.(map[string]any)
	if object["discount_rate"] != nil && object["fixed_discount_price"] != nil {
		return fmt.Errorf("discount_rate beside fixed_discount_price")
	}
	return commerceShape.check(value)
}
