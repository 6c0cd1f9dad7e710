package githubtest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// readBlob is GET /repos/{owner}/{repo}/git/blobs/{sha}, in its raw form when asked.
func (s *Server) readBlob(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.blobs[r.PathValue("sha")]
	if !ok {
		s.refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	if strings.Contains(r.Header.Get("Accept"), "raw") {
		w.Write(data)
		return
	}
	s.answer(w, http.StatusOK, map[string]any{"sha": r.PathValue("sha"), "size": len(data), "encoding": "base64", "content": wrapped(data)})
}

// createBlob is POST /repos/{owner}/{repo}/git/blobs.
func (s *Server) createBlob(w http.ResponseWriter, r *http.Request) {
	var in struct{ Content, Encoding string }
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		s.refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	data := []byte(in.Content)
	if in.Encoding == "base64" {
		var err error
		if data, err = base64.StdEncoding.DecodeString(in.Content); err != nil {
			s.refuse(w, http.StatusUnprocessableEntity, "content is not valid Base64")
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer(w, http.StatusCreated, map[string]any{"sha": s.addBlob(data), "url": s.URL})
}

// createTree is POST /repos/{owner}/{repo}/git/trees, with paths that may lead into folders.
func (s *Server) createTree(w http.ResponseWriter, r *http.Request) {
	var in struct {
		BaseTree string `json:"base_tree"`
		Tree     []struct{ Path, Mode, Type, SHA, Content string }
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.BaseTree != "" {
		s.refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	files := map[string]string{}
	for _, e := range in.Tree {
		sha := e.SHA
		if sha == "" {
			sha = s.addBlob([]byte(e.Content))
		}
		if _, ok := s.blobs[sha]; !ok || e.Path == "" || e.Mode != "100644" {
			s.refuse(w, http.StatusUnprocessableEntity, "tree."+e.Path+" is not valid")
			return
		}
		files[e.Path] = sha
	}
	s.answer(w, http.StatusCreated, map[string]any{"sha": s.addTree(files), "tree": []any{}, "truncated": false})
}

// createCommit is POST /repos/{owner}/{repo}/git/commits.
func (s *Server) createCommit(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Message, Tree string
		Parents       []string
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		s.refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.trees[in.Tree]; !ok || in.Message == "" {
		s.refuse(w, http.StatusUnprocessableEntity, "Tree SHA does not exist")
		return
	}
	s.answer(w, http.StatusCreated, map[string]any{"sha": s.addCommit(in.Tree, in.Message, in.Parents), "message": in.Message})
}

// createRef is POST /repos/{owner}/{repo}/git/refs.
func (s *Server) createRef(w http.ResponseWriter, r *http.Request) {
	var in struct{ Ref, SHA string }
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		s.refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	branch, ok := strings.CutPrefix(in.Ref, "refs/heads/")
	s.mu.Lock()
	defer s.mu.Unlock()
	_, exists := s.branches[branch]
	_, known := s.commits[in.SHA]
	switch {
	case !ok || branch == "":
		s.refuse(w, http.StatusUnprocessableEntity, "Reference name must start with 'refs/heads/'")
	case exists:
		s.refuse(w, http.StatusUnprocessableEntity, "Reference already exists")
	case !known:
		s.refuse(w, http.StatusUnprocessableEntity, "Object does not exist")
	default:
		s.branches[branch] = in.SHA
		s.answer(w, http.StatusCreated, map[string]any{"ref": in.Ref, "object": map[string]any{"sha": in.SHA, "type": "commit"}})
	}
}

// repository is GET /repos/{owner}/{repo}.
func (s *Server) repository(w http.ResponseWriter, _ *http.Request) {
	s.answer(w, http.StatusOK, map[string]any{"name": s.Repo, "full_name": s.Owner + "/" + s.Repo, "private": s.Private, "default_branch": s.DefaultBranch})
}

// listCommits is GET /repos/{owner}/{repo}/commits.
func (s *Server) listCommits(w http.ResponseWriter, r *http.Request) {
	branch := r.URL.Query().Get("sha")
	if branch == "" {
		branch = s.DefaultBranch
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []any
	for _, sha := range s.history(branch) {
		date := s.commits[sha].date.UTC().Format(time.RFC3339)
		all = append(all, map[string]any{"sha": sha, "commit": map[string]any{"message": s.commits[sha].message, "committer": map[string]any{"date": date}}})
	}
	s.answer(w, http.StatusOK, all[:min(len(all), 30)])
}
