package preview

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"wtm/internal/kakao"
)

// Message is what a slot would put into the chat.
type Message struct {
	// Job is what it is sent for, At when.
	Job string
	At  time.Time
	// To are the receivers' names; those of a message to the own chat alone need not be shown.
	To []string
	// Parts are the messages it takes.
	Parts []kakao.Template
	// Notice is said beside the messages, or in place of them: that there is nothing today, or what failed.
	Notice string
}

//go:embed page.css
var pageCSS string

//go:embed page.html
var pageHTML string

// Page writes a chat that holds the messages, in their order: one HTML page without scripts that asks nobody for anything
// but the pictures that the messages name. It is as wide as a phone, light or dark as the reader's system is, and every
// link is reached by the keyboard in the order of the page.
func Page(w io.Writer, messages []Message) error {
	page, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	return page.Execute(w, struct {
		CSS  template.CSS
		Days []day
	}{template.CSS(pageCSS), days(messages)})
}

// day is the part of a chat under one date.
type day struct {
	Date  string // as people read it
	ISO   string
	Parts []part
}

// part is one bubble, or one notice.
type part struct {
	Job, Clock, ISO string
	To              string
	Notice          string
	card
	// N of Of: a long text is sent in several parts.
	N, Of int
	Room  string
}

// receivers names who gets a message, unless that is the own chat alone.
func receivers(names []string) string {
	if len(names) == 1 && names[0] == "me" {
		return ""
	}
	return strings.Join(names, ", ")
}

// days puts messages under the dates they are sent on.
func days(messages []Message) []day {
	var all []day
	for _, m := range messages {
		if iso := m.At.Format(time.DateOnly); len(all) == 0 || all[len(all)-1].ISO != iso {
			all = append(all, day{ISO: iso, Date: m.At.Format("2006년 1월 2일 ") + weekday(m.At)})
		}
		today := &all[len(all)-1]
		one := part{Job: printable(m.Job), To: printable(receivers(m.To)), Clock: clock(m.At), ISO: m.At.Format(time.RFC3339), Of: len(m.Parts)}
		for i, t := range m.Parts {
			one := one
			one.card, one.N, one.Room = cardOf(t), i+1, room(t)
			today.Parts = append(today.Parts, one)
		}
		if m.Notice != "" {
			one.Notice = printable(m.Notice)
			today.Parts = append(today.Parts, one)
		}
	}
	return all
}

func weekday(t time.Time) string {
	return []string{"일요일", "월요일", "화요일", "수요일", "목요일", "금요일", "토요일"}[t.Weekday()]
}

// clock is the time as the chat shows it.
func clock(t time.Time) string {
	half := "오전"
	if t.Hour() >= 12 {
		half = "오후"
	}
	return half + " " + t.Format("3:04")
}
