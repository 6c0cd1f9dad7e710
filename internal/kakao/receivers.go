package kakao

import (
	"encoding/json"
	"fmt"
)

// receivers checks the uuids of a send and returns the form field.
func receivers(uuids []string) ([]string, error) {
	r := &rules{}
	r.between("receiver_uuids", len(uuids), 1, MaxReceivers, "receivers")
	met := map[string]bool{}
	for i, uuid := range uuids {
		field := fmt.Sprintf("receiver_uuids[%d]", i)
		r.required(field, uuid, MaxTitle)
		r.word(field, uuid, MaxTitle)
		if met[uuid] {
			r.refuse(field, "each receiver once", "one again")
		}
		met[uuid] = true
	}
	if r.err != nil {
		return nil, r.err
	}
	text, err := json.Marshal(uuids)
	return []string{string(text)}, err
}
