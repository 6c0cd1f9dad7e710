package kakaotest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"
	_ "time/tzdata" // the day of Kakao's quotas, wherever tests run
)

// Daily limits (https://developers.kakao.com/docs/latest/ko/getting-started/quota). The days are taken to be Korea's.
const (
	SenderLimit   = 100
	ReceiverLimit = 100
	PairLimit     = 20
)

// mostReceivers is the limit of one call (https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api).
const mostReceivers = 5

// tally counts what was sent on a day; an empty name stands for all.
type tally struct{ day, from, to string }

// receiverFault is a refusal for one receiver.
type receiverFault struct{ code, times int }

// FailReceiver orders that the next sends to a friend fail with a code, after those ordered before: times of them, 0
// means once, a negative number always.
func (s *Server) FailReceiver(uuid string, code, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if times == 0 {
		times = 1
	}
	s.failing[uuid] = append(s.failing[uuid], receiverFault{code, times})
}

// message delivers to friends: to all, to some, or to none of them.
func (s *Server) message(parse parser) userHandler {
	return func(w http.ResponseWriter, r *http.Request, u *User) {
		message, ok := s.parse(w, r, parse)
		if !ok {
			return
		}
		uuids, refusal := receivers(r.PostForm)
		if refusal != "" {
			s.problem("receivers that Kakao refuses: %s", refusal)
			s.refuse(w, http.StatusBadRequest, -2, refusal)
			return
		}
		s.mu.Lock()
		to, refusal := u.find(uuids)
		if refusal != "" {
			s.mu.Unlock()
			s.refuse(w, http.StatusBadRequest, -2, refusal)
			return
		}
		sent, failed, codes := []string{}, map[int][]string{}, []int{}
		for _, friend := range to {
			code := s.sendOne(message, u, friend)
			switch {
			case code == 0:
				sent = append(sent, friend.UUID)
				continue
			case failed[code] == nil:
				codes = append(codes, code)
			}
			failed[code] = append(failed[code], friend.UUID)
		}
		s.mu.Unlock()
		s.answerSends(w, sent, failed, codes)
	}
}

func (s *Server) answerSends(w http.ResponseWriter, sent []string, failed map[int][]string, codes []int) {
	if len(sent) == 0 {
		s.answer(w, http.StatusBadRequest, map[string]any{"code": codes[0], "msg": refusals[codes[0]], "receiver_ids": failed[codes[0]]})
		return
	}
	fields := map[string]any{"successful_receiver_uuids": sent}
	if len(codes) > 0 {
		var info []any
		for _, code := range codes {
			info = append(info, map[string]any{"code": code, "msg": refusals[code], "receiver_uuids": failed[code]})
		}
		fields["failure_info"], fields["result_code"] = info, -500 // as Kakao's own sample of a partial failure has it
	}
	s.answer(w, http.StatusOK, fields)
}

// refusals are texts beside codes; that of -532 is Kakao's own.
var refusals = map[int]string{
	-502: "the receiver is not a friend of the sender.",
	-530: "the receiver refuses messages.",
	-532: "daily message limit per sender has been exceeded.",
	-533: "daily message limit per receiver has been exceeded.",
	-536: "daily message limit per sender and receiver has been exceeded.",
}

// receivers reads receiver_uuids, or returns Kakao's text of what is wrong with it.
func receivers(form url.Values) ([]string, string) {
	if !form.Has("receiver_uuids") {
		return nil, "The Parameter [receiver_uuids] cannot be null."
	}
	const invalid = "Constraints on the parameter [receiver_uuids] are unsatisfied. The input receiver id(s) is invalid format."
	var uuids []string
	if json.Unmarshal([]byte(form.Get("receiver_uuids")), &uuids) != nil {
		return nil, invalid
	}
	if len(uuids) == 0 {
		return nil, "The Parameter [receiver_uuids] cannot be empty."
	}
	if len(uuids) > mostReceivers || slices.Contains(uuids, "") || len(slices.Compact(slices.Sorted(slices.Values(uuids)))) < len(uuids) {
		return nil, invalid
	}
	return uuids, ""
}

// find looks receivers up, or returns Kakao's text of why one may not get a message.
func (u *User) find(uuids []string) ([]*Friend, string) {
	var found []*Friend
	for _, uuid := range uuids {
		if uuid == u.UUID {
			return nil, "Cannot contain a receiver who is identical to the sender in multicast mode."
		}
		i := slices.IndexFunc(u.friends, func(f *Friend) bool { return f.UUID == uuid })
		if i < 0 {
			return nil, "Constraints on the parameter [receiver_uuids] are unsatisfied. Not allowed to send a message to some of receivers."
		}
		found = append(found, u.friends[i])
	}
	return found, ""
}

// sendOne delivers to one friend, or returns the code of what stands against it. The caller holds the lock.
func (s *Server) sendOne(message Delivery, from *User, to *Friend) int {
	day := s.day()
	switch {
	case len(s.failing[to.UUID]) > 0:
		return s.nextRefusal(to.UUID)
	case to.Left:
		return -502
	case to.Refuses:
		return -530
	case s.sent[tally{day, from.UUID, ""}] >= SenderLimit:
		return -532
	case s.sent[tally{day, "", to.UUID}] >= ReceiverLimit:
		return -533
	case s.sent[tally{day, from.UUID, to.UUID}] >= PairLimit:
		return -536
	}
	for _, t := range []tally{{day, from.UUID, ""}, {day, "", to.UUID}, {day, from.UUID, to.UUID}} {
		s.sent[t]++
	}
	s.deliver(message, from, to.UUID)
	return 0
}

// nextRefusal takes the fault whose turn it is.
func (s *Server) nextRefusal(uuid string) int {
	queue := s.failing[uuid]
	code := queue[0].code
	if queue[0].times--; queue[0].times == 0 {
		s.failing[uuid] = queue[1:]
	}
	return code
}

// day is the date of the fake's clock in Korea.
func (s *Server) day() string {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		panic(err) // its data is compiled in
	}
	return s.now().In(seoul).Format(time.DateOnly)
}
