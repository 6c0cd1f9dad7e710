package githubtest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"

	"golang.org/x/crypto/nacl/box"
)

// keyID names the repository's public key.
const keyID = "568250167242549743"

// secretKey is GET /repos/{owner}/{repo}/actions/secrets/public-key.
func (s *Server) secretKey(w http.ResponseWriter, _ *http.Request) {
	s.answer(w, http.StatusOK, map[string]any{"key_id": keyID, "key": base64.StdEncoding.EncodeToString(s.publicKey[:])})
}

// secretName is what a secret may be called (https://docs.github.com/en/actions/reference/security/secrets).
var secretName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// writeSecret is PUT /repos/{owner}/{repo}/actions/secrets/{name}: what cannot be opened with the key is refused.
func (s *Server) writeSecret(w http.ResponseWriter, r *http.Request) {
	var in struct {
		EncryptedValue string `json:"encrypted_value"`
		KeyID          string `json:"key_id"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		s.refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	sealed, err := base64.StdEncoding.DecodeString(in.EncryptedValue)
	plain, ok := box.OpenAnonymous(nil, sealed, s.publicKey, s.privateKey)
	name := r.PathValue("name")
	const limit = 48 << 10
	if err != nil || !ok || in.KeyID != keyID || !secretName.MatchString(name) || len(plain) > limit {
		s.refuse(w, http.StatusUnprocessableEntity, "Bad request - the secret is not sealed to the repository's key, or too large")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, exists := s.secrets[name]
	s.secrets[name] = string(plain)
	if exists {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.answer(w, http.StatusCreated, map[string]any{})
}

// enable is PUT /repos/{owner}/{repo}/actions/workflows/{file}/enable.
func (s *Server) enable(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enabled[r.PathValue("file")]++
	w.WriteHeader(http.StatusNoContent)
}
