package fetch_test

import (
	"errors"
	"testing"

	"golang.org/x/text/encoding/korean"

	"wtm/internal/fetch"
)

func TestSaved(t *testing.T) {
	r := fetch.Request{URL: "https://example.ac.kr/밥?날=오늘"}
	page, err := fetch.Saved(mustEncode(t, korean.EUCKR, menu), "menu.html", r)
	if err != nil || string(page.Body) != menu || page.Charset != "euc-kr" || page.URL.Host != "example.ac.kr" {
		t.Errorf("%+v, %v", page, err)
	}
	r.Charset = "iso-8859-1"
	if page, err := fetch.Saved([]byte("\xe9"), "menu.html", r); err != nil || string(page.Body) != "é" {
		t.Errorf("by the charset of the config: %+v, %v", page, err)
	}
	if _, err := fetch.Saved([]byte("\x89PNG\r\n"), "menu.png", r); !errors.As(err, new(*fetch.BinaryError)) {
		t.Errorf("a picture: %v", err)
	}
	if _, err := fetch.Saved(make([]byte, fetch.DefaultMaxBytes+1), "menu.html", r); !errors.As(err, new(*fetch.TooLargeError)) {
		t.Errorf("a huge file: %v", err)
	}
	if _, err := fetch.Saved(nil, "menu.html", fetch.Request{URL: "ftp://example.ac.kr"}); !errors.As(err, new(*fetch.AddressError)) {
		t.Errorf("a wrong address: %v", err)
	}
}
