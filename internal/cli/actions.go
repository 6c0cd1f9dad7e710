package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wtm/internal/actions"
	"wtm/internal/config"
	"wtm/internal/run"
	"wtm/internal/secret"
	"wtm/internal/store"
)

// onActions returns the environment as a step of GitHub Actions has it: what is printed can be no command of the runner,
// and commands have a way of their own.
func (e Env) onActions() Env {
	if on, _ := e.Getenv("GITHUB_ACTIONS"); on != "true" {
		return e
	}
	e.commands = e.Stdout
	e.Stdout, e.Stderr = actions.Guard(e.Stdout), actions.Guard(e.Stderr)
	return e
}

// load reads the environment, and masks what is secret in it.
func (e Env) load(ctx context.Context) (config.Env, error) {
	env, err := config.LoadEnv(ctx, e.Getenv)
	for _, v := range env.Secrets() {
		e.learn(v)
	}
	return env, err
}

// learn masks a secret in the log before anything can print it.
func (e Env) learn(v secret.Value) {
	if e.commands != nil {
		actions.Mask(e.commands, v)
	}
}

// shortestSecret is the fewest characters of a variable that is masked.
const shortestSecret = 4

// learnConfig masks what a config knows of secrets, and whom messages go to: a log may be public, and the config in a
// variable is not.
func (e Env) learnConfig(cfg config.Config) {
	for _, v := range cfg.Secrets {
		if len(v.Reveal()) >= shortestSecret { // a shorter one is in every line, and no secret
			e.learn(v)
		}
	}
	for _, job := range cfg.Jobs {
		for _, who := range job.To {
			if utf8.RuneCountInString(who.Friend) > 1 { // one letter is in every line
				e.learn(secret.Value(who.Friend))
			}
		}
	}
}

// annotate shows a text and what to do about it at the top of the run's page.
func (e Env) annotate(level actions.Level, text, hint string) {
	if e.commands == nil {
		return
	}
	if hint != "" {
		text += "\n" + hint
	}
	actions.Annotate(e.commands, level, "wtm", text)
}

// tellActions writes the page that a person reads after a run, and keeps the schedule from being switched off.
func (e Env) tellActions(ctx context.Context, env config.Env, cfg config.Config, r run.Report) error {
	event, err := actions.ReadEvent(env.EventPath)
	summary := e.summarize(r)
	if event.Private || cfg.FullReport {
		for _, s := range r.Slots {
			for _, text := range s.Texts {
				summary.Messages = append(summary.Messages, text.Text())
			}
		}
	}
	if err != nil { // the run is done; only the page would say less
		e.annotate(actions.Warning, err.Error(), "")
	}
	for _, warning := range e.keepSchedule(ctx, env, event, r) {
		summary.Todo = append(summary.Todo, warning)
		e.annotate(actions.Warning, warning.What, warning.How)
	}
	return summary.Append(env.StepSummary)
}

// tellFailure writes the page of a command that failed before it could write its own.
func (e Env) tellFailure(err error) {
	path, _ := e.Getenv("GITHUB_STEP_SUMMARY")
	if e.commands == nil || errors.As(err, new(*toldError)) {
		return
	}
	s := actions.Summary{Title: "wtm: this did not work"}
	for _, one := range apart(err) {
		s.Todo = append(s.Todo, actions.Task{What: one.Error(), How: e.hintOf(one)})
	}
	if err := s.Append(path); err != nil {
		fmt.Fprintf(e.Stderr, "wtm: warning: %v\n", err)
	}
}

// toldError is an error that the run's page has told already.
type toldError struct{ error }

func (e *toldError) Unwrap() error { return e.error }

// keepSchedule asks GitHub not to switch the schedule off, and returns what a person has to do about it.
func (e Env) keepSchedule(ctx context.Context, env config.Env, event actions.Event, r run.Report) []actions.Task {
	if r.DryRun {
		return nil // which changes nothing
	}
	owner, name, err := repository(env)
	if err != nil || env.GitHubToken == "" {
		return nil
	}
	client, err := store.NewGitHub(env.GitHubAPI, env.GitHubToken)
	if err != nil {
		return nil // the store has said so
	}
	repo := actions.Repository{Client: client, Owner: owner, Name: name}
	var tasks []actions.Task
	if err := repo.Keepalive(ctx); err != nil {
		tasks = append(tasks, actions.Task{What: err.Error(), How: "give the job permissions: actions: write, and see that Actions > schedule is enabled"})
	}
	// GitHub's rule is for public repositories.
	idle, err := repo.Idle(ctx, r.Started)
	if err == nil && idle > actions.IdleWarning && !event.Private {
		tasks = append(tasks, actions.Task{
			What: fmt.Sprintf("The default branch has had no commit for %d days; GitHub may switch schedules off after 60.", int(idle.Hours()/24)),
			How:  "Press Sync fork, or commit anything; if the schedule stopped: Actions > schedule > Enable workflow",
		})
	}
	return tasks
}

// summarize makes the page of a run.
func (e Env) summarize(r run.Report) actions.Summary {
	s := actions.Summary{Title: title(r)}
	for _, slot := range r.Slots {
		s.Rows = append(s.Rows, actions.Row{
			Job: slot.Job, Slot: slot.Slot.Format("2006-01-02 15:04"), Outcome: sentence(slot), Late: lateness(r.Started, slot.Slot),
		})
	}
	for _, slot := range r.Slots {
		for _, note := range slot.Notes {
			s.Facts = append(s.Facts, slot.Job+": "+note)
		}
	}
	for _, next := range r.Next {
		s.Facts = append(s.Facts, fmt.Sprintf("next: %s at %s", next.Job, next.At.Format("2006-01-02 15:04 MST")))
	}
	for _, a := range r.Alerts {
		s.Facts = append(s.Facts, alertSentence(a))
	}
	if !r.RefreshExpires.IsZero() {
		days := int(r.RefreshExpires.Sub(r.Started).Hours() / 24)
		s.Facts = append(s.Facts, fmt.Sprintf("the Kakao login lasts until %s (%s)", r.RefreshExpires.Format("2006-01-02"), count(max(0, days), "day")))
	}
	for _, err := range r.Errors() {
		s.Todo = append(s.Todo, actions.Task{What: err.Error(), How: e.hintOf(err)})
	}
	if r.DryRun && len(r.Slots) == 0 && len(r.Next) > 0 {
		s.Facts = append(s.Facts, fmt.Sprintf("to see the next message: start the workflow run with dry_run, job %s and now %s", r.Next[0].Job, r.Next[0].At.Format(time.RFC3339)))
	}
	return s
}

// title says in one line how a run went.
func title(r run.Report) string {
	sent, receivers, failed := 0, 0, len(r.Errs)
	for _, s := range r.Slots {
		if s.Outcome == run.Sent {
			sent++
			receivers += len(s.Sent)
		}
		if s.Err != nil {
			failed++
		}
	}
	switch {
	case r.DryRun:
		return "wtm: a dry run, nothing sent"
	case failed > 0:
		return fmt.Sprintf("wtm: %s sent, %s", count(sent, "slot"), count(failed, "failure"))
	case sent > 0:
		return fmt.Sprintf("wtm: %s sent to %s", count(sent, "slot"), count(receivers, "receiver"))
	}
	return "wtm: nothing to send"
}

// lateness says how late, or early, the trigger was for a slot.
func lateness(started, slot time.Time) string {
	d := started.Sub(slot).Round(time.Second)
	if d.Abs() >= time.Hour {
		d = d.Round(time.Minute)
	}
	text := strings.TrimSuffix(d.Abs().String(), "m0s")
	if text != d.Abs().String() {
		text += "m"
	}
	switch {
	case d > 0:
		return text + " late"
	case d < 0:
		return text + " early"
	}
	return "on time"
}
