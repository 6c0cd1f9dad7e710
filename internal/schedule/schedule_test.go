package schedule_test

import (
	"slices"
	"testing"
	"time"

	"wtm/internal/schedule"
)

func mustAt(t testing.TB, texts ...string) []schedule.At {
	t.Helper()
	var all []schedule.At
	for _, text := range texts {
		at, err := schedule.ParseAt(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, at)
	}
	return all
}

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := schedule.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func clocks(slots []time.Time) []string {
	var all []string
	for _, s := range slots {
		all = append(all, s.Format("Mon 2006-01-02 15:04 -0700"))
	}
	return all
}

func TestParseAt(t *testing.T) {
	zone := mustZone(t, "Asia/Seoul")
	week := time.Date(2026, 11, 23, 0, 0, 0, 0, zone) // a Monday
	for text, want := range map[string]int{
		"11:30": 7, "mon-fri 07:30": 5, "sat,sun 09:00": 2, "fri-mon 18:00": 4, "Mon 00:00": 1, "mon-wed,sat 23:59": 4,
	} {
		p := schedule.Plan{At: mustAt(t, text), Zone: zone}
		if got := len(p.Between(week, week.AddDate(0, 0, 7).Add(-1))); got != want {
			t.Errorf("%q has %d slots a week, want %d", text, got, want)
		}
	}
	for _, text := range []string{"", "24:00", "7:30", "11:60", "mon", "mon-fri", "monday 11:30", "mon fri 11:30", "11:30 mon", "mon- 11:30", "-5:00", "11:30:00"} {
		if _, err := schedule.ParseAt(text); err == nil {
			t.Errorf("ParseAt(%q) succeeded", text)
		}
	}
}

// Every minute of a year, a slot is due exactly while now is between slot-hold and slot+late, and missed right after.
func TestDueOverAYearOfMinutes(t *testing.T) {
	zone := mustZone(t, "Asia/Seoul")
	p := schedule.Plan{At: mustAt(t, "mon-fri 07:30", "11:30", "17:30"), Zone: zone, Late: 2 * time.Hour, Hold: 20 * time.Minute,
		Except: []string{"2026-12-25"}}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, zone)
	all := p.Between(start.AddDate(0, 0, -1), start.AddDate(1, 0, 1))
	if !slices.IsSortedFunc(all, time.Time.Compare) {
		t.Fatal("slots are not in order")
	}
	step := time.Minute
	if testing.Short() {
		step = 37 * time.Minute
	}
	i := 0
	for now := start; now.Before(start.AddDate(1, 0, 0)); now = now.Add(step) {
		for all[i].Before(now.Add(-p.Late)) {
			i++
		}
		var want []time.Time
		for j := i; j < len(all) && !all[j].After(now.Add(p.Hold)); j++ {
			want = append(want, all[j])
		}
		if got := p.Due(now); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("due at %s: %v, want %v", now, clocks(got), clocks(want))
		}
	}
	if got := p.Between(time.Date(2026, 12, 25, 0, 0, 0, 0, zone), time.Date(2026, 12, 25, 23, 59, 0, 0, zone)); len(got) != 0 {
		t.Errorf("slots on an excepted date: %v", clocks(got))
	}
	// 365 days of two, Monday to Friday of a third, less Friday 25 December.
	if got, want := len(p.Between(start, start.AddDate(1, 0, 0).Add(-1))), 365*2+261-3; got != want {
		t.Errorf("%d slots in 2026, want %d", got, want)
	}
}

// Due and Missed split the past at exactly one instant, so that no slot is in both or in neither.
func TestMissedBeginsWhereDueEnds(t *testing.T) {
	zone := mustZone(t, "Asia/Seoul")
	p := schedule.Plan{At: mustAt(t, "11:30"), Zone: zone, Late: 2 * time.Hour}
	slot := time.Date(2026, 11, 23, 11, 30, 0, 0, zone)
	for _, c := range []struct {
		now         time.Time
		due, missed int
	}{
		{slot.Add(-1), 0, 0}, {slot, 1, 0}, {slot.Add(2 * time.Hour), 1, 0}, {slot.Add(2*time.Hour + 1), 0, 1},
	} {
		if due, missed := len(p.Due(c.now)), len(p.Missed(slot.Add(-time.Hour), c.now)); due != c.due || missed != c.missed {
			t.Errorf("at %s: %d due and %d missed, want %d and %d", c.now, due, missed, c.due, c.missed)
		}
	}
	if got := len(p.Missed(slot.AddDate(-1, 0, 0), slot)); got != 8 {
		t.Errorf("%d missed slots after a year, want the 8 of the last 8 days", got)
	}
}

func TestSummerTime(t *testing.T) {
	zone := mustZone(t, "America/New_York")
	p := schedule.Plan{At: mustAt(t, "01:30", "02:30"), Zone: zone}
	for name, c := range map[string]struct {
		date time.Time
		want []string
	}{
		// 2026-03-08 02:00 to 03:00 does not exist; 2026-11-01 01:00 to 02:00 comes twice.
		"skipped hour": {time.Date(2026, 3, 8, 0, 0, 0, 0, zone), []string{"Sun 2026-03-08 01:30 -0500", "Sun 2026-03-08 03:30 -0400"}},
		"doubled hour": {time.Date(2026, 11, 1, 0, 0, 0, 0, zone), []string{"Sun 2026-11-01 01:30 -0400", "Sun 2026-11-01 02:30 -0500"}},
	} {
		if got := clocks(p.Between(c.date, c.date.Add(20*time.Hour))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestNext(t *testing.T) {
	zone := mustZone(t, "Asia/Seoul")
	p := schedule.Plan{At: mustAt(t, "mon 09:00"), Zone: zone, Except: []string{"2026-11-30"}}
	got := clocks(p.Next(time.Date(2026, 11, 23, 9, 0, 0, 0, zone), 2))
	want := []string{"Mon 2026-12-07 09:00 +0900", "Mon 2026-12-14 09:00 +0900"}
	if !slices.Equal(got, want) {
		t.Errorf("Next = %v, want %v", got, want)
	}
	if got := (schedule.Plan{Zone: zone}).Next(time.Now(), 1); len(got) != 0 {
		t.Errorf("a plan without times has %v", got)
	}
}

func TestZonesAndDates(t *testing.T) {
	for _, name := range []string{"", "Local", "Asia/Seol", "../etc/passwd"} {
		if _, err := schedule.LoadZone(name); err == nil {
			t.Errorf("LoadZone(%q) succeeded", name)
		}
	}
	for _, text := range []string{"2026-2-3", "2026-02-30", "tomorrow"} {
		if _, err := schedule.ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) succeeded", text)
		}
	}
}

func FuzzParseAt(f *testing.F) {
	f.Add("mon-fri 07:30")
	f.Fuzz(func(t *testing.T, text string) {
		at, err := schedule.ParseAt(text)
		if err != nil {
			return
		}
		p := schedule.Plan{At: []schedule.At{at}, Zone: time.UTC}
		if n := len(p.Next(time.Unix(0, 0), 8)); n != 8 {
			t.Errorf("%q has %d next slots, want 8", text, n)
		}
	})
}

func BenchmarkDue(b *testing.B) {
	p := schedule.Plan{At: mustAt(b, "mon-fri 07:30", "11:30", "17:30"), Zone: mustZone(b, "Asia/Seoul"), Late: 2 * time.Hour, Hold: 20 * time.Minute}
	now := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	if got := len(p.Due(now)); got != 1 {
		b.Fatalf("%d slots due, want 1", got)
	}
	for b.Loop() {
		p.Due(now)
	}
}
