package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// build returns the program as a user builds it.
func build(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "wtm")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", path, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// peakMB is the largest memory a finished process had, in MB.
func peakMB(child *exec.Cmd) float64 {
	usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return float64(usage.Maxrss) / 1024 // Linux counts it in KiB
}

// BenchmarkVersion is the time from the start of the process to its end.
func BenchmarkVersion(b *testing.B) {
	wtm := build(b)
	for b.Loop() {
		if err := exec.CommandContext(b.Context(), wtm, "version").Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRun is a whole run of one job, from the start of the process to its end, with every answer 50 ms late. Its
// critical path is two answers long: the slower of refresh and page, then the send. over-ms is what comes on top.
func BenchmarkRun(b *testing.B) {
	const latency = 50 * time.Millisecond
	wtm := build(b)
	c := newCrash(b)
	c.kakao.Latency = latency
	c.page.hear(func(phase string) {
		if phase == "before" {
			time.Sleep(latency)
		}
	})
	seeded, err := os.ReadFile(c.path())
	if err != nil {
		b.Fatal(err)
	}
	var peak float64
	var spent time.Duration
	for b.Loop() {
		b.StopTimer()
		// Each run finds the state of a login 20 days ago, and rotates.
		if err := os.WriteFile(c.path(), seeded, 0o600); err != nil {
			b.Fatal(err)
		}
		c.kakao.AddRefreshToken("first-refresh-token", c.start.AddDate(0, 0, 20))
		c.kakao.Advance(11 * time.Minute) // clear of the limit on issued tokens
		child := exec.CommandContext(b.Context(), wtm, "run", "--now", c.start.Format(time.RFC3339), "--quiet")
		child.Dir, child.Env = c.dir, c.env
		b.StartTimer()
		began := time.Now()
		out, err := child.CombinedOutput()
		spent += time.Since(began)
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		peak = max(peak, peakMB(child))
	}
	if sent := len(c.kakao.Delivered()); sent != b.N {
		b.Fatalf("%d messages of %d runs", sent, b.N)
	}
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N)-2*float64(latency.Milliseconds()), "over-ms/op")
	b.ReportMetric(peak, "peak-MB")
}
