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
		s, err := openOne(key, c)
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

// openOne opens a copy by the first of its readings that does.
func openOne(key state.Key, readings []string) (s state.State, err error) {
	for _, armored := range readings {
		if s, err = key.Open([]byte(armored)); err == nil {
			return s, nil
		}
	}
	return s, err
}

// copiesIn takes the armored copies out of a log, each as the ways it can be read: the lines of a log may have something
// before them, or colours, and other lines may stand between; pasted, all may have become one line.
func copiesIn(log string) [][]string {
	plain := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(terminalSGR.ReplaceAllString(log, ""))
	var copies [][]string
	for rest := plain; ; {
		before, after, found := strings.Cut(rest, armorEnd)
		if !found {
			return copies
		}
		rest = after
		if begin := strings.LastIndex(before, armorBegin); begin >= 0 {
			copies = append(copies, readings(before[begin+len(armorBegin):]))
		}
	}
}

// readings are the ways to read what stands between the first and the last line of a copy. All lines of base64 but the last
// are full, which tells them from what else a log says; the last may be any short word behind them, or missing.
func readings(inside string) []string {
	lines := strings.Split(inside, "\n")
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // what is before the last line's marker
	} else {
		lines = strings.Fields(inside)
	}
	var full, short []string
	for _, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || !armorWord.MatchString(words[len(words)-1]) {
			continue
		}
		if word := words[len(words)-1]; len(word) == armorColumns {
			full, short = append(full, word), nil
		} else {
			short = append(short, word)
		}
	}
	body := strings.Join(append([]string{armorBegin}, full...), "\n") + "\n"
	all := []string{body + armorEnd + "\n"}
	for _, last := range short {
		all = append(all, body+last+"\n"+armorEnd+"\n")
	}
	return all
}
