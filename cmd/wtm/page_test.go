package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// pageServer is the site with the meal table.
type pageServer struct {
	*httptest.Server
	mu         sync.Mutex
	mode, body string
	// onRequest, when set, is called with phase "before" and "after" each answer.
	onRequest func(phase string)
}

const menu = `<table><tr><th></th><th>월 11/23</th><th>화 11/24</th><th>수 11/25</th></tr>` +
	`<tr><th>점심</th><td>쌀밥 국</td><td>미운영</td><td></td></tr></table>`

func newPageServer() *pageServer {
	p := &pageServer{body: menu}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		mode, body, onRequest := p.mode, p.body, p.onRequest
		p.mu.Unlock()
		if onRequest != nil {
			onRequest("before")
			defer onRequest("after")
		}
		switch mode {
		case "huge":
			for chunk := []byte(strings.Repeat("<p>밥</p>", 10_000)); r.Context().Err() == nil; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "loop":
			http.Redirect(w, r, "/menu?again", http.StatusFound)
		case "missing":
			http.NotFound(w, r)
		case "empty":
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, body)
		}
	}))
	return p
}

// hear has f called around each request from now on.
func (p *pageServer) hear(f func(phase string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.onRequest = f
}
