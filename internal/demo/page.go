package demo

import (
	_ "embed"
	"html/template"
	"net"
	"net/http"
	"time"
)

// configText is the demo's wtm.yml; its one gap is the page's address.
const configText = `timezone: Asia/Seoul
jobs:
  lunch:
    at: "11:30"
    source:
      url: %s
      table: {select: "table.ctable01", nth: 2, column: today, row: "점심|중식", split: words}
      none: 미운영
    message:
      text: |
        {{ date "1월 2일" }} {{ weekday }}요일 점심
        {{ range .Items }}{{ .text }}
        {{ end }}
      link: "{{ .Source.URL }}"
`

//go:embed page.html
var pageHTML string

// pageServer serves the weekly meal table of the week the demo plays in.
type pageServer struct {
	url    string
	server *http.Server
}

// day is one column of the table.
type day struct {
	Name, Date string
}

func servePage(now time.Time) (*pageServer, error) {
	page, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	week := weekOf(now)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		page.Execute(w, week)
	})}
	go server.Serve(listener)
	return &pageServer{url: "http://" + listener.Addr().String() + "/dormi/menu", server: server}, nil
}

func (p *pageServer) close() { p.server.Close() }

// weekOf returns the week of now, Monday first.
func weekOf(now time.Time) []day {
	monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7)
	var week []day
	for i, name := range []string{"월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"} {
		week = append(week, day{Name: name, Date: monday.AddDate(0, 0, i).Format("2006-01-02")})
	}
	return week
}
