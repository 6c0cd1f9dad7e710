package state

import (
	"maps"
	"time"
)

// Owe records that items were told at a slot, but not to all of its receivers: those who are left still have to get them,
// though the items are known. What is owed of slots that are no longer remembered is dropped.
func (s *State) Owe(job string, slot time.Time, ids []string) {
	j := s.Jobs[job]
	owed := maps.Clone(j.Owed)
	if owed == nil {
		owed = map[string]string{}
	}
	for _, id := range ids {
		owed[hash(id)] = SlotKey(slot)
	}
	j.Owed = remembered(owed, j.Slots)
	s.setJob(job, j)
}

// Owes reports whether an item was told at a slot, but not to all of its receivers.
func (s State) Owes(job string, slot time.Time, id string) bool {
	return s.Jobs[job].Owed[hash(id)] == SlotKey(slot)
}

// OwedAt returns how many items were told at a slot, but not to all of its receivers.
func (s State) OwedAt(job string, slot time.Time) int {
	n := 0
	for _, at := range s.Jobs[job].Owed {
		if at == SlotKey(slot) {
			n++
		}
	}
	return n
}

// remembered drops what is owed of slots without a mark.
func remembered(owed map[string]string, slots map[string]map[string]Mark) map[string]string {
	maps.DeleteFunc(owed, func(_, slot string) bool { return len(slots[slot]) == 0 })
	if len(owed) == 0 {
		return nil
	}
	return owed
}

// mergeOwed unites what two states owe, each item at its later slot.
func mergeOwed(a, b map[string]string, slots map[string]map[string]Mark) map[string]string {
	owed := maps.Clone(a)
	for id, slot := range b {
		if owed == nil {
			owed = map[string]string{}
		}
		owed[id] = max(owed[id], slot)
	}
	return remembered(owed, slots)
}
