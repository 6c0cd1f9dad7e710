package chrome

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// clearAway ends the processes that have a folder in their arguments, and removes it. chromedp has ended Chrome and all its
// children by then, but not those that wait for a crash to write down: they are nobody's children, and go only some time
// after the last of Chrome. Where there is no /proc they are left to that.
func clearAway(folder string) {
	for range 200 {
		if killed := killAll(folder); killed == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	os.RemoveAll(folder)
}

// killAll kills the processes that have a folder in their arguments, and returns how many there were.
func killAll(folder string) int {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return 0
	}
	killed := 0
	for _, file := range files {
		arguments, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(arguments, []byte("="+folder+"/")) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			continue
		}
		if p, err := os.FindProcess(pid); err == nil && p.Kill() == nil {
			killed++
		}
	}
	return killed
}
