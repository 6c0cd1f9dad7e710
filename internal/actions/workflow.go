package actions

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"go.yaml.in/yaml/v4"
)

// WorkflowFolder is where a repository keeps its workflows.
const WorkflowFolder = ".github/workflows"

// Tick is one line of a workflow's schedule.
type Tick struct {
	Cron     string `yaml:"cron"`
	Timezone string `yaml:"timezone"` // UTC when empty
}

// The comments between which [WriteTicks] puts lines.
const (
	ticksBegin = "# wtm:ticks begin"
	ticksEnd   = "# wtm:ticks end"
)

// WorkflowError is a workflow file that cannot be read or changed.
type WorkflowError struct{ Path, Reason string }

func (e *WorkflowError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Reason) }

// Hint says where a whole one is.
func (*WorkflowError) Hint() string {
	return "take " + ScheduleFile + " anew from the repository that yours is a copy of"
}

// ExitCode is that of wrong configuration.
func (*WorkflowError) ExitCode() int { return 2 }

// ReadTicks returns the schedule of the workflow in a folder; [fs.ErrNotExist] when there is no such file.
func ReadTicks(folder string) ([]Tick, error) {
	path := filepath.Join(folder, ScheduleFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		On struct {
			Schedule []Tick `yaml:"schedule"`
		} `yaml:"on"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, &WorkflowError{path, "it is not a workflow: " + err.Error()}
	}
	return file.On.Schedule, nil
}

// ownLine returns where a comment stands that has a line to itself, or -1.
func ownLine(data []byte, comment string) int {
	at := regexp.MustCompile(`(?m)^[ \t]*(` + regexp.QuoteMeta(comment) + `)[ \t]*\r?$`).FindSubmatchIndex(data)
	if at == nil {
		return -1
	}
	return at[2]
}

// WriteTicks replaces the lines between the two marker comments of the workflow in a folder, and leaves the rest as it is.
func WriteTicks(folder string, ticks []Tick) error {
	path := filepath.Join(folder, ScheduleFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &WorkflowError{path, "there is no such file"}
	}
	if err != nil {
		return err
	}
	begin, end := ownLine(data, ticksBegin), ownLine(data, ticksEnd)
	if begin < 0 || end < begin {
		return &WorkflowError{path, fmt.Sprintf("the comments %q and %q are not in it", ticksBegin, ticksEnd)}
	}
	lineEnd := begin + bytes.IndexByte(data[begin:], '\n') + 1
	indent := data[bytes.LastIndexByte(data[:begin], '\n')+1 : begin]
	var lines bytes.Buffer
	for _, t := range ticks {
		fmt.Fprintf(&lines, "%s- cron: %q\n%s  timezone: %s\n", indent, t.Cron, indent, t.Timezone)
	}
	lastLine := bytes.LastIndexByte(data[:end], '\n') + 1
	changed := bytes.Join([][]byte{data[:lineEnd], lines.Bytes(), data[lastLine:]}, nil)
	if bytes.Equal(changed, data) {
		return nil
	}
	return os.WriteFile(path, changed, 0o644)
}
