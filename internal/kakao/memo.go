package kakao

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"wtm/internal/secret"
)

// SendToMe sends a message to the user's own chat (POST /v2/api/talk/memo/default/send, /send or /scrap/send,
// https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api). A send has no idempotency key, so only what
// surely was not delivered is tried again; after an error, [Unknown] tells whether the message may have arrived.
func (c *Client) SendToMe(ctx context.Context, access secret.Value, t Template) error {
	form, err := t.form()
	if err != nil {
		return fmt.Errorf("encoding the message: %w", err)
	}
	var answer struct {
		ResultCode *int `json:"result_code"`
	}
	err = c.retry(ctx, notDelivered, func() error {
		return c.post(ctx, c.apiURL("/v2/api/talk/memo/"+t.Path()), access, form, &answer)
	})
	if err != nil {
		return err
	}
	if answer.ResultCode == nil || *answer.ResultCode != 0 {
		return &ResultError{Code: answer.ResultCode}
	}
	return nil
}

// notDelivered reports whether a failed send surely did not arrive and may do so if sent again.
func notDelivered(err error) bool {
	if neverSent(err) {
		return true
	}
	refused, ok := errors.AsType[*APIError](err)
	if !ok || Unknown(err) {
		return false
	}
	switch refused.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return refused.Code == "-1" || refused.Code == "-7" || refused.Code == "-9798"
}

// Unknown reports whether a message whose sending ended with err may or may not have arrived: the request went out and
// no answer, or only that of a gateway, came back. Such a send must not be repeated blindly.
func Unknown(err error) bool {
	if t, ok := errors.AsType[*TransportError](err); ok {
		return t.Sent
	}
	if _, ok := errors.AsType[*AnswerError](err); ok {
		return true // answered with 200, but not in a form that says what happened
	}
	refused, ok := errors.AsType[*APIError](err)
	if !ok {
		return false
	}
	switch refused.Status {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	// -603 is a time-out inside Kakao (https://developers.kakao.com/docs/ko/rest-api/error-code).
	return refused.Code == "-603"
}
