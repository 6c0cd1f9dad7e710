package kakao

import (
	"context"

	"wtm/internal/secret"
)

// User is who an access token belongs to.
type User struct {
	// ID is Kakao's member number within the app.
	ID int64
	// Nickname is empty without the user's consent to show it.
	Nickname string
}

// Me returns the user of an access token (GET /v2/user/me,
// https://developers.kakao.com/docs/ko/kakaologin/rest-api#req-user-info).
func (c *Client) Me(ctx context.Context, access secret.Value) (User, error) {
	var answer struct {
		ID      int64 `json:"id"`
		Account struct {
			Profile struct {
				Nickname string `json:"nickname"`
			} `json:"profile"`
		} `json:"kakao_account"`
	}
	err := c.retry(ctx, mayPass, func() error { return c.get(ctx, c.apiURL("/v2/user/me"), access, &answer) })
	return User{ID: answer.ID, Nickname: answer.Account.Profile.Nickname}, err
}

// Scope is a consent item of the app and what the user said to it.
type Scope struct {
	ID          string `json:"id"` // such as talk_message
	DisplayName string `json:"display_name"`
	Using       bool   `json:"using"`
	Agreed      bool   `json:"agreed"`
}

// Scopes returns the consent items of the user of an access token (GET /v2/user/scopes,
// https://developers.kakao.com/docs/ko/kakaologin/rest-api#check-consent).
func (c *Client) Scopes(ctx context.Context, access secret.Value) ([]Scope, error) {
	var answer struct {
		Scopes []Scope `json:"scopes"`
	}
	err := c.retry(ctx, mayPass, func() error { return c.get(ctx, c.apiURL("/v2/user/scopes"), access, &answer) })
	return answer.Scopes, err
}
