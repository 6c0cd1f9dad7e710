package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wtm/internal/schedule"
)

func planOf(t *testing.T, hold time.Duration, times ...string) schedule.Plan {
	t.Helper()
	zone, err := schedule.LoadZone("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	p := schedule.Plan{Zone: zone, Late: 2 * time.Hour, Hold: hold}
	for _, text := range times {
		at, err := schedule.ParseAt(text)
		if err != nil {
			t.Fatal(err)
		}
		p.At = append(p.At, at)
	}
	return p
}

func lines(plans ...schedule.Plan) string {
	var all []string
	for _, c := range schedule.CronLines(plans) {
		all = append(all, c.String())
	}
	return strings.Join(all, " | ")
}

func TestCronLines(t *testing.T) {
	const hold = 20 * time.Minute
	for name, c := range map[string]struct {
		times []string
		want  string
	}{
		"one":                    {[]string{"11:30"}, "25 11 * * *"},
		"two at the same minute": {[]string{"11:30", "17:30"}, "25 11,17 * * *"},
		"weekdays":               {[]string{"mon-fri 07:30"}, "25 7 * * 1-5"},
		"the three meals":        {[]string{"mon-fri 07:30", "11:30", "17:30"}, "25 7 * * 1-5 | 25 11,17 * * *"},
		"windows that overlap":   {[]string{"09:00", "12:05", "18:07"}, "55 8,11,17 * * *"},
		"windows that do not":    {[]string{"09:00", "12:30"}, "55 8 * * * | 25 12 * * *"},
		"not on the hour":        {[]string{"11:05"}, "59 10 * * *"},
		"before midnight":        {[]string{"mon 00:05"}, "59 23 * * 0"},
		"the week's end":         {[]string{"sat,sun 10:00"}, "55 9 * * 0,6"},
	} {
		if got := lines(planOf(t, hold, c.times...)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestCronLinesServeEverySlot makes plans at random and asks every slot of two weeks for its tick.
func TestCronLinesServeEverySlot(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	days := []string{"", "mon-fri ", "sat,sun ", "sun ", "fri-mon ", "tue,thu "}
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for range 300 {
		var times []string
		for range 1 + r.IntN(8) {
			times = append(times, fmt.Sprintf("%s%02d:%02d", days[r.IntN(len(days))], r.IntN(24), r.IntN(60)))
		}
		p := planOf(t, time.Duration(r.IntN(40))*time.Minute, times...)
		var ticks schedule.Ticks
		for _, c := range schedule.CronLines([]schedule.Plan{p}) {
			var err error
			if ticks, err = ticks.ParseTick(c.String(), "Asia/Seoul"); err != nil {
				t.Fatalf("%s: %v", c, err)
			}
		}
		early := p
		early.Late = 0 // each has to come before its slot
		for _, slot := range p.Between(start, start.AddDate(0, 0, 14)) {
			if !ticks.Reach(slot, early) {
				t.Fatalf("no tick of %s for %v in %v", lines(p), slot, times)
			}
		}
		if got := len(schedule.CronLines([]schedule.Plan{p})); got > len(times) {
			t.Errorf("%d lines for %v", got, times)
		}
	}
}

func TestTicksReach(t *testing.T) {
	p := planOf(t, 20*time.Minute, "11:30")
	slot := time.Date(2026, 11, 23, 11, 30, 0, 0, p.Zone)
	for line, want := range map[string]bool{"7,37 * * * *": true, "0 9 * * *": false, "10 11 * * *": true, "9 11 * * *": false, "30 13 * * *": true, "31 13 * * *": false, "15 11 * * 2": false} {
		ticks, err := schedule.Ticks(nil).ParseTick(line, "Asia/Seoul")
		if err != nil {
			t.Fatal(err)
		}
		if got := ticks.Reach(slot, p); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
	for _, bad := range []string{"", "* * * *", "61 * * * *", "@daily x", "@daily", "@every 1h", "0 0 ? * *"} {
		if _, err := schedule.Ticks(nil).ParseTick(bad, ""); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	if _, err := schedule.Ticks(nil).ParseTick("0 0 * * *", "Asia/Soul"); err == nil {
		t.Error("an unknown zone is accepted")
	}
}
