package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"wtm/internal/actions"
	"wtm/internal/config"
	"wtm/internal/schedule"
)

// slotsShown is how many slots to come are printed.
const slotsShown = 10

func runSchedule(ctx context.Context, e Env, args []string) error {
	f := newFlags(e, "schedule", "[FLAGS]", "Prints the next slots, and the fewest cron lines that serve them: for a private repository, whose minutes are counted.")
	write := f.Bool("write", false, "put the lines into "+actions.WorkflowFolder+"/"+actions.ScheduleFile)
	if err := parse(f, args, 0); err != nil {
		return err
	}
	cfg, err := e.loadConfig(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.Stdout, "next slots:")
	for _, s := range nextSlots(cfg, time.Now(), slotsShown) {
		fmt.Fprintf(e.Stdout, "  %s  %s\n", s.at.Format("2006-01-02 Mon 15:04 MST"), s.job)
	}
	ticks := ticksFor(cfg)
	fmt.Fprintln(e.Stdout, "cron lines that serve them:")
	for _, t := range ticks {
		fmt.Fprintf(e.Stdout, "  - cron: %q\n    timezone: %s\n", t.Cron, t.Timezone)
	}
	if !*write {
		return nil
	}
	if err := actions.WriteTicks(actions.WorkflowFolder, ticks); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "written to %s/%s\nnext: commit it\n", actions.WorkflowFolder, actions.ScheduleFile)
	return nil
}

// slot is a job's time to come.
type slot struct {
	job string
	at  time.Time
}

// nextSlots returns the first slots after now of all jobs together.
func nextSlots(cfg config.Config, now time.Time, n int) []slot {
	var all []slot
	for _, j := range cfg.Jobs {
		for _, at := range j.Plan.Next(now, n) {
			all = append(all, slot{j.Name, at})
		}
	}
	slices.SortStableFunc(all, func(a, b slot) int { return a.at.Compare(b.at) })
	return all[:min(n, len(all))]
}

// ticksFor returns the lines for a config's jobs, which share one zone.
func ticksFor(cfg config.Config) []actions.Tick {
	var plans []schedule.Plan
	for _, j := range cfg.Jobs {
		plans = append(plans, j.Plan)
	}
	var ticks []actions.Tick
	for _, c := range schedule.CronLines(plans) {
		ticks = append(ticks, actions.Tick{Cron: c.String(), Timezone: plans[0].Zone.String()})
	}
	return ticks
}

// checkTicks prints which slots of the coming week no tick of the workflow can reach.
func checkTicks(e Env, cfg config.Config, now time.Time) error {
	written, err := actions.ReadTicks(actions.WorkflowFolder)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(e.Stdout, "there is no %s/%s here: something else has to start `wtm run`\n", actions.WorkflowFolder, actions.ScheduleFile)
		return nil
	}
	if err != nil {
		return err
	}
	var ticks schedule.Ticks
	for _, t := range written {
		if ticks, err = ticks.ParseTick(t.Cron, t.Timezone); err != nil {
			return &actions.WorkflowError{Path: actions.WorkflowFolder + "/" + actions.ScheduleFile, Reason: err.Error()}
		}
	}
	for _, j := range cfg.Jobs {
		for _, at := range j.Plan.Between(now.Add(j.Plan.Hold), now.AddDate(0, 0, 7)) {
			if !ticks.Reach(at, j.Plan) {
				fmt.Fprintf(e.Stderr, "wtm: warning: no tick of %s reaches job %q at %s\nwtm: hint: wtm schedule --write\n",
					actions.ScheduleFile, j.Name, at.Format("Mon 2006-01-02 15:04"))
				break
			}
		}
	}
	return nil
}

// loadConfig reads the environment and the config that it names.
func (e Env) loadConfig(ctx context.Context) (config.Config, error) {
	env, err := e.load(ctx)
	if err != nil {
		return config.Config{}, err
	}
	return e.readConfig(env)
}

// readConfig reads the config that the environment names, and says when there is none and the example takes its place.
func (e Env) readConfig(env config.Env) (config.Config, error) {
	cfg, err := env.LoadConfig()
	if err == nil && cfg.File == config.BuiltIn {
		text := fmt.Sprintf("there is no %s and no WTM_CONFIG, so %s is used: meals of one dormitory", config.DefaultFile, cfg.File)
		fmt.Fprintf(e.Stderr, "wtm: warning: %s\n", text)
		e.annotate(actions.Warning, text, "put your own wtm.yml into the variable WTM_CONFIG: README.md, In a fork")
	}
	return cfg, err
}
