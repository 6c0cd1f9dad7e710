package cli

import (
	"regexp"
	"strings"

	"wtm/internal/state"
)

// The first and last line of an armored age file (https://age-encryption.org/v1, "ASCII armor"), and what may be between.
const (
	armorBegin = "-----BEGIN AGE ENCRYPTED FILE-----"
	armorEnd   = "-----END AGE ENCRYPTED FILE-----"
	// armorColumns is the length of a full line of base64.
	armorColumns = 64
)

var (
	armorWord   = regexp.MustCompile(`^[A-Za-z0-9+/]{1,64}={0,2}$`)
	terminalSGR = regexp.MustCompile("\x1b\\[[0-9;]*m")
)

// openCopies opens what a person has of emergency copies: a file as age has it, or a log with one or more armored copies
// in it. Those of a log are merged; one that does not open is passed over as long as another does.
func openCopies(key state.Key, data []byte) (state.State, error) {
	copies := copiesIn(string(data))
	if len(copies) == 0 {
		return key.Open(data)
	}
	var all state.State
	var failed error
	opened := 0
	for _, c := range copies {
		s, err := key.Open([]byte(c))
		switch {
		case err != nil:
			failed = err
		case opened == 0:
			all, opened = s, 1
		default:
			all, opened = state.Merge(all, s), opened+1
		}
	}
	if opened == 0 {
		return all, failed
	}
	return all, nil
}

// copiesIn takes the armored copies out of a log. Its lines may have a time before them, or colours, and other lines may
// stand between; pasted, they may have become one line.
func copiesIn(log string) []string {
	var copies []string
	for rest := terminalSGR.ReplaceAllString(log, ""); ; {
		before, after, found := strings.Cut(rest, armorEnd)
		if !found {
			return copies
		}
		rest = after
		begin := strings.LastIndex(before, armorBegin)
		if begin < 0 {
			continue
		}
		inside := before[begin+len(armorBegin):]
		lines := strings.FieldsFunc(strings.TrimSpace(inside), func(r rune) bool { return r == '\n' || r == '\r' })
		if len(lines) == 1 {
			lines = strings.Fields(inside)
		}
		var base64 []string
		for _, line := range lines {
			if words := strings.Fields(line); len(words) > 0 && armorWord.MatchString(words[len(words)-1]) {
				base64 = append(base64, words[len(words)-1])
			}
		}
		armored := []string{armorBegin}
		for i, word := range base64 {
			// All lines but the last are full, which tells them from what else a log says.
			if len(word) == armorColumns || i == len(base64)-1 {
				armored = append(armored, word)
			}
		}
		copies = append(copies, strings.Join(append(armored, armorEnd), "\n")+"\n")
	}
}
