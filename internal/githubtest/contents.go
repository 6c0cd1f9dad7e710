package githubtest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// inlineLimit is the size above which the Contents API leaves the content out
// (https://docs.github.com/en/rest/repos/contents, "If the file is larger than 1 MB").
const inlineLimit = 1 << 20

// readFile is GET /repos/{owner}/{repo}/contents/{path}.
func (s *Server) readFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	branch := r.URL.Query().Get("ref")
	if branch == "" {
		branch = s.DefaultBranch
	}
	head, ok := s.branches[branch]
	if !ok {
		s.refuse(w, http.StatusNotFound, "No commit found for the ref "+branch)
		return
	}
	sha, ok := s.trees[s.commits[head].tree][r.PathValue("path")]
	if !ok {
		s.refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	data := s.blobs[sha]
	file := map[string]any{"type": "file", "size": len(data), "name": r.PathValue("path"), "path": r.PathValue("path"), "sha": sha,
		"encoding": "base64", "content": wrapped(data)}
	if len(data) > inlineLimit {
		file["encoding"], file["content"] = "none", ""
	}
	s.answer(w, http.StatusOK, file)
}

// wrapped is base64 as the real API writes it, in lines.
func wrapped(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var out strings.Builder
	for chunk := range slices.Chunk([]byte(text), 60) {
		out.Write(chunk)
		out.WriteByte('\n')
	}
	return out.String()
}

// writeFile is PUT /repos/{owner}/{repo}/contents/{path}, with the answers measured on the real API
// (https://github.com/pome-sh/digital-twins/pull/400).
func (s *Server) writeFile(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Message, Content, SHA, Branch string
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		s.refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	data, err := base64.StdEncoding.DecodeString(in.Content)
	if err != nil || in.Message == "" {
		s.refuse(w, http.StatusUnprocessableEntity, "Invalid request.")
		return
	}
	if in.Branch == "" {
		in.Branch = s.DefaultBranch
	}
	path := r.PathValue("path")
	s.mu.Lock()
	defer s.mu.Unlock()
	head, ok := s.branches[in.Branch]
	if !ok {
		s.refuse(w, http.StatusNotFound, "Branch "+in.Branch+" not found")
		return
	}
	if slices.Contains(s.Protected, in.Branch) {
		s.refuse(w, http.StatusConflict, "Repository rule violations found\n\nChanges must be made through a pull request.\n\n")
		return
	}
	old, exists := s.trees[s.commits[head].tree][path]
	switch {
	case exists && in.SHA == "":
		s.refuse(w, http.StatusUnprocessableEntity, "Invalid request.\n\n\"sha\" wasn't supplied.")
		return
	case exists && in.SHA != old:
		s.refuse(w, http.StatusConflict, path+" does not match "+in.SHA)
		return
	}
	status := http.StatusOK
	if !exists {
		status = http.StatusCreated
	}
	made := s.commitFile(in.Branch, path, data, in.Message)
	s.answer(w, status, map[string]any{
		"content": map[string]any{"type": "file", "path": path, "sha": s.trees[s.commits[made].tree][path], "size": len(data)},
		"commit":  map[string]any{"sha": made, "message": in.Message},
	})
}
