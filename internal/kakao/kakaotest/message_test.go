package kakaotest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wtm/internal/kakao/kakaotest"
)

const (
	memoPath    = "/v2/api/talk/memo/"
	messagePath = "/v1/api/talk/friends/message/"
	link        = `{"web_url":"https://example.com/"}`
	content     = `{"title":"a","link":` + link + `}`
)

// newServer returns a fake with a token "access" that may do everything.
func newServer(t testing.TB) *kakaotest.Server {
	t.Helper()
	s := kakaotest.New()
	t.Cleanup(s.Close)
	s.Scopes = []string{"talk_message", "friends"}
	s.AddAccessToken("access", s.Now().Add(1000*time.Hour))
	return s
}

func TestTheFakeTakesAndRefusesTemplates(t *testing.T) {
	rest := `,"content":` + content
	for name, c := range map[string]struct {
		object string
		taken  bool
	}{
		"text":                   {`{"object_type":"text","text":"a","link":` + link + `}`, true},
		"text, 201 letters":      {`{"object_type":"text","text":"` + strings.Repeat("a", 201) + `","link":` + link + `}`, false},
		"text without a link":    {`{"object_type":"text","text":"a"}`, false},
		"text, empty link":       {`{"object_type":"text","text":"a","link":{}}`, false},
		"an unknown field":       {`{"object_type":"text","text":"a","txt":"a","link":` + link + `}`, false},
		"an unknown type":        {`{"object_type":"poem","text":"a","link":` + link + `}`, false},
		"no object":              {`[]`, false},
		"null":                   {`null`, false},
		"feed":                   {`{"object_type":"feed"` + rest + `}`, true},
		"feed without content":   {`{"object_type":"feed"}`, false},
		"feed of nothing":        {`{"object_type":"feed","content":{"link":` + link + `}}`, false},
		"feed without link":      {`{"object_type":"feed","content":{"title":"a"}}`, false},
		"a narrow picture":       {`{"object_type":"feed","content":{"image_url":"https://a.kr/a.png","image_width":199,"link":` + link + `}}`, false},
		"a relative picture":     {`{"object_type":"feed","content":{"image_url":"a.png","link":` + link + `}}`, false},
		"four counters":          {`{"object_type":"feed","social":{"like_count":1,"comment_count":1,"shared_count":1,"view_count":1}` + rest + `}`, false},
		"a long item":            {`{"object_type":"feed","item_content":{"items":[{"item":"1234567","item_op":"a"}]}` + rest + `}`, false},
		"half an item":           {`{"object_type":"feed","item_content":{"items":[{"item":"a"}]}` + rest + `}`, false},
		"half a sum":             {`{"object_type":"feed","item_content":{"sum":"a"}` + rest + `}`, false},
		"three buttons":          {`{"object_type":"feed","buttons":[` + strings.Repeat(`{"title":"a","link":`+link+`},`, 2) + `{"title":"a","link":` + link + `}]` + rest + `}`, false},
		"a button without title": {`{"object_type":"feed","buttons":[{"link":` + link + `}]` + rest + `}`, false},
		"list":                   {`{"object_type":"list","header_title":"a","header_link":` + link + `,"contents":[` + content + `,` + content + `]}`, true},
		"list of one":            {`{"object_type":"list","header_title":"a","header_link":` + link + `,"contents":[` + content + `]}`, false},
		"list without link":      {`{"object_type":"list","header_title":"a","contents":[` + content + `,` + content + `]}`, false},
		"location":               {`{"object_type":"location","address":"a"` + rest + `}`, true},
		"location nowhere":       {`{"object_type":"location"` + rest + `}`, false},
		"location, two buttons":  {`{"object_type":"location","address":"a","buttons":[{"title":"a","link":` + link + `},{"title":"a","link":` + link + `}]` + rest + `}`, false},
		"commerce":               {`{"object_type":"commerce","commerce":{"regular_price":0}` + rest + `}`, true},
		"commerce, no price":     {`{"object_type":"commerce","commerce":{}` + rest + `}`, false},
		"commerce, two kinds":    {`{"object_type":"commerce","commerce":{"regular_price":1,"discount_rate":1,"fixed_discount_price":1}` + rest + `}`, false},
		"commerce, 101 %":        {`{"object_type":"commerce","commerce":{"regular_price":1,"discount_rate":101}` + rest + `}`, false},
		"calendar":               {`{"object_type":"calendar","id_type":"event","id":"a"` + rest + `}`, true},
		"calendar of a day":      {`{"object_type":"calendar","id_type":"day","id":"a"` + rest + `}`, false},
	} {
		s := newServer(t)
		status, body := ask(t, s.URL+memoPath+"default/send", formType, "access", url.Values{"template_object": {c.object}})
		if taken := status == http.StatusOK; taken != c.taken || taken != (len(s.Delivered()) == 1) || taken != (len(s.Problems()) == 0) {
			t.Errorf("%s: HTTP %d %s, problems %v", name, status, body, s.Problems())
		}
	}
}

func TestTheFakeTakesAndRefusesConsoleTemplates(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		form  url.Values
		taken bool
	}{
		"custom":             {"send", url.Values{"template_id": {"7"}, "template_args": {`{"a":"b"}`}}, true},
		"custom without id":  {"send", url.Values{}, false},
		"custom, no number":  {"send", url.Values{"template_id": {"x"}}, false},
		"custom, args":       {"send", url.Values{"template_id": {"7"}, "template_args": {`{"a":1}`}}, false},
		"custom and a page":  {"send", url.Values{"template_id": {"7"}, "request_url": {"https://a.kr/"}}, false},
		"scrap":              {"scrap/send", url.Values{"request_url": {"https://a.kr/"}}, true},
		"scrap with an id":   {"scrap/send", url.Values{"request_url": {"https://a.kr/"}, "template_id": {"7"}}, true},
		"scrap of nothing":   {"scrap/send", url.Values{"template_id": {"7"}}, false},
		"scrap, a path only": {"scrap/send", url.Values{"request_url": {"/a"}}, false},
	} {
		s := newServer(t)
		status, body := ask(t, s.URL+memoPath+c.path, formType, "access", c.form)
		if taken := status == http.StatusOK; taken != c.taken || taken != (len(s.Delivered()) == 1) {
			t.Errorf("%s: HTTP %d %s", name, status, body)
		}
	}
}

// send sends a text to friends with a token.
func send(t *testing.T, s *kakaotest.Server, token string, uuids ...string) (int, string) {
	t.Helper()
	list, err := json.Marshal(uuids)
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, s.URL+messagePath+"default/send", formType, token, url.Values{
		"receiver_uuids":  {string(list)},
		"template_object": {`{"object_type":"text","text":"a","link":` + link + `}`}})
}

func TestTheFakeLimitsADaysSends(t *testing.T) {
	s := newServer(t)
	base := time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC) // 22:00 in Korea
	s.Change(func(s *kakaotest.Server) { s.Clock = func() time.Time { return base } })
	s.AddAccessToken("access", base.Add(1000*time.Hour))
	for i := range 6 {
		s.AddFriend(fmt.Sprint("f", i), "")
	}
	for i := range kakaotest.PairLimit {
		if status, body := send(t, s, "access", "f0", "f1", "f2", "f3"); status != http.StatusOK {
			t.Fatalf("send %d: HTTP %d %s", i, status, body)
		}
	}
	if status, body := send(t, s, "access", "f0"); status != 400 || !strings.Contains(body, "-536") {
		t.Errorf("a pair's 21st: HTTP %d %s", status, body)
	}
	if status, body := send(t, s, "access", "f0", "f4"); status != 200 || !strings.Contains(body, "-536") || !strings.Contains(body, "f4") {
		t.Errorf("one of two: HTTP %d %s", status, body)
	}
	for range kakaotest.SenderLimit - 4*kakaotest.PairLimit - 1 {
		send(t, s, "access", "f4")
	}
	if status, body := send(t, s, "access", "f5"); status != 400 || !strings.Contains(body, "-532") {
		t.Errorf("the sender's 101st: HTTP %d %s", status, body)
	}
	if n := len(s.Delivered()); n != kakaotest.SenderLimit {
		t.Errorf("%d arrived", n)
	}
	s.Advance(3 * time.Hour) // past midnight in Korea, the same day in London
	if status, body := send(t, s, "access", "f0"); status != http.StatusOK {
		t.Errorf("the next day: HTTP %d %s", status, body)
	}
}

func TestTheFakeHeals(t *testing.T) {
	s := newServer(t)
	s.AddFriend("f0", "")
	s.FailReceiver("f0", -530, -1)
	if status, body := send(t, s, "access", "f0"); status != 400 || !strings.Contains(body, "-530") {
		t.Errorf("HTTP %d %s", status, body)
	}
	s.Heal()
	if status, body := send(t, s, "access", "f0"); status != http.StatusOK {
		t.Errorf("healed: HTTP %d %s", status, body)
	}
}

func TestTheFakeLimitsAReceiversDay(t *testing.T) {
	s := newServer(t)
	for i := range 6 {
		u := s.AddUser(fmt.Sprint("user ", i))
		s.AddAccessTokenFor(u, fmt.Sprint("token", i), s.Now().Add(1000*time.Hour))
		s.AddFriendFor(u, "popular", "")
	}
	for i := range kakaotest.ReceiverLimit {
		send(t, s, fmt.Sprint("token", i%5), "popular")
	}
	if status, body := send(t, s, "token5", "popular"); status != 400 || !strings.Contains(body, "-533") || len(s.Delivered()) != kakaotest.ReceiverLimit {
		t.Errorf("the 101st: HTTP %d %s after %d", status, body, len(s.Delivered()))
	}
}

func TestTheFakeRefusesReceivers(t *testing.T) {
	object := url.Values{"template_object": {`{"object_type":"text","text":"a","link":` + link + `}`}}
	for name, c := range map[string]struct{ receivers, says string }{
		"none":       {"", "cannot be null"},
		"no one":     {"[]", "cannot be empty"},
		"no list":    {`"f0"`, "invalid format"},
		"numbers":    {`[1]`, "invalid format"},
		"six":        {`["f0","f1","f2","f3","f4","f5"]`, "invalid format"},
		"one twice":  {`["f0","f0"]`, "invalid format"},
		"a stranger": {`["f0","x"]`, "Not allowed"},
		"the sender": {`["fake-uuid-of-tester"]`, "identical to the sender"},
	} {
		s := newServer(t)
		for i := range 6 {
			s.AddFriend(fmt.Sprint("f", i), "")
		}
		form := url.Values{"template_object": object["template_object"]}
		if c.receivers != "" {
			form.Set("receiver_uuids", c.receivers)
		}
		if status, body := ask(t, s.URL+messagePath+"default/send", formType, "access", form); status != 400 || !strings.Contains(body, c.says) || len(s.Delivered()) > 0 {
			t.Errorf("%s: HTTP %d %s", name, status, body)
		}
	}
}
