package state

import (
	"maps"
	"strings"
	"time"
)

// kakaoZone is where Kakao's days begin and end, presumably (its page on quotas does not say).
var kakaoZone = time.FixedZone("KST", 9*60*60)

// Sends counts the messages of one day.
type Sends struct {
	// Day is a date in Korea, such as 2026-11-23.
	Day string `json:"day"`
	// Counts maps "account receiver" to how many messages went, or may have gone, to the receiver.
	Counts map[string]int `json:"counts,omitempty"`
}

func dayOf(at time.Time) string { return at.In(kakaoZone).Format(time.DateOnly) }

// Count adds messages that an account sent to a receiver. Counts of earlier days are dropped.
func (s *State) Count(account, receiver string, at time.Time, messages int) {
	if day := dayOf(at); s.Sends.Day != day {
		s.Sends = Sends{Day: day}
	}
	counts := maps.Clone(s.Sends.Counts)
	if counts == nil {
		counts = map[string]int{}
	}
	counts[account+" "+receiver] += messages
	s.Sends.Counts = counts
}

// Counted returns how many messages an account has sent to a receiver on the day of a time.
func (s State) Counted(account, receiver string, at time.Time) int {
	if s.Sends.Day != dayOf(at) {
		return 0
	}
	return s.Sends.Counts[account+" "+receiver]
}

// CountedToFriends returns how many messages an account has sent to all receivers but its own chat on the day of a time.
func (s State) CountedToFriends(account string, at time.Time) int {
	if s.Sends.Day != dayOf(at) {
		return 0
	}
	all := 0
	for key, n := range s.Sends.Counts {
		if receiver, ok := strings.CutPrefix(key, account+" "); ok && receiver != account {
			all += n
		}
	}
	return all
}

// mergeSends takes the later day, and of the same day the greater counts: which messages both have counted is unknown.
func mergeSends(a, b Sends) Sends {
	if a.Day != b.Day {
		if a.Day < b.Day {
			return b
		}
		return a
	}
	out := Sends{Day: a.Day, Counts: maps.Clone(a.Counts)}
	for key, n := range b.Counts {
		if out.Counts == nil {
			out.Counts = map[string]int{}
		}
		out.Counts[key] = max(out.Counts[key], n)
	}
	return out
}
