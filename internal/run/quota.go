package run

import (
	"fmt"
	"time"

	"wtm/internal/config"
	"wtm/internal/state"
)

// Kakao's limits of a day (https://developers.kakao.com/docs/latest/ko/getting-started/quota). The own chat has none that is
// documented, and developers speak of that of a pair.
const (
	maxSends     = 100 // from one account to its friends
	maxPairSends = 20  // from one account to one friend
	manyMemos    = 20  // to an own chat, from where on a person should know
)

// recipient names a receiver in the counts of a day: a friend by uuid, however the config calls it.
func recipient(who config.Receiver, uuid string) string {
	if uuid != "" {
		return uuid
	}
	return who.Account
}

// withinQuota takes out the receivers whose messages Kakao would not take whole, and says why.
func withinQuota(s state.State, d draft, to []config.Receiver, found map[config.Receiver]string, now time.Time) (allowed []config.Receiver, refused map[config.Receiver]error) {
	refused = map[config.Receiver]error{}
	planned := map[string]int{} // of this draft, by account
	for _, who := range to {
		if who.Friend != "" {
			all := s.CountedToFriends(who.Account, now) + planned[who.Account]
			pair := s.Counted(who.Account, found[who], now)
			switch {
			case all+len(d.parts) > maxSends:
				refused[who] = &QuotaError{Limit: maxSends, Sent: all, Messages: len(d.parts), Of: "messages to friends"}
				continue
			case pair+len(d.parts) > maxPairSends:
				refused[who] = &QuotaError{Limit: maxPairSends, Sent: pair, Messages: len(d.parts), Of: "messages to one friend"}
				continue
			}
			planned[who.Account] += len(d.parts)
		}
		allowed = append(allowed, who)
	}
	return allowed, refused
}

// QuotaError is a message that Kakao's limit of the day has no room for.
type QuotaError struct {
	Limit, Sent, Messages int
	Of                    string
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("Kakao takes %d %s a day; %d were sent today, and this would be %d more", e.Limit, e.Of, e.Sent, e.Messages)
}

// Hint says what becomes of it.
func (*QuotaError) Hint() string {
	return "it stays due until `late` is over; fewer slots or `long: cut` send less: https://developers.kakao.com/docs/latest/ko/getting-started/quota"
}
