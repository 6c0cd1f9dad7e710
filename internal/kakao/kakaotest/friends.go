package kakaotest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// Friend is an entry of a user's friends list. Change one within [Server.Change].
type Friend struct {
	ID       int64
	UUID     string
	Nickname string
	// AllowedMsg is left out of the list when nil.
	AllowedMsg *bool
	Favorite   bool
	// Left makes one who is no friend any more, but still in Kakao's kept list: a send fails with -502.
	Left bool
	// Refuses makes one who takes no messages: a send fails with -530.
	Refuses bool
}

// AddFriend adds a friend of the default user, with what edits change.
func (s *Server) AddFriend(uuid, nickname string, edits ...func(*Friend)) *Friend {
	return s.AddFriendFor(s.Me(), uuid, nickname, edits...)
}

// AddFriendFor is [Server.AddFriend] for a user.
func (s *Server) AddFriendFor(u *User, uuid, nickname string, edits ...func(*Friend)) *Friend {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	f := &Friend{ID: 300000000 + int64(s.serial), UUID: uuid, Nickname: nickname}
	for _, edit := range edits {
		edit(f)
	}
	u.friends = append(u.friends, f)
	return f
}

// Sizes of a page of friends, as developers report them.
const (
	defaultPage = 10
	largestPage = 100
)

// friends answers a page of the list, favorites first, with the addresses of its neighbours
// (https://developers.kakao.com/docs/latest/ko/kakaotalk-social/rest-api).
func (s *Server) friends(w http.ResponseWriter, r *http.Request, u *User) {
	query := r.URL.Query()
	number := func(name string, standard, least, most int) (int, bool) {
		if !query.Has(name) {
			return standard, true
		}
		n, err := strconv.Atoi(query.Get(name))
		return n, err == nil && n >= least && n <= most
	}
	offset, good := number("offset", 0, 0, 1<<30)
	limit, fits := number("limit", defaultPage, 1, largestPage)
	if !good || !fits {
		s.problem("%s asks for offset %q, limit %q", r.URL.Path, query.Get("offset"), query.Get("limit"))
		s.refuse(w, http.StatusBadRequest, -2, "limit or offset is out of range")
		return
	}
	s.answer(w, http.StatusOK, s.friendsPage(u, s.URL+r.URL.Path, offset, limit))
}

func (s *Server) friendsPage(u *User, path string, offset, limit int) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(u.friends)
	slices.SortStableFunc(all, func(a, b *Friend) int { return rank(a) - rank(b) })
	page := all[min(offset, len(all)):min(offset+limit, len(all))]
	address := func(offset int) string {
		return fmt.Sprintf("%s?offset=%d&limit=%d&order=asc", path, offset, limit)
	}
	fields := map[string]any{"total_count": len(all), "before_url": nil, "after_url": nil}
	if offset > 0 {
		fields["before_url"] = address(max(0, offset-limit))
	}
	if offset+limit < len(all) {
		fields["after_url"] = address(offset + limit)
	}
	var elements []map[string]any
	for _, f := range page {
		element := map[string]any{"id": f.ID, "uuid": f.UUID, "favorite": f.Favorite, "profile_nickname": f.Nickname, "profile_thumbnail_image": ""}
		if f.AllowedMsg != nil {
			element["allowed_msg"] = *f.AllowedMsg
		}
		elements = append(elements, element)
	}
	if len(elements) > 0 { // Kakao leaves an empty list out
		fields["elements"] = elements
	}
	return fields
}

func rank(f *Friend) int {
	if f.Favorite {
		return 0
	}
	return 1
}
