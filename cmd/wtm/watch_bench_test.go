package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	watchedPages = 300
	pageBytes    = 28 << 10
	boardHosts   = 10
	// boardFilter is the CSS selector that both programs apply.
	boardFilter = "table.board tbody tr"
)

// boards are notice boards of a usual size on several hosts of this machine.
type boards struct {
	hosts []*httptest.Server
	asked atomic.Int64
}

func newBoards(b *testing.B) *boards {
	b.Helper()
	all := &boards{}
	pages := make([][]byte, watchedPages)
	for i := range pages {
		pages[i] = boardPage(i)
	}
	for range boardHosts {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var n int
			if _, err := fmt.Sscanf(r.URL.Path, "/board/%d", &n); err != nil || n < 0 || n >= len(pages) {
				http.NotFound(w, r)
				return
			}
			all.asked.Add(1)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(pages[n])
		}))
		b.Cleanup(s.Close)
		all.hosts = append(all.hosts, s)
	}
	return all
}

// url is the address of a board; neighbours in the config are on different hosts.
func (all *boards) url(n int) string {
	return fmt.Sprintf("%s/board/%d", all.hosts[n%len(all.hosts)].URL, n)
}

// boardTitle is the newest notice of a board.
func boardTitle(n int) string { return fmt.Sprintf("게시판 %03d의 새 공지", n) }

// boardMenu is on every board, outside of what is watched.
const boardMenu = "학사 안내"

// boardPage is a board as a Korean content management system writes it: twenty rows within menus and scripts.
func boardPage(n int) []byte {
	var rows, page strings.Builder
	for i := range 20 {
		title := fmt.Sprintf("2026학년도 제%d차 기숙사 입사 신청 및 생활관비 납부 안내", 20-i)
		if i == 0 {
			title = boardTitle(n)
		}
		fmt.Fprintf(&rows, "\t<tr>\n\t\t<td class=\"num\">%d</td>\n\t\t<td class=\"title\"><a href=\"/board/view?menuCd=DOM_0001&amp;boardId=%d&amp;dataSid=%d\" title=\"%s\">%s</a> <img src=\"/img/new.gif\" alt=\"새글\"></td>\n"+
			"\t\t<td class=\"writer\">생활관 행정실</td>\n\t\t<td class=\"date\">2026-11-%02d</td>\n\t\t<td class=\"hit\">%d</td>\n\t</tr>\n", 20-i, n, 1000-i, title, title, 23-i, 31*i+n)
	}
	page.WriteString("<!DOCTYPE html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><title>공지사항 | 생활관</title>\n" +
		"<script>var _paq = window._paq || []; if (document.cookie.length < 1) { _paq.push(['trackPageView']); }</script>\n</head><body>\n<div id=\"wrap\"><nav><ul>\n")
	tail := "</ul></nav>\n<div id=\"content\"><h2>공지사항</h2>\n<table class=\"board\"><caption>공지사항 목록</caption>\n<thead><tr><th>번호</th><th>제목</th><th>작성자</th><th>작성일</th><th>조회</th></tr></thead>\n<tbody>\n" +
		rows.String() + "</tbody></table></div>\n<footer><p>(54150) 전라북도 군산시 대학로 558 · 전화 063-000-0000</p></footer></div></body></html>\n"
	for i := 0; page.Len()+len(tail) < pageBytes; i++ {
		fmt.Fprintf(&page, "<li class=\"depth2\"><a href=\"/sub/page?menuCd=DOM_%012d\"><span>%s %d</span></a></li>\n", i, boardMenu, i)
	}
	page.WriteString(tail)
	return []byte(page.String())
}

// cost is what a program took: its CPU time in user and system mode, and its largest memory in MB.
type cost struct {
	CPU  time.Duration
	Peak float64
}

// measure is `measure FILE PROGRAM [ARGS]`: it runs the program and writes its cost into the file. On Linux the peak of a
// child is at least that of its parent (exec counts the memory it leaves), so the parent has to be a small one.
func measure() {
	child := exec.Command(os.Args[2], os.Args[3:]...)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if err := child.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	found, err := json.Marshal(cost{child.ProcessState.UserTime() + child.ProcessState.SystemTime(), peakMB(child)})
	if err != nil || os.WriteFile(os.Args[1], found, 0o600) != nil {
		os.Exit(1)
	}
}

// spent runs a program in a folder and returns what it printed, and its cost.
func spent(b *testing.B, dir string, env []string, program string, args ...string) (out []byte, c cost) {
	b.Helper()
	file := filepath.Join(b.TempDir(), "cost.json")
	child := exec.CommandContext(b.Context(), "measure", append([]string{file, program}, args...)...)
	child.Dir, child.Env = dir, env
	var stderr bytes.Buffer
	child.Stderr = &stderr
	out, err := child.Output()
	if err != nil {
		b.Fatalf("%s: %v\n%s", program, err, stderr.Bytes())
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		b.Fatal(err)
	}
	return out, c
}

// watches are two ways to watch a board: its rows as texts, as urlwatch's filter has them, and the fields of each row.
var watches = map[string]watch{
	"Rows":   {"", "{{ .text }}", []string{boardTitle(0)}},
	"Fields": {`, fields: {title: "td.title a", link: "td.title a@href", date: "td.date"}`, "{{ .title }} ({{ .date }})", []string{boardTitle(0), "(2026-11-23)"}},
}

// watch is what a config says of a board, and what is said of the first one.
type watch struct {
	fields, text string
	said         []string
}

// BenchmarkWatch300 is one run over 300 boards, and, where urlwatch is installed and without -short, the same by urlwatch: a first run, and
// a second that finds nothing changed. The CPU times are those of the programs alone, without the server's.
func BenchmarkWatch300(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(watches)) {
		b.Run(name, func(b *testing.B) { benchmarkWatch(b, watches[name]) })
	}
}

func benchmarkWatch(b *testing.B, how watch) {
	wtm := build(b)
	all := newBoards(b)
	dir := b.TempDir()
	config := filepath.Join(dir, "wtm.yml")
	if err := os.WriteFile(config, wtmBoards(all, how), 0o600); err != nil {
		b.Fatal(err)
	}
	var theirs *urlwatch
	if path, err := exec.LookPath("urlwatch"); err == nil && !testing.Short() {
		theirs = newURLWatch(b, path, all)
	}
	var ours, first, again time.Duration
	var peak, theirPeak float64
	for b.Loop() {
		all.asked.Store(0)
		out, c := spent(b, dir, []string{"WTM_CONFIG_FILE=" + config}, wtm, "run", "--dry-run", "--now", "2026-11-23T11:30:00+09:00")
		ours += c.CPU
		peak = max(peak, c.Peak)
		checkBoards(b, all, how, out)
		if theirs == nil {
			continue
		}
		c = theirs.run(b, all)
		first += c.CPU
		theirPeak = max(theirPeak, c.Peak)
		again += theirs.run(b, all).CPU
		theirs.forget(b)
	}
	perRun := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(perRun(ours), "cpu-ms/op")
	b.ReportMetric(peak, "peak-MB")
	if theirs != nil {
		b.ReportMetric(perRun(first), "urlwatch-cpu-ms/op")
		b.ReportMetric(perRun(again), "urlwatch-again-cpu-ms/op")
		b.ReportMetric(theirPeak, "urlwatch-peak-MB")
		b.ReportMetric(float64(first)/float64(ours), "times-less")
		b.ReportMetric(float64(again)/float64(ours), "times-less-again")
	}
}

// wtmBoards is the config that watches all boards.
func wtmBoards(all *boards, how watch) []byte {
	var yaml bytes.Buffer
	yaml.WriteString("jobs:\n")
	for i := range watchedPages {
		fmt.Fprintf(&yaml, `  board%03d:
    at: "11:30"
    source:
      url: %s
      html: {items: "%s"%s}
      limit: 3
    message: {text: "{{ range .Items }}%s\n{{ end }}", link: "{{ (index .Items 0).link }}"}
`, i, all.url(i), boardFilter, how.fields, how.text)
	}
	return yaml.Bytes()
}

// checkBoards asserts that every board was asked once, and that what was found is printed in the order of the config.
func checkBoards(b *testing.B, all *boards, how watch, out []byte) {
	b.Helper()
	if asked := all.asked.Load(); asked != watchedPages {
		b.Fatalf("%d requests for %d boards", asked, watchedPages)
	}
	rest := string(out)
	for i := range watchedPages {
		texts := []string{fmt.Sprintf("board%03d 2026-11-23 11:30: would send ", i)}
		for _, said := range how.said {
			texts = append(texts, strings.Replace(said, boardTitle(0), boardTitle(i), 1))
		}
		for _, text := range append(texts, fmt.Sprintf("boardId=%d&dataSid=1000", i)) {
			_, after, found := strings.Cut(rest, text)
			if !found {
				b.Fatalf("%q is not at its place in the output:\n%.2000s", text, rest)
			}
			rest = after
		}
	}
}
