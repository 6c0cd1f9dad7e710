package kakao

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"wtm/internal/secret"
)

// friendsPath begins the paths of the calls about friends.
const friendsPath = "/v1/api/talk/friends"

const (
	// friendsPage is how many friends to ask for at once, the most in common use.
	friendsPage = 100
	// maxFriendsPages is far above the friends of one person.
	maxFriendsPages = 100
)

// Friend is someone whom the user of an access token can send messages to.
type Friend struct {
	ID       int64  `json:"id"`   // the member number, 0 when not told
	UUID     string `json:"uuid"` // the address for [Client.SendToFriends], another one in every app
	Nickname string `json:"profile_nickname"`
	// AllowedMsg says whether the friend takes messages; nil when not told.
	AllowedMsg *bool `json:"allowed_msg"`
	Favorite   bool  `json:"favorite"`
}

// Friends returns the friends of the user of an access token who can be receivers: they use the app too and agreed to be
// found (GET /v1/api/talk/friends, https://developers.kakao.com/docs/latest/ko/kakaotalk-social/rest-api). It needs the
// consent item friends. Kakao keeps the list for a while, so a change may come late.
func (c *Client) Friends(ctx context.Context, access secret.Value) ([]Friend, error) {
	first := c.apiURL(friendsPath)
	base, err := url.Parse(first)
	if err != nil {
		return nil, fmt.Errorf("asking Kakao: %w", err)
	}
	var all []Friend
	next := first + "?limit=" + strconv.Itoa(friendsPage)
	for range maxFriendsPages {
		var page struct {
			Elements []Friend `json:"elements"`
			AfterURL string   `json:"after_url"`
		}
		if err := c.retry(ctx, mayPass, func() error { return c.get(ctx, next, access, &page) }); err != nil {
			return nil, err
		}
		all = append(all, slices.DeleteFunc(page.Elements, func(f Friend) bool { return f.UUID == "" })...)
		if page.AfterURL == "" {
			return all, nil
		}
		// The token goes to this one call and nowhere else, whatever an answer says.
		u, err := url.Parse(page.AfterURL)
		if err != nil || u.Scheme != base.Scheme || u.Host != base.Host || u.Path != base.Path || u.User != nil {
			return nil, &AnswerError{Host: base.Host, Path: base.Path, What: "a next page that is somewhere else"}
		}
		next = page.AfterURL
	}
	return nil, &AnswerError{Host: base.Host, Path: base.Path, What: fmt.Sprintf("more than %d pages", maxFriendsPages)}
}

// MaxReceivers is how many friends one send reaches
// (https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api).
const MaxReceivers = 5

// FriendResult is what a send to friends came to. Each receiver is in exactly one place.
type FriendResult struct {
	// Sent are the uuids who got the message.
	Sent []string
	// Failed are the others, in groups with the same reason.
	Failed []FriendFailure
}

// FriendFailure says why some receivers of a send did not get it. [Unknown] tells, as for a whole call, whether they may
// have got it all the same.
type FriendFailure struct {
	Receivers []string // uuids
	// Err is an [*APIError] with Kakao's code, or an [*AnswerError] when the answer does not mention the receivers.
	Err error
}

// Error tells the reason and not the receivers.
func (f FriendFailure) Error() string { return f.Err.Error() }

// Unwrap returns the reason, which has the hint and the exit code.
func (f FriendFailure) Unwrap() error { return f.Err }

// SendToFriends sends a message to 1 to [MaxReceivers] friends by their uuids (POST
// /v1/api/talk/friends/message/default/send, /send or /scrap/send,
// https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api). It needs the consent items talk_message and
// friends. When some of the receivers fail, the error is nil and the result names them; when all fail, the error is an
// [*APIError]. After an error for which [Unknown] is true, any of the receivers may have got the message.
func (c *Client) SendToFriends(ctx context.Context, access secret.Value, uuids []string, t Template) (FriendResult, error) {
	form, err := t.form()
	if err != nil {
		return FriendResult{}, fmt.Errorf("encoding the message: %w", err)
	}
	if form["receiver_uuids"], err = receivers(uuids); err != nil {
		return FriendResult{}, err
	}
	address := c.apiURL(friendsPath + "/message/" + t.Path())
	var answer friendsAnswer
	if err := c.retry(ctx, notDelivered, func() error { return c.post(ctx, address, access, form, &answer) }); err != nil {
		return FriendResult{}, err
	}
	return answer.result(address, uuids)
}

// friendsAnswer is the body of an answer with status 200. It may have a result_code, which means nothing.
type friendsAnswer struct {
	Successful []string `json:"successful_receiver_uuids"`
	Failures   []struct {
		Code      int      `json:"code"`
		Receivers []string `json:"receiver_uuids"`
	} `json:"failure_info"`
}

// result sorts the receivers asked for by what the answer says of them. One that it names twice counts as sent: nobody
// shall get a message again.
func (a friendsAnswer) result(address string, asked []string) (FriendResult, error) {
	u, err := url.Parse(address)
	if err != nil {
		return FriendResult{}, fmt.Errorf("asking Kakao: %w", err)
	}
	var out FriendResult
	left := slices.Clone(asked)
	take := func(named []string) []string {
		var taken []string
		left = slices.DeleteFunc(left, func(uuid string) bool {
			if slices.Contains(named, uuid) {
				taken = append(taken, uuid)
				return true
			}
			return false
		})
		return taken
	}
	out.Sent = take(a.Successful)
	for _, f := range a.Failures {
		if failed := take(f.Receivers); len(failed) > 0 {
			reason := &APIError{Status: http.StatusOK, Code: strconv.Itoa(f.Code), path: u.Path}
			out.Failed = append(out.Failed, FriendFailure{Receivers: failed, Err: reason})
		}
	}
	if len(left) > 0 {
		silent := &AnswerError{Host: u.Host, Path: u.Path, What: "no word of a receiver"}
		if len(left) == len(asked) {
			return FriendResult{}, silent
		}
		out.Failed = append(out.Failed, FriendFailure{Receivers: left, Err: silent})
	}
	return out, nil
}
