package preview

import (
	"fmt"
	"strings"

	"wtm/internal/kakao"
)

// measure is how much of one of Kakao's limits a message uses.
type measure struct {
	what       quantity
	used, most int
}

// quantity names what a limit is on, in English and in the language of the chat.
type quantity struct{ one, many, korean, counter string }

var (
	characters = quantity{"character", "characters", "글자", "자"}
	inHeader   = quantity{"header character", "header characters", "머리글", "자"}
	rows       = quantity{"row", "rows", "줄", "개"}
	tableRows  = quantity{"item", "items", "항목", "개"}
	counts     = quantity{"counter", "counters", "집계", "개"}
	buttonsOf  = quantity{"button", "buttons", "버튼", "개"}
)

// Room says how much of Kakao's limits a message uses and leaves, such as "37 of 200 characters used, 163 left"; empty for
// a message without such limits. Characters are UTF-16 units, as in [kakao.UTF16Len].
func Room(t kakao.Template) string {
	var all []string
	for _, m := range measures(t.Spec()) {
		noun := m.what.many
		if m.most == 1 {
			noun = m.what.one
		}
		all = append(all, fmt.Sprintf("%d of %d %s used, %d left", m.used, m.most, noun, m.most-m.used))
	}
	return strings.Join(all, "; ")
}

// room is [Room] for the reader of the chat.
func room(t kakao.Template) string {
	var all []string
	for _, m := range measures(t.Spec()) {
		all = append(all, fmt.Sprintf("%s %d/%d, %d%s 남음", m.what.korean, m.used, m.most, m.most-m.used, m.what.counter))
	}
	return strings.Join(all, " · ")
}

func measures(s kakao.Spec) []measure {
	switch s := s.(type) {
	case kakao.Text:
		return []measure{{characters, kakao.UTF16Len(s.Text), kakao.MaxText}}
	case kakao.Feed:
		var all []measure
		if s.ItemContent != nil {
			all = append(all, measure{tableRows, len(s.ItemContent.Items), kakao.MaxItems})
		}
		return append(append(all, counted(s.Social)...), measure{buttonsOf, len(s.Buttons), kakao.MaxButtons})
	case kakao.List:
		return []measure{{rows, len(s.Contents), kakao.MaxRows}, {inHeader, kakao.UTF16Len(s.HeaderTitle), kakao.MaxText}, {buttonsOf, len(s.Buttons), kakao.MaxButtons}}
	case kakao.Location:
		return append(counted(s.Social), measure{buttonsOf, len(s.Buttons), kakao.MaxButtonsBeside})
	case kakao.Commerce:
		return []measure{{buttonsOf, len(s.Buttons), kakao.MaxButtons}}
	case kakao.Calendar:
		return []measure{{buttonsOf, len(s.Buttons), kakao.MaxButtonsBeside}}
	}
	return nil
}

func counted(s *kakao.Social) []measure {
	if s == nil {
		return nil
	}
	n := 0
	for _, c := range []*int{s.LikeCount, s.CommentCount, s.SharedCount, s.ViewCount, s.SubscriberCount} {
		if c != nil {
			n++
		}
	}
	return []measure{{counts, n, kakao.MaxSocial}}
}
