package kakao_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/kakao"
	"wtm/internal/kakao/kakaotest"
)

const friendsSend = "/v1/api/talk/friends/message/default/send"

// withFriends is setup with three friends, a, b and c, who may be found.
func withFriends(t testing.TB) (*kakaotest.Server, *kakao.Client) {
	t.Helper()
	s, c := setup(t)
	s.Scopes = []string{"talk_message", "friends"}
	for _, name := range []string{"a", "b", "c"} {
		s.AddFriend("uuid-"+name, "친구 "+name)
	}
	return s, c
}

func TestEveryKindReachesItsCall(t *testing.T) {
	for kind, spec := range whole() {
		s, c := withFriends(t)
		made := mustNew(t, spec)
		if err := c.SendToMe(t.Context(), accessToken, made); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		result, err := c.SendToFriends(t.Context(), accessToken, []string{"uuid-b"}, made)
		if err != nil || !cmp.Equal(result, kakao.FriendResult{Sent: []string{"uuid-b"}}) {
			t.Errorf("%s: %+v, %v", kind, result, err)
		}
		var got []string
		for _, r := range s.Requests() {
			got = append(got, r.Path)
		}
		for _, d := range s.Delivered() {
			got = append(got, d.From, d.To, d.Kind)
		}
		want := []string{"/v2/api/talk/memo/" + made.Path(), "/v1/api/talk/friends/message/" + made.Path(), "tester", "me", kind, "tester", "uuid-b", kind}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestSendToFriendsTellsReceiversApart(t *testing.T) {
	s, c := withFriends(t)
	s.FailReceiver("uuid-a", -532, 0)
	s.FailReceiver("uuid-c", -603, 0)
	result, err := c.SendToFriends(t.Context(), accessToken, []string{"uuid-a", "uuid-b", "uuid-c"}, text(t, "밥"))
	if err != nil || !cmp.Equal(result.Sent, []string{"uuid-b"}) || len(result.Failed) != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	for i, want := range []struct {
		receiver, code, hint string
		unknown              bool
	}{{"uuid-a", "-532", "quota", false}, {"uuid-c", "-603", "wtm run", true}} {
		failed := result.Failed[i]
		refused, ok := errors.AsType[*kakao.APIError](failed)
		if !ok || refused.Code != want.code || !strings.Contains(refused.Hint(), want.hint) || refused.ExitCode() != 1 {
			t.Errorf("%s: %T %v", want.receiver, failed.Err, failed)
		}
		if !cmp.Equal(failed.Receivers, []string{want.receiver}) || kakao.Unknown(failed) != want.unknown {
			t.Errorf("%v, unknown %v: want %s, %v", failed.Receivers, kakao.Unknown(failed), want.receiver, want.unknown)
		}
		if strings.Contains(failed.Error(), "uuid-") || strings.Contains(failed.Error(), "200") {
			t.Errorf("the error says %q", failed)
		}
	}
	if got := s.Delivered(); len(got) != 1 || got[0].To != "uuid-b" {
		t.Errorf("delivered %+v", got)
	}
}

func TestSendToFriendsThatReachesNobodyIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*kakaotest.Server)
		to      string
		code    string
		exit    int
		hint    string
	}{
		"the quota":          {func(s *kakaotest.Server) { s.FailReceiver("uuid-a", -536, -1) }, "uuid-a", "-536", 1, "quota"},
		"no friend any more": {func(s *kakaotest.Server) { s.AddFriend("gone", "", func(f *kakaotest.Friend) { f.Left = true }) }, "gone", "-502", 3, "friends:"},
		"no messages":        {func(s *kakaotest.Server) { s.AddFriend("no", "", func(f *kakaotest.Friend) { f.Refuses = true }) }, "no", "-530", 1, "receiver"},
		"an old device":      {func(s *kakaotest.Server) { s.FailReceiver("uuid-a", -504, 0) }, "uuid-a", "-504", 1, "friends:"},
		"a stranger":         {nil, "uuid-z", "-2", 1, "friends:"},
		"the sender":         {func(s *kakaotest.Server) { s.Me().UUID = "self" }, "self", "-2", 1, "friends:"},
		"no consent":         {func(s *kakaotest.Server) { s.Scopes = []string{"talk_message"} }, "uuid-a", "-402", 3, "agree to talk_message, friends: wtm login"},
		"the app's switch": {func(s *kakaotest.Server) { s.Fail(friendsSend, kakaotest.Fault{Status: 403, Body: `{"code":-3}`}) },
			"uuid-a", "-3", 3, "friends and talk_message"},
		"the app's permission": {func(s *kakaotest.Server) { s.Fail(friendsSend, kakaotest.Fault{Status: 403, Body: `{"code":-5}`}) },
			"uuid-a", "-5", 3, "Members"},
	} {
		s, client := withFriends(t)
		if c.prepare != nil {
			c.prepare(s)
		}
		result, err := client.SendToFriends(t.Context(), accessToken, []string{c.to}, text(t, "밥"))
		refused, ok := errors.AsType[*kakao.APIError](err)
		if !ok || len(result.Sent)+len(result.Failed) > 0 {
			t.Errorf("%s: %+v, %T %v", name, result, err, err)
			continue
		}
		if refused.Code != c.code || refused.ExitCode() != c.exit || !strings.Contains(refused.Hint(), c.hint) || kakao.Unknown(err) {
			t.Errorf("%s: %v, exit %d, hint %q", name, err, refused.ExitCode(), refused.Hint())
		}
		noSecret(t, err)
	}
}

func TestSendToFriendsReadsOddAnswers(t *testing.T) {
	both := []string{"uuid-a", "uuid-b"}
	for name, c := range map[string]struct {
		body    string
		sent    []string
		failed  int
		unknown bool // of the whole call, or of the failure
	}{
		"named twice":       {`{"successful_receiver_uuids":["uuid-a"],"failure_info":[{"code":-532,"receiver_uuids":["uuid-a","uuid-b"]}]}`, []string{"uuid-a"}, 1, false},
		"a strange name":    {`{"successful_receiver_uuids":["uuid-b","uuid-x","uuid-a"]}`, both, 0, false},
		"one not mentioned": {`{"successful_receiver_uuids":["uuid-a"]}`, []string{"uuid-a"}, 1, true},
		"none mentioned":    {`{"result_code":0}`, nil, 0, true},
		"all in the body":   {`{"failure_info":[{"code":-530,"receiver_uuids":["uuid-a"]},{"code":-532,"receiver_uuids":["uuid-b"]}]}`, nil, 2, false},
	} {
		s, client := withFriends(t)
		s.Fail(friendsSend, kakaotest.Fault{Status: 200, Body: c.body})
		result, err := client.SendToFriends(t.Context(), accessToken, both, text(t, "밥"))
		unknown := kakao.Unknown(err)
		for _, f := range result.Failed {
			unknown = unknown || kakao.Unknown(f)
		}
		got := []any{result.Sent, len(result.Failed), unknown}
		if diff := cmp.Diff([]any{c.sent, c.failed, c.unknown}, got); diff != "" {
			t.Errorf("%s: sent, failed, unknown (-want +got):\n%s(%v)", name, diff, err)
		}
	}
}

func TestSendToFriendsWithoutAnswerIsUnknownForAll(t *testing.T) {
	for name, c := range map[string]struct {
		fault     kakaotest.Fault
		delivered int
	}{
		"cut before": {kakaotest.Fault{DropBefore: true}, 0},
		"cut after":  {kakaotest.Fault{DropAfter: true}, 2},
		"a gateway":  {kakaotest.Fault{Status: 502, Body: "<html>"}, 0},
	} {
		s, client := withFriends(t)
		s.Fail(friendsSend, c.fault)
		result, err := client.SendToFriends(t.Context(), accessToken, []string{"uuid-a", "uuid-b"}, text(t, "밥"))
		if !kakao.Unknown(err) || len(result.Sent)+len(result.Failed) > 0 || len(s.Requests()) != 1 || len(s.Delivered()) != c.delivered {
			t.Errorf("%s: %+v, %v after %v", name, result, err, s.Requests())
		}
	}
}

func TestSendToFriendsChecksItsReceivers(t *testing.T) {
	s, client := withFriends(t)
	for name, uuids := range map[string][]string{
		"none":     nil,
		"six":      {"1", "2", "3", "4", "5", "6"},
		"a blank":  {"1", ""},
		"twice":    {"1", "2", "1"},
		"NUL":      {"\x00"},
		"no UTF-8": {"\xff"},
	} {
		_, err := client.SendToFriends(t.Context(), accessToken, uuids, text(t, "밥"))
		if e, ok := errors.AsType[*kakao.LimitError](err); !ok || !strings.HasPrefix(e.Field, "receiver_uuids") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.Requests()) != 0 {
		t.Errorf("asked %v", s.Requests())
	}
}

func TestFriendsReadsEveryPage(t *testing.T) {
	for _, n := range []int{0, 1, 100, 101, 250} {
		s, client := setup(t)
		s.Scopes = []string{"friends"}
		for i := range n {
			s.AddFriend(fmt.Sprintf("uuid-%03d", i), fmt.Sprintf("친구 %03d", i), func(f *kakaotest.Friend) {
				f.Favorite = i == n-1
				if i == 0 {
					f.AllowedMsg = new(false)
				}
			})
		}
		got, err := client.Friends(t.Context(), accessToken)
		if err != nil || len(got) != n || len(s.Requests()) != max(1, (n+99)/100) {
			t.Fatalf("%d friends: got %d, %v after %d requests", n, len(got), err, len(s.Requests()))
		}
		if n < 2 {
			continue
		}
		first, second := got[0], got[1]
		if !first.Favorite || first.UUID != fmt.Sprintf("uuid-%03d", n-1) || first.AllowedMsg != nil || first.ID == 0 {
			t.Errorf("the favorite: %+v", first)
		}
		if second.Nickname != "친구 000" || second.AllowedMsg == nil || *second.AllowedMsg {
			t.Errorf("the first: %+v", second)
		}
	}
}

func TestFriendsStaysWithKakao(t *testing.T) {
	elsewhere := kakaotest.New()
	defer elsewhere.Close()
	for name, address := range map[string]func(*kakaotest.Server) string{
		"another host": func(*kakaotest.Server) string { return elsewhere.URL + "/v1/api/talk/friends?offset=1" },
		"another path": func(s *kakaotest.Server) string { return s.URL + "/v1/user/unlink" },
		"another scheme": func(s *kakaotest.Server) string {
			return strings.Replace(s.URL, "http:", "ftp:", 1) + "/v1/api/talk/friends"
		},
		"a user": func(s *kakaotest.Server) string {
			return strings.Replace(s.URL, "//", "//a@", 1) + "/v1/api/talk/friends"
		},
		"no address":     func(*kakaotest.Server) string { return "%" },
		"a relative one": func(*kakaotest.Server) string { return "/v1/api/talk/friends?offset=1" },
	} {
		s, client := withFriends(t)
		s.Fail("/v1/api/talk/friends", kakaotest.Fault{Status: 200, Body: fmt.Sprintf(`{"elements":[{"uuid":"u"}],"after_url":%q}`, address(s))})
		got, err := client.Friends(t.Context(), accessToken)
		if _, ok := errors.AsType[*kakao.AnswerError](err); !ok || got != nil || len(s.Requests()) != 1 {
			t.Errorf("%s: %v, %v after %v", name, got, err, s.Requests())
		}
	}
	if got := elsewhere.Requests(); len(got) > 0 {
		t.Errorf("asked elsewhere: %v", got)
	}
}

func TestFriendsEnds(t *testing.T) {
	s, client := withFriends(t)
	s.Fail("/v1/api/talk/friends", kakaotest.Fault{Times: -1, Status: 200, Body: fmt.Sprintf(`{"after_url":%q}`, s.URL+"/v1/api/talk/friends?offset=100")})
	if _, err := client.Friends(t.Context(), accessToken); !errors.As(err, new(*kakao.AnswerError)) || len(s.Requests()) > 1000 {
		t.Errorf("%v after %d requests", err, len(s.Requests()))
	}
}

func TestFriendsNeedsConsent(t *testing.T) {
	_, client := setup(t)
	_, err := client.Friends(t.Context(), accessToken)
	if refused, ok := errors.AsType[*kakao.APIError](err); !ok || refused.Code != "-402" || refused.Hint() != "agree to friends: wtm login" || refused.ExitCode() != 3 {
		t.Errorf("%v", err)
	}
}
