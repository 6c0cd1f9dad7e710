package kakaotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// guard records each request, serves ordered faults, and checks the form of what comes in.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, Request{r.Method, r.URL.Path})
		n := len(s.requests)
		fault, ordered := s.nextFault(r.URL.Path)
		s.mu.Unlock()
		s.hook(n, "before", r.URL.Path)
		if s.Latency > 0 {
			time.Sleep(s.Latency)
		}
		if r.Method == http.MethodPost {
			want := "application/x-www-form-urlencoded"
			if r.URL.Path == uploadPath {
				want = "multipart/form-data"
			}
			if got := r.Header.Get("Content-Type"); !strings.HasPrefix(got, want) {
				s.problem("%s came as %q and not as a form", r.URL.Path, got)
			}
		}
		if len(r.URL.Query()) > 0 && strings.Contains(r.URL.RawQuery, "token") {
			s.problem("%s carries a token in its address", r.URL.Path)
		}
		if !ordered {
			next.ServeHTTP(w, r)
			s.hook(n, "after", r.URL.Path)
			return
		}
		s.serveFault(w, r, fault, next)
		s.hook(n, "after", r.URL.Path)
	})
}

func (s *Server) hook(n int, phase, path string) {
	if s.OnRequest != nil {
		s.OnRequest(n, phase, path)
	}
}

// nextFault takes the fault whose turn it is. The caller holds the lock.
func (s *Server) nextFault(path string) (Fault, bool) {
	queue := s.faults[path]
	if len(queue) == 0 {
		return Fault{}, false
	}
	f := queue[0]
	if f.Times > 0 {
		queue[0].Times--
		if queue[0].Times == 0 {
			s.faults[path] = queue[1:]
		}
	}
	return f, true
}

func (s *Server) serveFault(w http.ResponseWriter, r *http.Request, f Fault, next http.Handler) {
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
		}
	}
	switch {
	case f.DropBefore:
		panic(http.ErrAbortHandler)
	case f.DropAfter:
		next.ServeHTTP(discard{}, r)
		panic(http.ErrAbortHandler)
	case f.Status == 0:
		next.ServeHTTP(w, r)
	case strings.HasPrefix(f.Body, "<"):
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Status)
		fmt.Fprint(w, f.Body)
	default:
		s.status(w, f.Status)
		fmt.Fprint(w, f.Body)
	}
}

// discard is where an answer goes that nobody hears.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

func (s *Server) status(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer error=invalid_token")
	}
	w.WriteHeader(status)
}

// answer writes a JSON object with a key no client knows, its keys forwards and backwards in turn: both occur.
func (s *Server) answer(w http.ResponseWriter, status int, fields map[string]any) {
	s.mu.Lock()
	s.serial++
	backwards := s.serial%2 == 0
	s.mu.Unlock()
	fields["x_unknown"] = "ignore me"
	keys := slices.Sorted(maps.Keys(fields))
	if backwards {
		slices.Reverse(keys)
	}
	var body bytes.Buffer
	for i, key := range keys {
		body.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		name, _ := json.Marshal(key)
		value, err := json.Marshal(fields[key])
		if err != nil {
			panic(err) // the fake's own values always encode
		}
		body.Write(name)
		body.WriteByte(':')
		body.Write(value)
	}
	body.WriteByte('}')
	s.status(w, status)
	w.Write(body.Bytes())
}

func (s *Server) refuse(w http.ResponseWriter, status, code int, msg string) {
	s.answer(w, status, map[string]any{"code": code, "msg": msg})
}

func (s *Server) refuseOAuth(w http.ResponseWriter, status int, word, code, description string) {
	s.answer(w, status, map[string]any{"error": word, "error_code": code, "error_description": description})
}
