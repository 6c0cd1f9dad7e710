package fetch_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"wtm/internal/fetch"
)

const menu = "<html><head><title>오늘의 식단</title></head><body><p>점심: 쌀밥, 된장찌개, 돈까스, 배추김치</p></body></html>"

func mustEncode(t testing.TB, e encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatalf("encoding the test's text: %v", err)
	}
	return b
}

func withMeta(meta, page string) string { return strings.Replace(page, "<head>", "<head>"+meta, 1) }

func TestDecode(t *testing.T) {
	metaKorean := withMeta(`<meta http-equiv="Content-Type" content="text/html; charset=euc-kr">`, menu)
	rare := strings.ReplaceAll(menu, "쌀밥", "똠방각하 펲시콜라") // only in CP949
	japanesePage := "<html><body><p>今日の昼ご飯はカレーライスとサラダです。明日はうどんです。</p></body></html>"
	cut := append([]byte(strings.Repeat(menu, 3)), []byte("식단")[:4]...)
	for _, tc := range []struct {
		name                  string
		body                  []byte
		contentType, override string
		want, charset         string
	}{
		{"UTF-8, declared", []byte(menu), "text/html; charset=utf-8", "", menu, "utf-8"},
		{"UTF-8, not declared", []byte(menu), "text/html", "", menu, "utf-8"},
		{"UTF-8, declared as EUC-KR", []byte(menu), "text/html; charset=euc-kr", "", menu, "utf-8"},
		{"UTF-8 with a mark", []byte("\xef\xbb\xbf" + menu), "", "", menu, "utf-8"},
		{"UTF-8 with a letter cut in two", cut, "", "", strings.Repeat(menu, 3) + "식\uFFFD", "utf-8"},
		{"UTF-8 with a NUL and a broken byte", []byte(menu + "\x00\xff"), "text/html", "", menu + "\x00\uFFFD", "utf-8"},
		{"UTF-8, a few letters and a broken byte, declared", []byte("<p>오늘 쌀밥\xff</p>"), "text/html; charset=utf-8", "", "<p>오늘 쌀밥\uFFFD</p>", "utf-8"},
		{"EUC-KR, declared in the header", mustEncode(t, korean.EUCKR, menu), "text/html;charset=EUC-KR", "", menu, "euc-kr"},
		{"EUC-KR, header called ms949", mustEncode(t, korean.EUCKR, rare), "text/html; charset=MS949", "", rare, "euc-kr"},
		{"EUC-KR, declared in meta only", mustEncode(t, korean.EUCKR, metaKorean), "text/html", "", metaKorean, "euc-kr"},
		{"EUC-KR, not declared", mustEncode(t, korean.EUCKR, menu), "", "", menu, "euc-kr"},
		{"EUC-KR, one word", mustEncode(t, korean.EUCKR, "미운영"), "", "", "미운영", "euc-kr"},
		{"EUC-KR, header says utf-8", mustEncode(t, korean.EUCKR, menu), "text/html; charset=utf-8", "", menu, "euc-kr"},
		{"EUC-KR, header says iso-8859-1", mustEncode(t, korean.EUCKR, menu), "text/html; charset=ISO-8859-1", "", menu, "euc-kr"},
		{"EUC-KR, header and meta say utf-8", mustEncode(t, korean.EUCKR, withMeta(`<meta charset="utf-8">`, menu)), "text/html; charset=utf-8", "", withMeta(`<meta charset="utf-8">`, menu), "euc-kr"},
		{"EUC-KR, header says shift_jis", mustEncode(t, korean.EUCKR, rare), "text/html; charset=shift_jis", "", rare, "euc-kr"},
		{"EUC-KR, one broken byte", append(mustEncode(t, korean.EUCKR, menu), 0xC5), "text/html; charset=euc-kr", "", menu + "\uFFFD", "euc-kr"},
		{"EUC-KR, damaged header", mustEncode(t, korean.EUCKR, menu), "text/html charset=euc-kr;;", "", menu, "euc-kr"},
		{"Shift_JIS, header says iso-8859-1, meta is right", mustEncode(t, japanese.ShiftJIS, withMeta(`<meta charset=Shift_JIS>`, "<head></head>"+japanesePage)), "text/html; charset=iso-8859-1", "", withMeta(`<meta charset=Shift_JIS>`, "<head></head>"+japanesePage), "shift_jis"},
		{"Shift_JIS, not declared", mustEncode(t, japanese.ShiftJIS, strings.Repeat(japanesePage, 4)), "", "", strings.Repeat(japanesePage, 4), "shift_jis"},
		{"Latin 1, degrees only", mustEncode(t, charmap.Windows1252, "Temp 21°C, café"), "text/plain; charset=iso-8859-1", "", "Temp 21°C, café", "windows-1252"},
		{"UTF-16 with a mark", mustEncode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), menu), "text/html; charset=euc-kr", "", menu, "utf-16le"},
		{"UTF-16 by header", mustEncode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), menu), "text/html; charset=utf-16be", "", menu, "utf-16be"},
		{"override beats header and bytes", []byte("\xc2\xb0"), "text/html; charset=utf-8", "euc-kr", "째", "euc-kr"},
		{"override cp949", mustEncode(t, korean.EUCKR, rare), "", " CP949 ", rare, "euc-kr"},
		{"override utf-16 with the other order's mark", mustEncode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "밥"), "", "utf-16", "밥", "utf-16be"},
		{"XML declaration", mustEncode(t, korean.EUCKR, `<?xml version="1.0" encoding="euc-kr"?><a>°C</a>`), "text/xml", "", `<?xml version="1.0" encoding="euc-kr"?><a>°C</a>`, "euc-kr"},
		{"declared in a comment", mustEncode(t, korean.EUCKR, withMeta("<!-- <meta charset=gbk> -->", menu)), "", "", withMeta("<!-- <meta charset=gbk> -->", menu), "euc-kr"},
		{"empty", nil, "text/html; charset=euc-kr", "", "", "utf-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, charset, err := fetch.Decode(tc.body, tc.contentType, tc.override)
			if err != nil {
				t.Fatalf("Decode: %v", err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if charset != tc.charset {
				t.Errorf("charset = %q, want %q", charset, tc.charset)
			}
		})
	}
}

func TestDecodeUnknownOverride(t *testing.T) {
	_, _, err := fetch.Decode([]byte(menu), "", "euc-korean")
	if e, ok := errors.AsType[*fetch.CharsetError](err); !ok || e.Name != "euc-korean" {
		t.Errorf("err = %v, want a CharsetError for euc-korean", err)
	}
}

func TestKnownCharset(t *testing.T) {
	for name, want := range map[string]bool{
		"euc-kr": true, "EUC-KR": true, "ks_c_5601-1987": true, "cp949": true, "MS949": true, "windows-949": true,
		"utf-8": true, "utf8": true, "shift_jis": true, "iso-8859-1": true, "utf-16": true,
		"": false, "korean2": false, "iso-2022-kr": false,
	} {
		if got := fetch.KnownCharset(name); got != want {
			t.Errorf("KnownCharset(%q) = %v, want %v", name, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(menu), "text/html; charset=utf-8", "")
	f.Add(mustEncode(f, korean.EUCKR, menu), "", "")
	f.Add(mustEncode(f, japanese.ShiftJIS, "カレー"), "text/html; charset=iso-8859-1", "cp949")
	f.Add([]byte("\xff\xfe\x00"), "text/html; charset=utf-16", "utf-16")
	f.Fuzz(func(t *testing.T, body []byte, contentType, override string) {
		before := bytes.Clone(body)
		got, charset, err := fetch.Decode(body, contentType, override)
		if !bytes.Equal(before, body) {
			t.Fatal("Decode changed its input")
		}
		if err != nil {
			if override == "" || fetch.KnownCharset(override) || got != nil {
				t.Fatalf("Decode(override %q) = %q, %v", override, got, err)
			}
			return
		}
		if !utf8.Valid(got) {
			t.Fatalf("not UTF-8: %q", got)
		}
		if !fetch.KnownCharset(charset) {
			t.Fatalf("unknown charset %q came back", charset)
		}
		plain := utf8.Valid(body) && bytes.IndexByte(body, 0) < 0 && !bytes.HasPrefix(body, []byte("\ufeff"))
		if override == "" && plain && !bytes.Equal(got, body) {
			t.Fatalf("UTF-8 changed: %q to %q", body, got)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	page := strings.Repeat(menu, 300)
	body := mustEncode(b, korean.EUCKR, page)
	for b.Loop() {
		got, _, err := fetch.Decode(body, "text/html; charset=utf-8", "")
		if err != nil || len(got) != len(page) {
			b.Fatalf("%d bytes, %v; want %d", len(got), err, len(page))
		}
	}
	b.SetBytes(int64(len(body)))
}
