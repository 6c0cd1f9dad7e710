package fetch

import "net/http"

// Saved makes of the bytes of a file the page that fetching r would have brought: within the same limits, in UTF-8, its
// links relative to r's address. name is the file's, for people.
func Saved(body []byte, name string, r Request) (Page, error) {
	u, err := ParseURL(r.URL)
	if err != nil {
		return Page{}, err
	}
	if len(body) > DefaultMaxBytes {
		return Page{}, &TooLargeError{URL: name, Limit: DefaultMaxBytes}
	}
	if what := binaryType("", body); what != "" {
		return Page{}, &BinaryError{URL: name, MediaType: what}
	}
	text, charset, err := Decode(body, "", r.Charset)
	if err != nil {
		return Page{}, err
	}
	return Page{URL: u, Status: http.StatusOK, Charset: charset, Body: text}, nil
}
