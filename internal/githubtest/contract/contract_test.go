package contract_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"wtm/internal/githubtest/contract"
)

func TestRequestsAreHeldAgainstTheDescription(t *testing.T) {
	check, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, path, body string
		ok                 bool
	}{
		"a save":              {"PUT", "/repos/me/wtm/contents/state/tokens.age", `{"message":"m","content":"eA=="}`, true},
		"a save at the root":  {"PUT", "/repos/me/wtm/contents/tokens.age", `{"message":"m","content":"eA==","sha":"1"}`, true},
		"without a message":   {"PUT", "/repos/me/wtm/contents/state/tokens.age", `{"content":"eA=="}`, false},
		"a number as content": {"PUT", "/repos/me/wtm/contents/state/tokens.age", `{"message":"m","content":1}`, false},
		"an unknown call":     {"PUT", "/repos/me/wtm/nothing", `{}`, false},
		"another method":      {"DELETE", "/repos/me/wtm/contents/state/tokens.age", ``, false},
		"a secret, no base64": {"PUT", "/repos/me/wtm/actions/secrets/WTM_STATE", `{"encrypted_value":"%%","key_id":"1"}`, false},
		"a ref without sha":   {"POST", "/repos/me/wtm/git/refs", `{"ref":"refs/heads/state"}`, false},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/json")
		if err := check(r, []byte(c.body)); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
