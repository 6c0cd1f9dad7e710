package kakaotest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheFakesUsersHaveTheirOwnTokensFriendsAndChats(t *testing.T) {
	s := newServer(t)
	other := s.AddUser("other")
	s.AddRefreshTokenFor(other, "refresh-other", s.Now().Add(24*time.Hour))
	s.AddFriendFor(other, "f0", "")
	grant := func(form url.Values) string {
		form.Set("client_id", s.ClientID)
		form.Set("client_secret", s.ClientSecret)
		_, body := ask(t, s.URL+"/oauth/token", formType, "", form)
		var answer struct {
			Access string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Access == "" {
			t.Fatalf("%s: %v", body, err)
		}
		return answer.Access
	}
	for name, token := range map[string]string{
		"refreshed": grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"refresh-other"}}),
		"exchanged": grant(url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {"http://localhost/"}, "code": {s.IssueCodeFor(other, "http://localhost/")}}),
	} {
		if _, body := ask(t, s.URL+"/v2/user/me", formType, token, nil); !strings.Contains(body, `"other"`) {
			t.Errorf("%s: me is %s", name, body)
		}
		ask(t, s.URL+memoPath+"scrap/send", formType, token, url.Values{"request_url": {"https://a.kr/"}})
		if status, body := send(t, s, token, "f0"); status != http.StatusOK {
			t.Errorf("%s: HTTP %d %s", name, status, body)
		}
	}
	if status, _ := send(t, s, "access", "f0"); status == http.StatusOK {
		t.Error("a friend of the other one got a message")
	}
	var got []string
	for _, d := range s.Delivered() {
		got = append(got, d.From+" > "+d.To)
	}
	if diff := cmp.Diff([]string{"other > me", "other > f0", "other > me", "other > f0"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheFakesLoginPageKnowsWhoSitsThere(t *testing.T) {
	s := newServer(t)
	s.Browser = s.AddUser("other")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := s.URL + "/oauth/authorize?" + url.Values{"client_id": {s.ClientID}, "response_type": {"code"}, "redirect_uri": {"http://localhost/"}}.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		t.Fatal(err)
	}
	_, body := ask(t, s.URL+"/oauth/token", formType, "", url.Values{"client_id": {s.ClientID}, "client_secret": {s.ClientSecret},
		"grant_type": {"authorization_code"}, "redirect_uri": {"http://localhost/"}, "code": {back.Query().Get("code")}})
	if !strings.Contains(body, "friends") {
		t.Errorf("the other user's consents are missing in %s", body)
	}
}
