package kakaotest_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao/kakaotest"
)

// ask posts a form without wtm's client, which would not break a rule.
func ask(t *testing.T, address, contentType, token string, form url.Values) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

const formType = "application/x-www-form-urlencoded"

func TestTheFakeKeepsKakaosRules(t *testing.T) {
	s := kakaotest.New()
	defer s.Close()
	s.AddAccessToken("access", s.Now().Add(time.Hour))
	send := s.URL + "/v2/api/talk/memo/default/send"
	token := url.Values{"client_id": {s.ClientID}, "client_secret": {s.ClientSecret}, "grant_type": {"refresh_token"}, "refresh_token": {"refresh"}}
	without := func(key string) url.Values {
		form := url.Values{}
		maps.Copy(form, token)
		form.Del(key)
		return form
	}
	object := func(text string) url.Values {
		return url.Values{"template_object": {`{"object_type":"text","text":"` + text + `","link":{"web_url":"https://example.com/"}}`}}
	}
	for name, c := range map[string]struct {
		address, token string
		form           url.Values
		status         int
		body           string
	}{
		"no client secret":     {s.URL + "/oauth/token", "", without("client_secret"), 401, "KOE010"},
		"another key":          {s.URL + "/oauth/token", "", without("client_id"), 401, "KOE101"},
		"no grant type":        {s.URL + "/oauth/token", "", without("grant_type"), 400, "KOE310"},
		"no refresh token":     {s.URL + "/oauth/token", "", without("refresh_token"), 400, "KOE319"},
		"unknown token":        {s.URL + "/oauth/token", "", token, 400, "KOE322"},
		"no bearer token":      {send, "", object("밥"), 401, "-401"},
		"unknown access token": {send, "other", object("밥"), 401, "-401"},
		"a text too long":      {send, "access", object(strings.Repeat("밥", 201)), 400, "-2"},
		"no template":          {send, "access", nil, 400, "-2"},
		"an unknown call":      {s.URL + "/v9/nothing", "access", nil, 404, "unknown path"},
	} {
		status, body := ask(t, c.address, formType, c.token, c.form)
		if status != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%s: HTTP %d %s, want %d with %s", name, status, body, c.status, c.body)
		}
	}
	if len(s.Problems()) == 0 {
		t.Error("none of that is noted as a problem")
	}
	if len(s.Delivered()) != 0 {
		t.Errorf("delivered %v", s.Delivered())
	}
}

func TestTheFakeLimitsIssuedTokens(t *testing.T) {
	s := kakaotest.New()
	defer s.Close()
	s.AddRefreshToken("refresh", s.Now().Add(50*24*time.Hour))
	form := url.Values{"client_id": {s.ClientID}, "client_secret": {s.ClientSecret}, "grant_type": {"refresh_token"}, "refresh_token": {"refresh"}}
	var status int
	for range 21 {
		status, _ = ask(t, s.URL+"/oauth/token", formType, "", form)
	}
	if status != http.StatusBadRequest {
		t.Errorf("the 21st token within ten minutes: HTTP %d", status)
	}
	s.Advance(11 * time.Minute)
	if status, body := ask(t, s.URL+"/oauth/token", formType, "", form); status != http.StatusOK {
		t.Errorf("eleven minutes later: HTTP %d %s", status, body)
	}
}

func TestTheFakesClockAgesTokens(t *testing.T) {
	s := kakaotest.New()
	defer s.Close()
	s.AddAccessToken("access", s.Now().Add(time.Hour))
	s.AddRefreshToken("refresh", s.Now().Add(time.Hour))
	s.Advance(2 * time.Hour)
	if status, body := ask(t, s.URL+"/v2/user/me", formType, "access", nil); status != 401 || !strings.Contains(body, "-401") {
		t.Errorf("HTTP %d %s", status, body)
	}
	if live := s.LiveRefreshTokens(); len(live) != 0 {
		t.Errorf("live tokens %v", live)
	}
}

func TestTheFakeNotesWhatIsNoForm(t *testing.T) {
	s := kakaotest.New()
	defer s.Close()
	ask(t, s.URL+"/oauth/token", "application/json", "", nil)
	ask(t, s.URL+"/oauth/token?refresh_token=x", formType, "", nil)
	if got := len(s.Problems()); got != 2 {
		t.Errorf("%d problems: %v", got, s.Problems())
	}
}
