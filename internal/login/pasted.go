package login

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"wtm/internal/kakao"
	"wtm/internal/secret"
)

// Pasted takes the address that the browser was sent to after the login, as a person copies it from the address bar. The
// oauthState is not compared, because it may have been made up by a process that is gone.
func (f Flow) Pasted(ctx context.Context, address string) (kakao.Grant, error) {
	want, err := url.Parse(f.RedirectURI)
	if err != nil || want.Host == "" {
		return kakao.Grant{}, &RedirectURIError{Reason: "is not an address"}
	}
	q, err := parsePasted(address, want)
	if err != nil {
		return kakao.Grant{}, err
	}
	code, err := answer(q)
	if err != nil {
		return kakao.Grant{}, err
	}
	return f.Client.Exchange(ctx, code, f.RedirectURI)
}

// parsePasted returns the query of address if it leads to want.
func parsePasted(address string, want *url.URL) (url.Values, error) {
	address = tidy(address)
	if address == "" {
		return nil, &AddressError{Reason: "it is empty"}
	}
	if !strings.Contains(address, "://") && strings.HasPrefix(address, want.Host) {
		address = want.Scheme + "://" + address // browsers hide the scheme
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		// The cause would quote the address and with it the code.
		return nil, &AddressError{Reason: "it is not a whole address"}
	}
	if !sameAddress(u, want) {
		return nil, &AddressError{Reason: "it does not begin with the redirect URI " + shown(want)}
	}
	return u.Query(), nil
}

// tidy drops what copying adds: white space, also where a terminal broke the line, and quotes around.
func tidy(address string) string {
	address = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, address)
	return strings.Trim(address, "\"'`<>“”‘’")
}

func sameAddress(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) &&
		port(a) == port(b) && path(a) == path(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

func path(u *url.URL) string {
	if u.Path == "" {
		return "/"
	}
	return u.Path
}

func shown(u *url.URL) string { return u.Scheme + "://" + u.Host + u.Path }

// errorName is what OAuth's error parameter looks like (RFC 6749, section 4.1.2.1); anything else is not repeated.
var errorName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

// answer reads Kakao's answer: a code, else a [*DeniedError] for error=, else an [*AddressError].
func answer(q url.Values) (secret.Value, error) {
	if q.Has("error") {
		name := q.Get("error")
		if !errorName.MatchString(name) {
			name = "unknown"
		}
		return "", &DeniedError{Name: name}
	}
	if code := q.Get("code"); code != "" {
		return secret.Value(code), nil
	}
	return "", &AddressError{Reason: "it has no code= in it, so it is not yet the address after the login"}
}
