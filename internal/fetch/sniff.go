package fetch

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// metaBytes is how far the declaration is looked for. The standard says 1,024 bytes, but Korean boards put scripts first.
const metaBytes = 16 << 10

var (
	charsetParam = regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([\w.:-]+)`)
	xmlEncoding  = regexp.MustCompile(`(?i)^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']`)
)

// charsetIn finds the value of charset= in the text of a Content-Type.
func charsetIn(text string) string {
	if m := charsetParam.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// metaCharset is the canonical name of what the page declares about itself, in a meta element or in its XML
// declaration, "" without a known one.
func metaCharset(body []byte) string {
	head := body[:min(len(body), metaBytes)]
	if m := xmlEncoding.FindSubmatch(head); m != nil {
		if _, name := lookup(string(m[1])); name != "" {
			return name
		}
	}
	z := html.NewTokenizer(bytes.NewReader(head))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.Data != "meta" {
				continue
			}
			if _, name := lookup(declaredBy(t)); name != "" {
				return name
			}
		}
	}
}

func declaredBy(meta html.Token) string {
	var content string
	var isType bool
	for _, a := range meta.Attr {
		switch a.Key {
		case "charset":
			return a.Val
		case "content":
			content = a.Val
		case "http-equiv":
			isType = strings.EqualFold(strings.TrimSpace(a.Val), "content-type")
		}
	}
	if !isType {
		return ""
	}
	return charsetIn(content)
}

// mostlyUTF8 reports whether body is UTF-8 but for a few broken bytes: some boards cut titles inside a letter.
// Text in another charset has hardly any sequence that is valid by chance.
func mostlyUTF8(body []byte) bool {
	good, bad := countUTF8(body)
	return good > 10*bad
}

// partlyUTF8 reports whether body has more letters in UTF-8 than broken bytes: enough where the page says that it is UTF-8.
func partlyUTF8(body []byte) bool {
	good, bad := countUTF8(body)
	return good > bad
}

// countUTF8 counts letters of several bytes, and bytes that are of none.
func countUTF8(body []byte) (good, bad int) {
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		body = body[n:]
	}
	return good, bad
}

// looksKorean reports whether body reads as Korean in CP949: nearly all of its letters are the 2,350 common syllables of
// KS X 1001, which lie in rows 0xB0 to 0xC8. Chinese and Japanese bytes land on hanja, and Western ones (a lone "°C")
// on the rare syllables of the extension or on nothing.
func looksKorean(body []byte) bool {
	var common, other int
	for i := 0; i < len(body); i++ {
		lead := body[i]
		if lead < 0x80 {
			continue
		}
		var trail byte
		if i+1 < len(body) {
			trail = body[i+1]
		}
		inRows := trail >= 0xA1 && trail <= 0xFE
		switch {
		case inRows && lead >= 0xB0 && lead <= 0xC8:
			common++
		case inRows && lead >= 0xA1 && lead <= 0xAF && lead != 0xA4:
			// Symbols, punctuation and full-width letters say nothing. (0xA4 is hiragana in Japanese.)
		default:
			other++
		}
		if trail >= 0x80 {
			i++
		}
	}
	return common > 0 && common >= 4*other
}
