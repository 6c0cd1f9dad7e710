package kakao_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/kakao"
	"wtm/internal/kakao/kakaotest"
	"wtm/internal/secret"
)

const (
	refreshToken = "refresh-token-of-this-test"
	accessToken  = "access-token-of-this-test"
	tokenPath    = "/oauth/token"
	sendPath     = "/v2/api/talk/memo/default/send"
)

// setup returns a fake and a client of it that does not wait between tries.
func setup(t testing.TB) (*kakaotest.Server, *kakao.Client) {
	t.Helper()
	s := kakaotest.New()
	t.Cleanup(func() {
		s.Close()
		for _, p := range s.Problems() {
			t.Errorf("the client broke a rule: %s", p)
		}
	})
	s.AddAccessToken(accessToken, s.Now().Add(time.Hour))
	return s, &kakao.Client{
		AuthURL: s.URL, APIURL: s.URL + "/", ClientID: s.ClientID, ClientSecret: secret.Value(s.ClientSecret),
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func text(t testing.TB, s string) kakao.Template {
	t.Helper()
	m, err := kakao.New(kakao.Text{Text: s, Link: kakao.Link{WebURL: "https://example.com/menu", MobileWebURL: "https://m.example.com/menu"}, ButtonTitle: "열기"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRefreshKeepsTheTokenUntilItsLastMonth(t *testing.T) {
	for left, rotates := range map[time.Duration]bool{31 * 24 * time.Hour: false, 29 * 24 * time.Hour: true} {
		s, c := setup(t)
		s.AddRefreshToken(refreshToken, s.Now().Add(left))
		grant, err := c.Refresh(t.Context(), refreshToken)
		if err != nil {
			t.Fatal(err)
		}
		if (grant.RefreshToken != "") != rotates || grant.AccessLife != kakaotest.AccessLife || grant.Scope != nil {
			t.Errorf("with %v left: %+v", left, grant)
		}
		if rotates && grant.RefreshLife != kakaotest.RefreshLife {
			t.Errorf("the new refresh token lives %v", grant.RefreshLife)
		}
		_, err = c.Refresh(t.Context(), refreshToken)
		if dead := errors.Is(err, kakao.ErrReauthorize); dead != rotates {
			t.Errorf("with %v left the old token afterwards gives %v", left, err)
		}
	}
}

func TestExchangeWorksOnce(t *testing.T) {
	s, c := setup(t)
	const redirect = "http://localhost:3000/callback"
	code := secret.Value(s.IssueCode(redirect))
	if _, err := c.Exchange(t.Context(), code, "http://localhost:9/other"); codeOf(err) != "KOE303" {
		t.Errorf("another redirect URI: %v", err)
	}
	grant, err := c.Exchange(t.Context(), code, redirect)
	if err != nil || grant.RefreshToken == "" || !cmp.Equal(grant.Scope, []string{"talk_message"}) {
		t.Fatalf("Exchange = %+v, %v", grant, err)
	}
	if _, err := c.Exchange(t.Context(), code, redirect); codeOf(err) != "KOE320" {
		t.Errorf("the same code again: %v", err)
	}
	user, err := c.Me(t.Context(), grant.AccessToken)
	if err != nil || user.ID == 0 {
		t.Errorf("Me = %+v, %v", user, err)
	}
	scopes, err := c.Scopes(t.Context(), grant.AccessToken)
	if err != nil || len(scopes) != 3 || !scopes[0].Agreed || scopes[1].Agreed {
		t.Errorf("Scopes = %+v, %v", scopes, err)
	}
}

func TestSendToMeArrivesWhole(t *testing.T) {
	s, c := setup(t)
	if err := c.SendToMe(t.Context(), accessToken, text(t, "쌀밥\n국 & = +")); err != nil {
		t.Fatal(err)
	}
	got := s.Delivered()
	if len(got) != 1 || got[0].Text != "쌀밥\n국 & = +" || got[0].Link != "https://example.com/menu" || got[0].Object["button_title"] != "열기" {
		t.Errorf("delivered %+v", got)
	}
}

// TestRefusals orders every documented refusal and asks what the client makes of it.
func TestRefusals(t *testing.T) {
	auth := func(status int, code string) kakaotest.Fault {
		return kakaotest.Fault{Status: status, Times: -1, Body: `{"error":"invalid_request","error_code":"` + code + `","error_description":"echoes ` + refreshToken + `"}`}
	}
	api := func(status int, code string) kakaotest.Fault {
		return kakaotest.Fault{Status: status, Times: -1, Body: `{"msg":"echoes ` + accessToken + `","code":` + code + `,"api_type":"TALK"}`}
	}
	for name, c := range map[string]struct {
		fault    kakaotest.Fault
		login    bool // a refresh meets it, else a send
		code     string
		exit     int
		tries    int
		hint     string
		relogin  bool
		unknown  bool
		unauthed bool
	}{
		"expired refresh token":  {fault: auth(400, "KOE322"), login: true, code: "KOE322", exit: 3, tries: 1, hint: "wtm login", relogin: true},
		"no refresh token":       {fault: auth(400, "KOE319"), login: true, code: "KOE319", exit: 3, tries: 1, hint: "wtm login", relogin: true},
		"wrong client secret":    {fault: auth(401, "KOE010"), login: true, code: "KOE010", exit: 3, tries: 1, hint: "KAKAO_CLIENT_SECRET"},
		"wrong key":              {fault: auth(401, "KOE101"), login: true, code: "KOE101", exit: 3, tries: 1, hint: "KAKAO_REST_API_KEY"},
		"wrong type of key":      {fault: auth(401, "KOE008"), login: true, code: "KOE008", exit: 3, tries: 1, hint: "REST API key"},
		"platform mismatch":      {fault: auth(401, "KOE009"), login: true, code: "KOE009", exit: 3, tries: 1, hint: "console/app"},
		"address list of a key":  {fault: auth(401, "KOE127"), login: true, code: "KOE127", exit: 3, tries: 1, hint: "allowed IP"},
		"redirect URI unknown":   {fault: auth(400, "KOE006"), login: true, code: "KOE006", exit: 3, tries: 1, hint: "KAKAO_REDIRECT_URI"},
		"redirect URI differs":   {fault: auth(400, "KOE303"), login: true, code: "KOE303", exit: 3, tries: 1, hint: "KAKAO_REDIRECT_URI"},
		"code used":              {fault: auth(400, "KOE320"), login: true, code: "KOE320", exit: 3, tries: 1, hint: "wtm login"},
		"login switched off":     {fault: auth(400, "KOE004"), login: true, code: "KOE004", exit: 3, tries: 1, hint: "Kakao Login"},
		"test app":               {fault: auth(400, "KOE005"), login: true, code: "KOE005", exit: 3, tries: 1, hint: "Members"},
		"consent item unset":     {fault: auth(400, "KOE205"), login: true, code: "KOE205", exit: 3, tries: 1, hint: "talk_message"},
		"too many tokens":        {fault: auth(429, "KOE237"), login: true, code: "KOE237", exit: 1, tries: 1, hint: "ten minutes"},
		"login server stumbles":  {fault: auth(500, "KOE003"), login: true, code: "KOE003", exit: 1, tries: 3, hint: "wtm run", unknown: true},
		"error without its code": {fault: kakaotest.Fault{Status: 400, Times: -1, Body: `{"error":"invalid_grant"}`}, login: true, code: "invalid_grant", exit: 3, tries: 1, hint: "wtm login", relogin: true},
		"gateway's page":         {fault: kakaotest.Fault{Status: 502, Times: -1, Body: "<html>" + refreshToken}, login: true, exit: 1, tries: 3, hint: "status", unknown: true},
		"inside Kakao":           {fault: api(400, "-1"), code: "-1", exit: 1, tries: 3, hint: "wtm run"},
		"bad parameter":          {fault: api(400, "-2"), code: "-2", exit: 1, tries: 1, hint: "--dry-run"},
		"feature off":            {fault: api(403, "-3"), code: "-3", exit: 3, tries: 1, hint: "talk_message"},
		"restricted account":     {fault: api(403, "-4"), code: "-4", exit: 3, tries: 1, hint: "https://cs.kakao.com"},
		"no permission":          {fault: api(403, "-5"), code: "-5", exit: 3, tries: 1, hint: "console/app"},
		"service fault":          {fault: api(400, "-7"), code: "-7", exit: 1, tries: 3, hint: "status"},
		"quota of the app":       {fault: api(400, "-10"), code: "-10", exit: 1, tries: 1, hint: "quota"},
		"not linked":             {fault: api(400, "-101"), code: "-101", exit: 3, tries: 1, hint: "wtm login", relogin: true},
		"access token dead":      {fault: api(401, "-401"), code: "-401", exit: 3, tries: 1, hint: "wtm login", relogin: true, unauthed: true},
		"address list of an API": {fault: kakaotest.Fault{Status: 401, Times: -1, Body: `{"code":-401,"msg":"ip mismatched! callerIp=1.2.3.4"}`}, code: "-401", exit: 3, tries: 1, hint: "allowed IP"},
		"no consent":             {fault: kakaotest.Fault{Status: 403, Times: -1, Body: `{"code":-402,"msg":"insufficient scopes.","required_scopes":["talk_message"]}`}, code: "-402", exit: 3, tries: 1, hint: "talk_message"},
		"no KakaoTalk":           {fault: api(400, "-501"), code: "-501", exit: 3, tries: 1, hint: "KakaoTalk"},
		"sender's quota":         {fault: api(400, "-532"), code: "-532", exit: 1, tries: 1, hint: "quota"},
		"receiver's quota":       {fault: api(400, "-533"), code: "-533", exit: 1, tries: 1, hint: "quota"},
		"quota of the pair":      {fault: api(400, "-536"), code: "-536", exit: 1, tries: 1, hint: "quota"},
		"unknown app key":        {fault: api(401, "-301"), code: "-301", exit: 3, tries: 1, hint: "KAKAO_REST_API_KEY"},
		"quota of the month":     {fault: api(400, "-531"), code: "-531", exit: 1, tries: 1, hint: "quota"},
		"time-out inside":        {fault: api(400, "-603"), code: "-603", exit: 1, tries: 1, hint: "wtm run", unknown: true},
		"maintenance":            {fault: api(503, "-9798"), code: "-9798", exit: 1, tries: 3, hint: "status"},
		"too many requests":      {fault: kakaotest.Fault{Status: 429, Times: -1, Body: `{}`}, exit: 1, tries: 3, hint: "wtm run"},
		"gateway after a send":   {fault: kakaotest.Fault{Status: 504, Times: -1, Body: "<html>"}, exit: 1, tries: 1, hint: "status", unknown: true},
		"fault after a send":     {fault: api(500, "-1"), code: "-1", exit: 1, tries: 1, hint: "wtm run", unknown: true},
		"a code nobody knows":    {fault: api(400, "-99999"), code: "-99999", exit: 1, tries: 1, hint: "error-code"},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := setup(t)
			path, err := sendPath, error(nil)
			if c.login {
				path = tokenPath
				s.Fail(path, c.fault)
				_, err = client.Refresh(t.Context(), refreshToken)
			} else {
				s.Fail(path, c.fault)
				err = client.SendToMe(t.Context(), accessToken, text(t, "밥"))
			}
			refused, ok := errors.AsType[*kakao.APIError](err)
			if !ok {
				t.Fatalf("got %T %v, want an APIError", err, err)
			}
			got := []any{refused.Code, refused.ExitCode(), len(s.Requests()), errors.Is(err, kakao.ErrReauthorize), kakao.Unknown(err), refused.Unauthorized()}
			want := []any{c.code, c.exit, c.tries, c.relogin, c.unknown, c.unauthed}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("code, exit code, tries, login needed, unknown, unauthorized (-want +got):\n%s", diff)
			}
			if !strings.Contains(refused.Hint(), c.hint) {
				t.Errorf("hint %q does not name %q", refused.Hint(), c.hint)
			}
			noSecret(t, err)
		})
	}
}

func noSecret(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		for _, s := range []string{refreshToken, accessToken, "fake-client-secret", "fake-rest-api-key"} {
			if strings.Contains(err.Error(), s) {
				t.Errorf("error %q shows %s", err, s)
			}
		}
	}
}

func TestSendIsRepeatedOnlyWhenItSurelyDidNotArrive(t *testing.T) {
	for name, c := range map[string]struct {
		fault                kakaotest.Fault
		delivered, tries     int
		wantErr, wantUnknown bool
	}{
		"cut before":      {kakaotest.Fault{DropBefore: true}, 0, 1, true, true},
		"cut after":       {kakaotest.Fault{DropAfter: true}, 1, 1, true, true},
		"busy, then ok":   {kakaotest.Fault{Status: 429, Body: `{"code":-10}`}, 1, 2, false, false},
		"closed, then ok": {kakaotest.Fault{Status: 503, Body: `<html>`}, 1, 2, false, false},
		"not JSON":        {kakaotest.Fault{Status: 200, Body: `<html>welcome`}, 0, 1, true, true},
		"result code":     {kakaotest.Fault{Status: 200, Body: `{"result_code":-7}`}, 0, 1, true, false},
		"no result":       {kakaotest.Fault{Status: 200, Body: `{}`}, 0, 1, true, false},
		"a redirect":      {kakaotest.Fault{Status: 302, Body: `<html>`}, 0, 1, true, false},
	} {
		s, client := setup(t)
		s.Fail(sendPath, c.fault)
		err := client.SendToMe(t.Context(), accessToken, text(t, "밥"))
		got := []any{len(s.Delivered()), len(s.Requests()), err != nil, kakao.Unknown(err)}
		if diff := cmp.Diff([]any{c.delivered, c.tries, c.wantErr, c.wantUnknown}, got); diff != "" {
			t.Errorf("%s: delivered, tries, error, unknown (-want +got):\n%s(%v)", name, diff, err)
		}
		noSecret(t, err)
	}
}

func TestRefreshSurvivesACutConnection(t *testing.T) {
	s, client := setup(t)
	s.AddRefreshToken(refreshToken, s.Now().Add(50*24*time.Hour))
	s.Fail(tokenPath, kakaotest.Fault{DropBefore: true, Times: 2})
	if _, err := client.Refresh(t.Context(), refreshToken); err != nil {
		t.Error(err)
	}
}

func TestAnUnreachableHostIsNeverUnknown(t *testing.T) {
	s, client := setup(t)
	s.Close()
	err := client.SendToMe(t.Context(), accessToken, text(t, "밥"))
	if e, ok := errors.AsType[*kakao.TransportError](err); !ok || e.Sent || kakao.Unknown(err) || e.Hint() == "" {
		t.Errorf("got %T %v", err, err)
	}
}

func TestTokensStayOutOfAddresses(t *testing.T) {
	var seen []string
	client := &kakao.Client{ClientID: "id", ClientSecret: "hidden-secret", Sleep: func(context.Context, time.Duration) error { return nil },
		HTTP: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.URL.String())
			return nil, errors.New("no network")
		})}}
	client.Refresh(t.Context(), refreshToken)
	client.Exchange(t.Context(), "hidden-code", "http://localhost/")
	client.SendToMe(t.Context(), accessToken, text(t, "밥"))
	client.Me(t.Context(), accessToken)
	client.Scopes(t.Context(), accessToken)
	all := strings.Join(seen, "\n")
	if len(seen) < 5 || strings.Contains(all, "token-of") || strings.Contains(all, "hidden") {
		t.Errorf("addresses asked:\n%s", all)
	}
	if page := client.AuthorizeURL(kakao.Authorization{RedirectURI: "http://localhost:3000/callback", State: "state", Scopes: []string{"talk_message"}}); strings.Contains(page, "hidden") ||
		!strings.HasPrefix(page, kakao.DefaultAuthURL+"/oauth/authorize?") {
		t.Errorf("AuthorizeURL = %s", page)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func codeOf(err error) string {
	if e, ok := errors.AsType[*kakao.APIError](err); ok {
		return e.Code
	}
	return ""
}
