package kakao

import "fmt"

// MaxSocial is how many counters a message shows; Kakao would drop the last of more.
const MaxSocial = 3

// Social are counters under a content, 1 to [MaxSocial] of them and none negative; nil leaves one out.
type Social struct {
	LikeCount       *int `json:"like_count,omitempty"`
	CommentCount    *int `json:"comment_count,omitempty"`
	SharedCount     *int `json:"shared_count,omitempty"`
	ViewCount       *int `json:"view_count,omitempty"`
	SubscriberCount *int `json:"subscriber_count,omitempty"`
}

func (r *rules) social(s *Social) {
	if s == nil {
		return
	}
	n := 0
	for _, c := range []struct {
		name  string
		count *int
	}{{"like_count", s.LikeCount}, {"comment_count", s.CommentCount}, {"shared_count", s.SharedCount},
		{"view_count", s.ViewCount}, {"subscriber_count", s.SubscriberCount}} {
		r.atLeast("social."+c.name, c.count, 0)
		if c.count != nil {
			n++
		}
	}
	if n < 1 || n > MaxSocial {
		r.refuse("social", fmt.Sprintf("1 to %d counters", MaxSocial), fmt.Sprint(n))
	}
}

func (s *Social) clone() *Social {
	if s == nil {
		return nil
	}
	return &Social{copyOf(s.LikeCount), copyOf(s.CommentCount), copyOf(s.SharedCount), copyOf(s.ViewCount), copyOf(s.SubscriberCount)}
}
