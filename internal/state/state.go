// Package state is what wtm remembers between runs: the tokens of each account and what each job has sent.
//
// It is stored as one age file around JSON ([Key.Seal], [Key.Open]), which the stock age command can read. Two states
// that grew apart merge into one that has lost nothing ([Merge]). What is kept is bounded.
package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"wtm/internal/secret"
)

// Version is the form of the JSON this program writes, and the newest it reads.
const Version = 1

// Me names the account of the person who logged in without choosing a name.
const Me = "me"

// What is kept of a job.
const (
	MaxSlots = 64   // newest slots
	MaxSeen  = 2000 // item ids, those seen last
)

// State is everything remembered.
type State struct {
	Version int `json:"version"`
	// Created is when the first login made the state; slots before it never count.
	Created  time.Time          `json:"created"`
	Accounts map[string]Account `json:"accounts"`
	Jobs     map[string]Job     `json:"jobs"`
	// Sends are the messages of the last day that had any.
	Sends Sends `json:"sends,omitzero"`
}

// Account holds the tokens of one Kakao login.
type Account struct {
	UserID  int64    `json:"user_id,omitempty"`
	Access  Token    `json:"access"`
	Refresh Token    `json:"refresh"`
	Scope   []string `json:"scope,omitempty"` // of the refresh token
}

// Token is a secret with its life, in absolute times.
type Token struct {
	Value     secret.Value `json:"value"`
	IssuedAt  time.Time    `json:"issued_at"`
	ExpiresAt time.Time    `json:"expires_at"`
}

// Job is what one job has done.
type Job struct {
	// Slots maps a slot ([SlotKey]) to a receiver to what came of it.
	Slots map[string]map[string]Mark `json:"slots,omitempty"`
	// Seen maps the hash of an item's id to when it was last on the page.
	Seen map[string]time.Time `json:"seen,omitempty"`
	// Owed maps the hash of an item's id to the slot that told it to some of its receivers and not to all.
	Owed map[string]string `json:"owed,omitempty"`
	// Baseline is when the items of the page were first taken as known; zero means never.
	Baseline time.Time `json:"baseline,omitzero"`
	// LastText is the hash of what was last said, pictures included, and LastTextAt when.
	LastText   string    `json:"last_text,omitempty"`
	LastTextAt time.Time `json:"last_text_at,omitzero"`
	Failures   Failures  `json:"failures,omitzero"`
}

// Mark says what came of a slot for one receiver.
type Mark struct {
	Outcome Outcome   `json:"outcome"`
	At      time.Time `json:"at"`
}

// Outcome is what came of a slot.
type Outcome string

// The outcomes that settle a slot.
const (
	Sent    Outcome = "sent"    // Kakao took the message
	Unknown Outcome = "unknown" // it may have arrived
	Skipped Outcome = "skipped" // there was nothing to send
	Missed  Outcome = "missed"  // no run served it in time
)

// New returns an empty state.
func New(created time.Time) State {
	return State{Version: Version, Created: created.UTC().Truncate(time.Second), Accounts: map[string]Account{}, Jobs: map[string]Job{}}
}

// SlotKey names a slot whatever zone it was written in: RFC 3339 in UTC.
func SlotKey(slot time.Time) string { return slot.UTC().Format(time.RFC3339) }

// Mark returns what came of a slot for a receiver.
func (s State) Mark(job string, slot time.Time, receiver string) (Mark, bool) {
	m, ok := s.Jobs[job].Slots[SlotKey(slot)][receiver]
	return m, ok
}

// SetMark records what came of a slot for a receiver. Only the newest [MaxSlots] slots are kept.
func (s *State) SetMark(job string, slot time.Time, receiver string, m Mark) {
	j := s.Jobs[job]
	if j.Slots == nil {
		j.Slots = map[string]map[string]Mark{}
	}
	key := SlotKey(slot)
	if j.Slots[key] == nil {
		j.Slots[key] = map[string]Mark{}
	}
	m.At = m.At.UTC().Truncate(time.Second)
	j.Slots[key][receiver] = m
	j.Slots = newest(j.Slots)
	s.setJob(job, j)
}

// See records that items with these ids were on the page at a time. Only the newest [MaxSeen] are kept, as hashes.
func (s *State) See(job string, ids []string, at time.Time) {
	j := s.Jobs[job]
	if j.Seen == nil {
		j.Seen = map[string]time.Time{}
	}
	for _, id := range ids {
		j.Seen[hash(id)] = at.UTC().Truncate(time.Second)
	}
	j.Seen = latest(j.Seen)
	s.setJob(job, j)
}

// Seen reports whether an item with this id was on the page before.
func (s State) Seen(job, id string) bool {
	_, ok := s.Jobs[job].Seen[hash(id)]
	return ok
}

func (s *State) setJob(name string, j Job) {
	if s.Jobs == nil {
		s.Jobs = map[string]Job{}
	}
	s.Jobs[name] = j
}

// hash keeps ids short, and private in a state that somebody opens.
func hash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:12])
}

// newest drops the oldest slots over the bound. The keys sort by time.
func newest(slots map[string]map[string]Mark) map[string]map[string]Mark {
	if len(slots) <= MaxSlots {
		return slots
	}
	keys := slices.Sorted(maps.Keys(slots))
	for _, key := range keys[:len(keys)-MaxSlots] {
		delete(slots, key)
	}
	return slots
}

// latest drops the ids seen longest ago over the bound.
func latest(seen map[string]time.Time) map[string]time.Time {
	if len(seen) <= MaxSeen {
		return seen
	}
	ids := slices.SortedFunc(maps.Keys(seen), func(a, b string) int {
		if c := seen[a].Compare(seen[b]); c != 0 {
			return c
		}
		return bytes.Compare([]byte(a), []byte(b))
	})
	for _, id := range ids[:len(ids)-MaxSeen] {
		delete(seen, id)
	}
	return seen
}

// Clone returns a copy that shares nothing with s.
func (s State) Clone() State {
	out := s
	out.Sends.Counts = maps.Clone(s.Sends.Counts)
	out.Accounts, out.Jobs = map[string]Account{}, map[string]Job{}
	for name, a := range s.Accounts {
		a.Scope = slices.Clone(a.Scope)
		out.Accounts[name] = a
	}
	for name, j := range s.Jobs {
		out.Jobs[name] = j.clone()
	}
	return out
}

func (j Job) clone() Job {
	j.Seen, j.Owed = maps.Clone(j.Seen), maps.Clone(j.Owed)
	slots := j.Slots
	j.Slots = make(map[string]map[string]Mark, len(slots))
	for key, marks := range slots {
		j.Slots[key] = maps.Clone(marks)
	}
	return j
}

// Equal reports whether two states hold the same.
func Equal(a, b State) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
