package scrape

import (
	"bytes"
	"errors"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// UnavailableError is a page that a site shows in place of the one that was asked for.
type UnavailableError struct {
	// Blocked tells a refusal of programs or networks from maintenance.
	Blocked bool
	// Err is what was not found because of it.
	Err error
}

func (e *UnavailableError) Error() string {
	if e.Blocked {
		return "the site shows a refusal in place of the page"
	}
	return "the site says that it is under maintenance"
}

// Unwrap returns what was not found.
func (e *UnavailableError) Unwrap() error { return e.Err }

// Hint says how to go on.
func (e *UnavailableError) Hint() string {
	if e.Blocked {
		return "open the page in a private browser window; if it shows there, the site refuses programs or foreign addresses: run wtm from a network in Korea, or set `headers:` as the site asks"
	}
	return "open the page in a browser; the next run tries again by itself"
}

// longestNotice bounds the text of a page that is only a notice: a whole page may mention maintenance, too.
const longestNotice = 1500

var (
	maintenance = regexp.MustCompile(`(?i)점검\s*중|(서비스|시스템|정기|서버)\s*점검|under maintenance|service unavailable`)
	refusal     = regexp.MustCompile(`(?i)captcha|자동\s*(등록|입력)\s*방지|비정상적인 (접근|요청)|접근이 (차단|제한)|해외.{0,12}(차단|제한)|access denied|just a moment|are you a (human|robot)|robot check`)
)

// diagnose looks for the reason why something was not found: a short page that says it itself.
func diagnose(err error, body []byte) error {
	notFound := errors.As(err, new(*NoMatchError)) || errors.As(err, new(*NotFoundError)) || errors.As(err, new(*FormatError)) || errors.As(err, new(*ExpectError))
	if !notFound {
		return err
	}
	doc, parseErr := html.Parse(bytes.NewReader(body))
	if parseErr != nil {
		return err
	}
	text := textOf(doc)
	if utf8.RuneCountInString(text) > longestNotice {
		return err
	}
	switch title := titleOf(doc); {
	case refusal.MatchString(text), refusal.MatchString(title):
		return &UnavailableError{Blocked: true, Err: err}
	case maintenance.MatchString(text), maintenance.MatchString(title):
		return &UnavailableError{Err: err}
	}
	return err
}

var titleElement = mustSelector("head > title")

// titleOf returns the page's title, which [textOf] leaves out.
func titleOf(doc *html.Node) string {
	for _, n := range titleElement.all(doc) {
		if n.FirstChild != nil {
			return fold(n.FirstChild.Data)
		}
	}
	return ""
}
