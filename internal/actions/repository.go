package actions

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/go-github/v60/github"
)

// ScheduleFile is the workflow that holds the ticks.
const ScheduleFile = "schedule.yml"

// IdleWarning is after how long without a commit on the default branch a person is asked to act: GitHub switches the
// schedules of a public repository off after 60 days without activity
// (https://docs.github.com/en/actions/how-tos/manage-workflow-runs/disable-and-enable-workflows).
const IdleWarning = 45 * 24 * time.Hour

// Repository is the repository that the workflow runs in.
type Repository struct {
	Client      *github.Client
	Owner, Name string
}

// Keepalive enables the schedule again, which is widely reported to restart GitHub's 60 days, though not documented
// (https://github.com/liskin/gh-workflow-keepalive). It needs the permission actions: write.
func (r Repository) Keepalive(ctx context.Context) error {
	_, err := r.Client.Actions.EnableWorkflowByFileName(ctx, r.Owner, r.Name, ScheduleFile)
	if e, ok := err.(*github.ErrorResponse); ok && e.Response != nil && e.Response.StatusCode == http.StatusNotFound {
		return nil // a copy without a schedule, which something else starts
	}
	if err != nil {
		return fmt.Errorf("keeping %s enabled: %w", ScheduleFile, short(err))
	}
	return nil
}

// Idle returns how long ago the newest commit of the default branch was made.
func (r Repository) Idle(ctx context.Context, now time.Time) (time.Duration, error) {
	commits, _, err := r.Client.Repositories.ListCommits(ctx, r.Owner, r.Name, &github.CommitsListOptions{ListOptions: github.ListOptions{PerPage: 1}})
	if err != nil {
		return 0, fmt.Errorf("looking at the default branch: %w", short(err))
	}
	if len(commits) == 0 {
		return 0, nil
	}
	return now.Sub(commits[0].GetCommit().GetCommitter().GetDate().Time), nil
}

// short drops the request that go-github's errors quote.
func short(err error) error {
	if e, ok := err.(*github.ErrorResponse); ok && e.Response != nil {
		return fmt.Errorf("GitHub answered %s", e.Response.Status)
	}
	return fmt.Errorf("no answer from GitHub")
}
