package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"wtm/internal/compose"
	"wtm/internal/schedule"
	"wtm/internal/secret"
)

// Parse reads a wtm.yml. file names it in errors; getenv looks up the ${NAME} of requests. The error joins one
// [Error] for each thing that is wrong.
func Parse(file string, data []byte, getenv func(string) string) (Config, error) {
	var secrets []secret.Value
	r := &reader{file: file, getenv: func(name string) string {
		held := getenv(name)
		if held != "" {
			secrets = append(secrets, secret.Value(held))
		}
		return held
	}}
	root, err := r.document(data)
	if err != nil {
		return Config{}, err
	}
	top := r.mapping(root, "the file", "timezone", "jobs", "late", "hold", "unknown", "pause", "link", "link_base", "report")
	if root.Kind == yaml.MappingNode {
		top.require("jobs")
	}
	standard := readDefaults(top)
	standard.links = compose.Links{Default: value(top, "link", "", fixedLink), Base: value(top, "link_base", "", linkBase)}
	cfg := Config{File: file, FullReport: value(top, "report", false, choice(map[string]bool{"full": true, "counts": false}, "full", "counts"))}
	if n := top.entries["jobs"]; n != nil {
		for name, job := range r.pairs(n, "jobs") {
			cfg.Jobs = append(cfg.Jobs, r.job(name, job, standard))
		}
		if len(cfg.Jobs) == 0 && len(r.errs) == 0 {
			r.errorf(n, "jobs has no job in it")
		}
	}
	if err := r.err(); err != nil {
		return Config{}, err
	}
	cfg.Secrets = secrets
	return cfg, nil
}

// defaults are what jobs take over from the top of the file.
type defaults struct {
	zone       *time.Location
	late, hold time.Duration
	pause      time.Duration
	resend     bool
	links      compose.Links
}

func readDefaults(top mapping) defaults {
	seoul, err := schedule.LoadZone("Asia/Seoul")
	if err != nil {
		panic(err) // the zone data is compiled in
	}
	d := overrides(top, defaults{late: DefaultLate, hold: DefaultHold, pause: DefaultPause})
	d.zone = value(top, "timezone", seoul, schedule.LoadZone)
	return d
}

// overrides reads the keys that stand at the top as well as in a job.
func overrides(m mapping, d defaults) defaults {
	d.late = value(m, "late", d.late, durationUpTo(7*24*time.Hour))
	// A run that waits holds a runner, and the workflow ends one after an hour.
	d.hold = value(m, "hold", d.hold, durationUpTo(MaxHold))
	d.pause = value(m, "pause", d.pause, durationUpTo(time.Minute))
	d.resend = value(m, "unknown", d.resend, choice(map[string]bool{"resend": true, "keep": false}, "resend", "keep"))
	return d
}

// durationUpTo parses a duration from 0 to most.
func durationUpTo(most time.Duration) func(string) (time.Duration, error) {
	return func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration: want one such as 30s, 90m or 2h", text)
		}
		if d < 0 || d > most {
			return 0, fmt.Errorf("%q is out of range: want 0s to %s", text, strings.TrimSuffix(strings.TrimSuffix(most.String(), "0s"), "0m"))
		}
		return d, nil
	}
}

// choice parses one of a few words.
func choice[T any](values map[string]T, words ...string) func(string) (T, error) {
	return func(text string) (T, error) {
		v, ok := values[text]
		if !ok {
			return v, fmt.Errorf("%q is unknown; %s", text, suggest(text, words))
		}
		return v, nil
	}
}

// yesOrNo parses true or false.
func yesOrNo(text string) (bool, error) {
	return choice(map[string]bool{"true": true, "false": false}, "true", "false")(text)
}

// pattern parses a regular expression, in Go's syntax, which cannot explode.
func pattern(text string) (*regexp.Regexp, error) {
	p, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%q: %w; want a regular expression such as 점심|중식", text, err)
	}
	return p, nil
}

// maxName is how long a job's name may be.
const maxName = 40

// isName reports whether a job may be called so: its name stands in reports and in other tools' output.
func isName(text string) bool {
	n := utf8.RuneCountInString(text)
	return n > 0 && n <= maxName && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' && r != '-'
	})
}

// job reads one job.
func (r *reader) job(name, n *yaml.Node, standard defaults) Job {
	if !isName(name.Value) {
		r.errorf(name, "%q is no name of a job; want letters, digits, - and _, 40 at most", name.Value)
	}
	m := r.mapping(n, fmt.Sprintf("job %q", name.Value),
		"at", "source", "message", "empty", "send", "id", "to", "late", "hold", "unknown", "pause", "except", "holidays")
	if n.Kind != yaml.MappingNode {
		return Job{}
	}
	m.node = name // what is missing is missing under the name
	m.require("at", "source", "message")
	m.refuse("holidays")
	d := overrides(m, standard)
	j := Job{
		Name:   name.Value,
		Resend: d.resend, Pause: d.pause,
		Send: value(m, "send", SendAlways, choice(map[string]Send{"always": SendAlways, "changed": SendChanged, "new": SendNew}, "always", "changed", "new")),
		Plan: schedule.Plan{
			Zone: d.zone, Late: d.late, Hold: d.hold,
			At:     values(m, "at", schedule.ParseAt),
			Except: values(m, "except", schedule.ParseDate),
		},
		To: m.receivers(),
	}
	for _, source := range m.list("source") {
		j.Sources = append(j.Sources, r.source(source))
	}
	if n := mostAtOnce(j.Plan); n > maxWindow {
		m.errorf(m.entries["at"], "at: %d slots lie within late and hold, and %d are remembered; want fewer times, or less late", n, maxWindow)
	}
	trial := trialData(j)
	if message := m.entries["message"]; message != nil {
		j.Message = r.message(message, trial, d.links)
	}
	j.Empty = m.empty(trial)
	j.ID = value(m, "id", compose.Template{}, idTemplate(trial.row()))
	return j
}

// maxWindow is how many slots a run may have to tell apart. The state remembers 64 of a job; some room is for those that
// have just gone by.
const maxWindow = 48

// mostAtOnce counts the slots of the fullest window that a run looks at.
func mostAtOnce(p schedule.Plan) int {
	week := 7 * 24 * time.Hour
	slots := p.Between(trialTime, trialTime.Add(week+p.Late+p.Hold))
	most, first := 0, 0
	for i, at := range slots {
		for at.Sub(slots[first]) > p.Late+p.Hold {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
