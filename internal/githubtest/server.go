// Package githubtest is a strict fake of the GitHub calls that wtm makes, on loopback.
//
// It holds one repository: branches of commits, files with git's own blob names, secrets sealed to a real key pair, and
// workflows. It answers with the statuses that were measured on the real API, refuses what the token may not do, and
// serves faults in the order a test wants. What breaks the rules of the wire is kept as a problem.
package githubtest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/nacl/box"
)

// Server is the fake. Set its fields before the first request, or by [Server.Change].
type Server struct {
	// URL is the base of the API.
	URL string
	// Owner, Repo and DefaultBranch name the repository.
	Owner, Repo, DefaultBranch string
	// Token is the token of the workflow, SecretsToken one that may also write secrets.
	Token, SecretsToken string
	// Private is what the repository says of itself.
	Private bool
	// ReadOnly takes the contents: write permission away, NoActions the actions: write permission.
	ReadOnly, NoActions bool
	// Protected are branches whose rules refuse a direct commit.
	Protected []string
	// Clock dates commits.
	Clock func() time.Time
	// Check, when set, sees every request with its body before it is answered; an error becomes a problem.
	Check func(r *http.Request, body []byte) error
	// OnRequest, when set, is called with phase "before" and "after" the effect of each request.
	OnRequest func(n int, phase, call string)

	http       *httptest.Server
	publicKey  *[32]byte
	privateKey *[32]byte

	mu       sync.Mutex
	branches map[string]string // branch to commit
	commits  map[string]commit
	trees    map[string]map[string]string // tree to path to blob
	blobs    map[string][]byte
	secrets  map[string]string
	enabled  map[string]int // workflow file to how often it was enabled
	faults   map[string][]Fault
	calls    []string
	problems []string
	serial   int
}

type commit struct {
	tree, message string
	parents       []string
	date          time.Time
}

// New starts a fake with an empty repository me/wtm, whose default branch has one commit. Close it.
func New() *Server {
	public, private, err := box.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	s := &Server{
		Owner: "me", Repo: "wtm", DefaultBranch: "main", Token: "fake-github-token-0123456789", SecretsToken: "fake-secrets-token-0123456789",
		Clock: time.Now, publicKey: public, privateKey: private,
		branches: map[string]string{}, commits: map[string]commit{}, trees: map[string]map[string]string{}, blobs: map[string][]byte{},
		secrets: map[string]string{}, enabled: map[string]int{}, faults: map[string][]Fault{},
	}
	s.branches["main"] = s.addCommit(s.addTree(map[string]string{"README.md": s.addBlob([]byte("a fork\n"))}), "first", nil)
	mux := http.NewServeMux()
	const repo = "/repos/{owner}/{repo}"
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET " + repo:                                      s.repository,
		"GET " + repo + "/commits":                         s.listCommits,
		"GET " + repo + "/contents/{path...}":              s.readFile,
		"PUT " + repo + "/contents/{path...}":              s.writeFile,
		"GET " + repo + "/git/blobs/{sha}":                 s.readBlob,
		"POST " + repo + "/git/blobs":                      s.createBlob,
		"POST " + repo + "/git/trees":                      s.createTree,
		"POST " + repo + "/git/commits":                    s.createCommit,
		"POST " + repo + "/git/refs":                       s.createRef,
		"GET " + repo + "/actions/secrets/public-key":      s.secretKey,
		"PUT " + repo + "/actions/secrets/{name}":          s.writeSecret,
		"PUT " + repo + "/actions/workflows/{file}/enable": s.enable,
	} {
		mux.Handle(pattern, s.guard(handle))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem("there is no call %s %s", r.Method, r.URL.Path)
		s.refuse(w, http.StatusNotFound, "Not Found")
	})
	s.http = httptest.NewServer(mux)
	s.URL = s.http.URL
	return s
}

// Close stops the fake.
func (s *Server) Close() { s.http.CloseClientConnections(); s.http.Close() }

// Change edits the fields while requests may come in.
func (s *Server) Change(edit func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit(s)
}

// Calls returns the calls made, in order, each by its method and the first word after the repository.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Problems returns what clients did against the rules of the wire.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// File returns a file of a branch, nil when there is none.
func (s *Server) File(branch, path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blobs[s.trees[s.commits[s.branches[branch]].tree][path]]
}

// Put commits a file to a branch, as somebody else would. The branch is made when it is not there.
func (s *Server) Put(branch, path string, data []byte, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commitFile(branch, path, data, message)
}

// DeleteBranch removes a branch.
func (s *Server) DeleteBranch(branch string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.branches, branch)
}

// Messages returns the messages of a branch's commits, newest first.
func (s *Server) Messages(branch string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, sha := range s.history(branch) {
		all = append(all, s.commits[sha].message)
	}
	return all
}

// Secret opens what was written into a secret, empty when nothing was.
func (s *Server) Secret(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[name]
}

// Enabled returns how often a workflow was enabled.
func (s *Server) Enabled(file string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enabled[file]
}

// call names a request for faults: its method and the first word after the repository, or "repo".
func call(r *http.Request) string {
	words := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	name := "repo"
	if len(words) > 3 {
		name = words[3]
	}
	if len(words) > 4 && (name == "git" || name == "actions") {
		name = words[4]
	}
	return r.Method + " " + name
}

// guard records each call, checks its form and its token, and serves ordered faults.
func (s *Server) guard(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		name := call(r)
		s.mu.Lock()
		s.calls = append(s.calls, name)
		n := len(s.calls)
		fault, ordered := s.nextFault(name)
		s.mu.Unlock()
		if s.Check != nil {
			if err := s.Check(r, body); err != nil {
				s.problem("%s: %v", name, err)
			}
		}
		s.hook(n, "before", name)
		defer s.hook(n, "after", name)
		switch {
		case ordered && fault.DropBefore:
			panic(http.ErrAbortHandler)
		case ordered && fault.DropAfter:
			s.allowed(next)(discard{}, r)
			panic(http.ErrAbortHandler)
		case ordered:
			for key, value := range fault.Header {
				w.Header().Set(key, value)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(fault.Status)
			fmt.Fprint(w, fault.Body)
		default:
			s.allowed(next)(w, r)
		}
	})
}

func (s *Server) hook(n int, phase, name string) {
	if s.OnRequest != nil {
		s.OnRequest(n, phase, name)
	}
}

// allowed checks who asks, for which repository, and whether the token may do it.
func (s *Server) allowed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		name := call(r)
		s.mu.Lock()
		readOnly, noActions, known := s.ReadOnly, s.NoActions, token == s.Token || token == s.SecretsToken
		s.mu.Unlock()
		const forbidden = "Resource not accessible by integration"
		switch {
		case !known:
			s.refuse(w, http.StatusUnauthorized, "Bad credentials")
		case r.PathValue("owner") != s.Owner || r.PathValue("repo") != s.Repo:
			s.refuse(w, http.StatusNotFound, "Not Found")
		case strings.HasSuffix(name, " secrets") && token != s.SecretsToken:
			s.refuse(w, http.StatusForbidden, forbidden)
		case strings.HasSuffix(name, " workflows") && noActions:
			s.refuse(w, http.StatusForbidden, forbidden)
		case r.Method != http.MethodGet && readOnly && !strings.HasPrefix(r.URL.Path, "/repos/"+s.Owner+"/"+s.Repo+"/actions"):
			s.refuse(w, http.StatusForbidden, forbidden)
		default:
			next(w, r)
		}
	}
}

func (s *Server) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *Server) answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil && status < 300 {
		panic(err) // the fake's own values always encode
	}
}

func (s *Server) refuse(w http.ResponseWriter, status int, message string) {
	s.answer(w, status, map[string]any{"message": message, "documentation_url": "https://docs.github.com/rest"})
}

// discard is where an answer goes that nobody hears.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
