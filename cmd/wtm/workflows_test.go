package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// workflow is what the rules below look at; act and actionlint see the rest.
type workflow struct {
	On          yaml.Node `yaml:"on"`
	Permissions yaml.Node `yaml:"permissions"`
	Jobs        map[string]struct {
		Uses        string            `yaml:"uses"`
		Timeout     int               `yaml:"timeout-minutes"`
		Permissions map[string]string `yaml:"permissions"`
		Concurrency struct {
			Group  string `yaml:"group"`
			Cancel bool   `yaml:"cancel-in-progress"`
		} `yaml:"concurrency"`
		Steps []step `yaml:"steps"`
	} `yaml:"jobs"`
}

type step struct {
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	With map[string]string `yaml:"with"`
}

// pinnedForm is a full commit with its version beside it.
var pinnedForm = regexp.MustCompile(`uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+`)

func TestWorkflowsAreCareful(t *testing.T) {
	action, err := os.ReadFile(filepath.Join("..", "..", ".github", "actions", "build", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	checkPins(t, "action.yml", string(action))
	files, err := filepath.Glob(filepath.Join("..", "..", ".github", "workflows", "*.yml"))
	if err != nil || len(files) != 4 {
		t.Fatalf("workflows %v, %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		checkPins(t, name, string(data))
		var w workflow
		if err := yaml.Unmarshal(data, &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if w.Permissions.Kind != yaml.MappingNode || len(w.Permissions.Content) != 0 {
			t.Errorf("%s: the workflow as a whole has permissions", name)
		}
		for id, job := range w.Jobs {
			where := name + ", job " + id
			if job.Uses == "" && (job.Timeout == 0 || job.Timeout > 60) {
				t.Errorf("%s: timeout-minutes is %d", where, job.Timeout)
			}
			for scope, access := range job.Permissions {
				if access == "write" && scope != "contents" && scope != "actions" {
					t.Errorf("%s: may write %s", where, scope)
				}
			}
			writes := job.Permissions["contents"] == "write" && job.Uses == ""
			if writes && (!strings.HasPrefix(job.Concurrency.Group, "wtm") || strings.HasPrefix(job.Concurrency.Group, "wtm-") || job.Concurrency.Cancel) {
				t.Errorf("%s: writes the state outside of the one group, or may be cancelled", where)
			}
			for _, s := range job.Steps {
				checkStep(t, where, s)
			}
		}
	}
}

func checkPins(t *testing.T, name, text string) {
	t.Helper()
	if strings.Contains(text, "pull_request_target") {
		t.Errorf("%s: pull_request_target gives strangers the secrets", name)
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "uses: ") && !strings.Contains(line, "uses: ./") && !pinnedForm.MatchString(line) {
			t.Errorf("%s: not pinned by its full commit with the version beside it: %s", name, strings.TrimSpace(line))
		}
		if strings.Contains(line, "cron: ") && regexp.MustCompile(`"0[ ,]|[,]0[ ,]`).MatchString(line) {
			t.Errorf("%s: a tick at the busiest minute: %s", name, strings.TrimSpace(line))
		}
	}
}

func checkStep(t *testing.T, where string, s step) {
	t.Helper()
	if strings.Contains(s.Run, "${{") {
		t.Errorf("%s: an expression in the text of a script: %s", where, s.Run)
	}
	if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
		t.Errorf("%s: checkout leaves the token behind", where)
	}
}

// TestScheduleOnlyTicks keeps what GitHub may switch off apart from what a person starts by hand.
func TestScheduleOnlyTicks(t *testing.T) {
	for name, want := range map[string][]string{"schedule.yml": {"schedule"}, "run.yml": {"workflow_dispatch", "workflow_call"}, "login.yml": {"workflow_dispatch"}} {
		data, err := os.ReadFile(filepath.Join("..", "..", ".github", "workflows", name))
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(data, &w); err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := 0; i < len(w.On.Content); i += 2 {
			got = append(got, w.On.Content[i].Value)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s starts on %v, want %v", name, got, want)
		}
	}
}
