package fetch

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
)

const (
	nameUTF8   = "utf-8"
	nameKorean = "euc-kr"
	nameWest   = "windows-1252"

	// detectBytes is how much of a page detection looks at.
	detectBytes = 64 << 10
	// sureEnough is the confidence below which detection is a guess.
	sureEnough = 0.5
)

// CharsetError is a name that stands for no known character set.
type CharsetError struct{ Name string }

func (e *CharsetError) Error() string { return fmt.Sprintf("unknown charset %q", e.Name) }

// Hint points at the known names.
func (e *CharsetError) Hint() string {
	return "use a name such as euc-kr or utf-8: https://encoding.spec.whatwg.org/#names-and-labels"
}

// KnownCharset reports whether name is a character set that [Decode] can be told to use.
func KnownCharset(name string) bool {
	_, canonical := lookup(name)
	return canonical != ""
}

// lookup finds an encoding by any of its names. Every name of the Korean one means CP949, the superset that sites use
// when they say EUC-KR; the standard's EUC-KR is that superset but lacks some of the names
// (https://encoding.spec.whatwg.org/#legacy-multi-byte-korean-encodings).
func lookup(name string) (encoding.Encoding, string) {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "cp949", "ms949", "uhc", "x-cp949", "x-windows-949", "windows949", "euckr", "euc_kr", "ksc5601-1987", "ks_c_5601":
		return korean.EUCKR, nameKorean
	case "utf8mb4", "utf_8":
		name = nameUTF8
	}
	e, canonical := charset.Lookup(name)
	if e == nil || canonical == "replacement" {
		return nil, ""
	}
	return e, canonical
}

// Decode returns body in UTF-8, and the name of the charset it was in. The order of belief: override, a byte order
// mark, the bytes themselves when they are UTF-8, then contentType (the HTTP header), a meta element, detection. What is
// declared but does not fit the bytes is passed over: servers declare utf-8 or iso-8859-1 over Korean pages by default.
// The only error is a [*CharsetError] for an unknown override.
func Decode(body []byte, contentType, override string) (utf8Body []byte, charset string, err error) {
	if override != "" {
		e, name := lookup(override)
		if e == nil {
			return nil, "", &CharsetError{Name: override}
		}
		// "utf-16" alone leaves the byte order to the mark.
		if mark := bomOf(body); mark == name || strings.HasPrefix(mark, "utf-16") && strings.HasPrefix(name, "utf-16") {
			e, name = lookup(mark)
			body = withoutBOM(body)
		}
		return decodeAs(e, name, body), name, nil
	}
	if name := bomOf(body); name != "" {
		e, _ := lookup(name)
		return decodeAs(e, name, withoutBOM(body)), name, nil
	}
	hasNUL := bytes.IndexByte(body, 0) >= 0
	if !hasNUL && utf8.Valid(body) {
		return body, nameUTF8, nil
	}
	header := headerCharset(contentType)
	if !strings.HasPrefix(header, "utf-16") && mostlyUTF8(body) {
		return toUTF8(body), nameUTF8, nil
	}
	text, name := decodeLegacy(body, header, metaCharset(body), hasNUL)
	return text, name, nil
}

// decodeLegacy decodes what is not UTF-8 and has no byte order mark.
func decodeLegacy(body []byte, header, meta string, hasNUL bool) ([]byte, string) {
	if strings.HasPrefix(header, "utf-16") && hasNUL {
		e, _ := lookup(header)
		return decodeAs(e, header, body), header
	}
	var declared, west string
	for _, name := range []string{header, meta} {
		switch {
		case name == "", name == nameUTF8, strings.HasPrefix(name, "utf-16"):
			// It fits no bytes that came here.
		case name == nameWest:
			// Every byte is something in it, and it is a server's default for pages in anything.
			west = name
		default:
			if text, ok := decodeClean(name, body); ok {
				return text, name
			}
			if declared == "" {
				declared = name
			}
		}
	}
	if utf8.Valid(body) {
		return body, nameUTF8
	}
	if (header == nameUTF8 || meta == nameUTF8) && partlyUTF8(body) {
		return toUTF8(body), nameUTF8
	}
	if looksKorean(body) {
		return decodeAs(korean.EUCKR, nameKorean, body), nameKorean
	}
	if west == "" && declared == "" {
		if name := detect(body); name != "" {
			if text, ok := decodeClean(name, body); ok {
				return text, name
			}
		}
	}
	name := nameWest
	if west == "" && declared != "" {
		name = declared
	}
	e, _ := lookup(name)
	return decodeAs(e, name, body), name
}

func decodeAs(e encoding.Encoding, name string, body []byte) []byte {
	if name == nameUTF8 {
		return toUTF8(body)
	}
	text, err := e.NewDecoder().Bytes(body)
	if err != nil {
		// Decoders write U+FFFD for what they cannot read; one that stops instead must not lose the rest.
		return toUTF8(body)
	}
	return toUTF8(text)
}

// decodeClean decodes body if every byte of it means something in the named charset.
func decodeClean(name string, body []byte) ([]byte, bool) {
	e, canonical := lookup(name)
	if e == nil {
		return nil, false
	}
	text := decodeAs(e, canonical, body)
	return text, !bytes.ContainsRune(text, utf8.RuneError)
}

func toUTF8(b []byte) []byte { return bytes.ToValidUTF8(b, []byte(string(utf8.RuneError))) }

func bomOf(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return nameUTF8
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return "utf-16le"
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return "utf-16be"
	}
	return ""
}

func withoutBOM(body []byte) []byte {
	switch bomOf(body) {
	case nameUTF8:
		return body[3:]
	case "":
		return body
	}
	return body[2:]
}

// headerCharset is the canonical name of the charset parameter, "" without a known one.
func headerCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	name := params["charset"]
	if err != nil {
		// Servers forget the quotes and semicolons that mime insists on.
		name = charsetIn(contentType)
	}
	_, canonical := lookup(strings.Trim(name, `"' `))
	return canonical
}

func detect(body []byte) string {
	r := chardet.Detect(body[:min(len(body), detectBytes)])
	if r.Confidence < sureEnough {
		return ""
	}
	_, canonical := lookup(r.Encoding)
	return canonical
}
