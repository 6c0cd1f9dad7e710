package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Cron is one line of a schedule, in the zone of the plans it was made for.
type Cron struct {
	minute int
	hours  []int
	days   days
}

// String returns the line in the five fields of POSIX, as GitHub Actions takes it
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onschedule).
func (c Cron) String() string {
	var hours []string
	for _, h := range c.hours {
		hours = append(hours, strconv.Itoa(h))
	}
	return fmt.Sprintf("%d %s * * %s", c.minute, strings.Join(hours, ","), c.days.cron())
}

// cron returns the weekdays as cron counts them, 0 for Sunday.
func (d days) cron() string {
	if d == everyDay {
		return "*"
	}
	var parts []string
	for first := 0; first < 7; first++ {
		last := first
		for last < 7 && d&(1<<last) != 0 {
			last++
		}
		switch n := last - first; {
		case n == 0:
			continue
		case n < 3:
			for day := first; day < last; day++ {
				parts = append(parts, strconv.Itoa(day))
			}
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", first, last-1))
		}
		first = last
	}
	return strings.Join(parts, ",")
}

// How long before a slot its tick should come: early enough for a runner to start, late enough to wait little. Ticks
// that come late themselves are caught up on by [Plan.Late].
const (
	leadMost  = 15
	leadLeast = 5
)

const (
	hourMinutes = 60
	dayMinutes  = 24 * hourMinutes
)

// need is a time of day that has to be served: a tick from first to last, in minutes of the day, on some days.
type need struct {
	first, last int
	days        days
}

// CronLines returns the fewest lines that serve every slot of the plans, with no tick on a day or hour that has no slot.
// It needs plans of one zone.
func CronLines(plans []Plan) []Cron {
	byDays := map[days][]need{}
	for _, p := range plans {
		for _, at := range p.At {
			n := needOf(at, p.Hold)
			byDays[n.days] = append(byDays[n.days], n)
		}
	}
	var lines []Cron
	for set, needs := range byDays {
		lines = append(lines, fewest(needs, set)...)
	}
	slices.SortFunc(lines, func(a, b Cron) int {
		return slices.Compare([]int{a.hours[0], a.minute, int(a.days)}, []int{b.hours[0], b.minute, int(b.days)})
	})
	return lines
}

// needOf returns when a tick for a time must come, on the day before when that is before midnight.
func needOf(at At, hold time.Duration) need {
	most := min(int(hold.Minutes()), leadMost)
	least := min(leadLeast, most)
	slot := at.hour*hourMinutes + at.minute
	n := need{first: slot - most, last: slot - least, days: at.days}
	if n.last%hourMinutes == 0 && n.last > n.first {
		n.last-- // the start of the hour is the busiest time of GitHub's
	}
	if n.first < 0 {
		n.first, n.last = n.first+dayMinutes, min(n.last, -1)+dayMinutes
		n.days = (at.days>>1 | at.days<<6) & everyDay
	}
	return n
}

// fewest covers needs of the same days: each line has one minute, at which it may serve any number of hours. Which minute
// comes first decides how many lines follow, so all are tried.
func fewest(needs []need, set days) []Cron {
	var best []Cron
	for start := 1; start <= hourMinutes; start++ {
		if lines := coverFrom(needs, set, start%hourMinutes); best == nil || len(lines) < len(best) {
			best = lines
		}
	}
	return best
}

func coverFrom(needs []need, set days, start int) []Cron {
	var lines []Cron
	left := slices.Clone(needs)
	for minute := start; len(left) > 0; minute = nextMinute(left, minute) {
		line := Cron{minute: minute, days: set}
		left = slices.DeleteFunc(left, func(n need) bool {
			tick := n.first + (minute-n.first%hourMinutes+hourMinutes)%hourMinutes
			if tick > n.last {
				return false
			}
			line.hours = append(line.hours, tick%dayMinutes/hourMinutes)
			return true
		})
		if len(line.hours) > 0 {
			slices.Sort(line.hours)
			line.hours = slices.Compact(line.hours)
			lines = append(lines, line)
		}
	}
	return lines
}

// nextMinute is the last minute of the window that closes first after a minute: none can be left out to get further.
func nextMinute(left []need, after int) int {
	closest := hourMinutes + 1
	for _, n := range left {
		if d := (n.last - after%hourMinutes + dayMinutes) % hourMinutes; d > 0 {
			closest = min(closest, d)
		} else {
			closest = min(closest, hourMinutes)
		}
	}
	return (after + closest) % hourMinutes
}

// Ticks is a schedule that somebody wrote: lines of cron, each in its zone.
type Ticks []cron.Schedule

// ParseTick adds a line of five fields in a zone, UTC when it is empty.
func (t Ticks) ParseTick(line, zone string) (Ticks, error) {
	if zone == "" {
		zone = "UTC"
	}
	if _, err := LoadZone(zone); err != nil {
		return t, err
	}
	parsed, err := cron.ParseStandard("CRON_TZ=" + zone + " " + line)
	if err == nil && (len(strings.Fields(line)) != 5 || strings.ContainsAny(line, "@?")) {
		err = errors.New("want five fields of POSIX") // the library takes more than GitHub does
	}
	if err != nil {
		return t, fmt.Errorf("%q is not a line of cron: %w", line, err)
	}
	return append(t, parsed), nil
}

// Reach reports whether a tick comes while a run may serve the slot: from hold before it to late after it.
func (t Ticks) Reach(slot time.Time, p Plan) bool {
	return slices.ContainsFunc(t, func(s cron.Schedule) bool {
		tick := s.Next(slot.Add(-p.Hold - time.Second))
		return !tick.IsZero() && !tick.After(slot.Add(p.Late))
	})
}
