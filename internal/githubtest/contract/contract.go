// Package contract checks requests against GitHub's own OpenAPI description, for tests.
//
// openapi.json is a cut of npm @octokit/openapi 23.0.2 to the operations that wtm uses: their requests and what these
// refer to, without answers, examples and prose.
package contract

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed openapi.json
var description []byte

// server is what the description's paths are relative to.
const server = "https://api.github.com"

// New returns a check of requests: the call has to be described, and path, query, headers and body have to fit.
func New() (func(r *http.Request, body []byte) error, error) {
	doc, err := openapi3.NewLoader().LoadFromData(description)
	if err != nil {
		return nil, fmt.Errorf("reading openapi.json: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: server}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("routing openapi.json: %w", err)
	}
	return func(r *http.Request, body []byte) error { return check(router, r, body) }, nil
}

func check(router routers.Router, r *http.Request, body []byte) error {
	asked := r.Clone(r.Context())
	address, err := url.Parse(server + r.URL.RequestURI())
	if err != nil {
		return err
	}
	asked.URL, asked.Host = address, address.Host
	asked.Body = io.NopCloser(bytes.NewReader(body))
	route, parameters, err := router.FindRoute(asked)
	if err != nil {
		return fmt.Errorf("GitHub describes no call %s %s: %w", r.Method, r.URL.Path, err)
	}
	return openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: asked, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
}
