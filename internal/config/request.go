package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"wtm/internal/compose"
	"wtm/internal/scrape"
)

// requestKeys are those of a request, which stand in a source and in its login.
var requestKeys = []string{"url", "method", "query", "headers", "form", "cookies", "auth"}

// request reads what is asked of a site.
func (m mapping) request() Request {
	m.require("url")
	q := Request{
		Method:  value(m, "method", "", choice(map[string]string{"GET": "GET", "POST": "POST"}, "GET", "POST")),
		URL:     value(m, "url", compose.Template{}, address),
		Query:   m.environmentValues("query"),
		Header:  m.environmentValues("headers"),
		Form:    m.environmentValues("form"),
		Cookies: m.environmentValues("cookies"),
	}
	if n := m.entries["auth"]; n != nil {
		auth := m.mapping(n, "auth", "user", "password")
		if n.Kind == yaml.MappingNode {
			auth.require("user", "password")
		}
		secret := func(text string) (Value, error) { return parseValue(text, m.getenv) }
		q.User, q.Password = value(auth, "user", Value{}, secret), value(auth, "password", Value{}, secret)
	}
	if q.Method == "GET" && len(q.Form) > 0 {
		m.errorf(m.entries["form"], "form: a GET has no form; name it query, or leave out method")
	}
	return q
}

// login reads the request that logs in.
func (r *reader) login(n *yaml.Node) *Request {
	m := r.mapping(n, "login", requestKeys...)
	if n.Kind != yaml.MappingNode {
		return nil
	}
	return new(m.request())
}

// checkRender refuses what a source cannot have with `render: chrome`, or without it.
func (m mapping) checkRender(method string) {
	refuse := func(key, why string) {
		if n := m.entries[key]; n != nil {
			m.errorf(n, "%s: %s", key, why)
		}
	}
	if !m.has("render") {
		refuse("wait", "only Chrome can wait for a part of a page; want render: chrome beside it")
		return
	}
	if method == "POST" {
		refuse("method", "with render: chrome a page is opened by its address, as a GET")
	}
	refuse("form", "with render: chrome a page is opened by its address; name it query, or log in by login")
	refuse("charset", "Chrome finds out a page's charset by itself; leave it out beside render: chrome")
	for _, kind := range []string{"feed", "json"} {
		refuse(kind, "render: chrome is for pages that people look at; want html, table or text beside it, or no render")
	}
}

// styleSelector parses a selector for a browser, which has no other kind for this.
func styleSelector(text string) (string, error) {
	s, err := scrape.ParseSelector(text)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(s.String(), "xpath:") {
		return "", errors.New("an XPath cannot be waited for; want a CSS selector such as table.menu td")
	}
	return s.String(), nil
}

// maxPages bounds `pages: {most}`: a site should not notice wtm.
const maxPages = 20

// pages reads `pages: {next: SELECTOR, most: N}`.
func (r *reader) pages(n *yaml.Node) (scrape.Selector, int) {
	m := r.mapping(n, "pages", "next", "most")
	if n.Kind != yaml.MappingNode {
		return scrape.Selector{}, 0
	}
	m.require("next", "most")
	return value(m, "next", scrape.Selector{}, scrape.ParseSelector), value(m, "most", 0, number(2, maxPages))
}

// detail reads `detail: {link: FIELD, fields: {…}}`.
func (r *reader) detail(n *yaml.Node, items fieldsOf) *Detail {
	m := r.mapping(n, "detail", "link", "fields")
	if n.Kind != yaml.MappingNode {
		return nil
	}
	m.require("fields")
	d := &Detail{Link: value(m, "link", "link", items.parse)}
	if _, err := items.parse(d.Link); err != nil && !m.has("link") {
		m.errorf(n, "detail: %v, which it would follow; name another by link", err)
	}
	if fields := m.entries["fields"]; fields != nil {
		for name, f := range r.pairs(fields, "fields") {
			if slices.Contains(items.names, name.Value) {
				r.errorf(name, "detail: the items have a field %q already", name.Value)
			}
			d.Fields = append(d.Fields, r.field(name.Value, f))
		}
	}
	return d
}

// address parses the template of an absolute web address.
func address(text string) (compose.Template, error) {
	if found := variableForm.FindString(text); found != "" {
		return compose.Template{}, fmt.Errorf("%s stands for nothing here; want it in query, headers, cookies, form or auth, where it is a secret", found)
	}
	t, err := compose.ParseTemplate(text)
	if err != nil {
		return t, err
	}
	filled, err := t.Execute(compose.Data{Slot: trialTime})
	if err != nil {
		return t, err
	}
	return t, absolute(filled)
}

// fixedLink parses an absolute address that is no template.
func fixedLink(text string) (string, error) { return text, absolute(text) }

// linkBase parses an address that others are put behind.
func linkBase(text string) (string, error) {
	if absolute(text) != nil || !strings.ContainsAny(text[len(text)-1:], "=/?#") {
		return "", errors.New("other addresses are put behind it: want an http or https address that ends in =, ?, / or #, such as https://me.github.io/go?to=")
	}
	return text, nil
}

// absolute refuses what is not an absolute web address. The address is not shown where it may hold a password.
func absolute(text string) error {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errors.New("this is not an absolute http or https address: want one such as https://example.ac.kr/menu")
	}
	return nil
}
