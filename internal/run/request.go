package run

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/fetch"
)

// newRequest fills the templates of a request with the slot's date.
func newRequest(q config.Request, data compose.Data) (fetch.Request, error) {
	r := fetch.Request{Method: q.Method, Header: http.Header{}}
	var err error
	if r.URL, err = q.URL.Execute(data); err != nil {
		return r, fmt.Errorf("filling in the url: %w", err)
	}
	data.Source.URL = r.URL
	headers, err := filled("header", q.Header, data)
	if err != nil {
		return r, err
	}
	for name, text := range headers {
		r.Header.Set(name, text)
	}
	cookies, err := filled("cookie", q.Cookies, data)
	if err != nil {
		return r, err
	}
	for _, name := range slices.Sorted(maps.Keys(cookies)) {
		r.Header.Add("Cookie", (&http.Cookie{Name: name, Value: cookies[name]}).String())
	}
	if err := authorize(&r, q, data); err != nil {
		return r, err
	}
	form, err := filled("form field", q.Form, data)
	if err != nil {
		return r, err
	}
	if len(form) > 0 {
		r.Form = values(form)
	}
	query, err := filled("query", q.Query, data)
	if err != nil || len(query) == 0 {
		return r, err
	}
	joint := "?"
	if strings.Contains(r.URL, "?") {
		joint = "&"
	}
	address, fragment, _ := strings.Cut(r.URL, "#")
	r.URL = strings.TrimRight(address, "?&") + joint + values(query).Encode()
	if fragment != "" {
		r.URL += "#" + fragment
	}
	return r, nil
}

// authorize sets HTTP's basic authentication (RFC 7617).
func authorize(r *fetch.Request, q config.Request, data compose.Data) error {
	if q.User.IsZero() {
		return nil
	}
	user, err := q.User.Execute(data)
	if err != nil {
		return fmt.Errorf("filling in the user: %w", err)
	}
	password, err := q.Password.Execute(data)
	if err != nil {
		return fmt.Errorf("filling in the password: %w", err)
	}
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	return nil
}

// filled fills the templates of named values.
func filled(what string, all map[string]config.Value, data compose.Data) (map[string]string, error) {
	texts := map[string]string{}
	for name, value := range all {
		text, err := value.Execute(data)
		if err != nil {
			return nil, fmt.Errorf("filling in the %s %s: %w", what, name, err)
		}
		texts[name] = text
	}
	return texts, nil
}

func values(texts map[string]string) url.Values {
	v := url.Values{}
	for name, text := range texts {
		v.Set(name, text)
	}
	return v
}
