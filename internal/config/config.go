// Package config reads wtm.yml and the environment into types that are already valid.
//
// What cannot be right never becomes a [Config]: selectors are compiled, templates parsed and tried on items with the
// fields their source will have, times, zones and addresses checked. A file's errors are all reported at once, each with
// its line and column and what would be accepted.
package config

import (
	_ "embed"
	"time"

	"wtm/internal/compose"
	"wtm/internal/schedule"
	"wtm/internal/scrape"
	"wtm/internal/secret"
)

// Config is a whole wtm.yml.
type Config struct {
	// File is where it came from, for people: a path, WTM_CONFIG, or that it is the built-in example.
	File string
	// Jobs are in the file's order.
	Jobs []Job
	// FullReport lets a workflow's page show what was sent also where everybody may read it: `report: full`.
	FullReport bool
	// Secrets are what the ${NAME} of the file stand for.
	Secrets []secret.Value
}

// Job sends what its sources hold, at its times.
type Job struct {
	Name string
	Plan schedule.Plan
	// Sources are where its items come from, in this order; at least one.
	Sources []Source
	Message compose.Message
	Empty   Empty
	Send    Send
	// ID is a template over an item, and makes it the same one on the next run; the zero Template leaves that to the item.
	ID compose.Template
	// To are the receivers, at least one.
	To []Receiver
	// Resend sends again what may or may not have arrived: `unknown: resend`.
	Resend bool
	// Pause lies between the messages of one slot: sends in quick succession can arrive swapped (developers' reports speak
	// of 0.4 s to 2 s).
	Pause time.Duration
}

// Source is a page and where on it the items are.
type Source struct {
	Request
	// Login is a request made before, whose cookies the others use; nil for none.
	Login *Request
	// Charset overrides what the page says of itself; empty believes the page.
	Charset string
	// Timeout is for one request; 0 leaves it to the fetcher.
	Timeout time.Duration
	// Render takes the pages as Chrome shows them: `render: chrome`.
	Render bool
	// Wait is a CSS selector of what a rendered page holds once it is complete; empty leaves that to Chrome.
	Wait string
	// Next finds the link to the next page, up to Pages pages in all; 0 or 1 means one page.
	Next  scrape.Selector
	Pages int
	// Detail is the page behind each item; nil for none.
	Detail *Detail
	Scrape scrape.Source
}

// Request is what is asked of a site. All its texts are templates with the slot's date.
type Request struct {
	// Method is GET or POST; empty leaves it to the form.
	Method string
	// URL is an absolute http or https address.
	URL compose.Template
	// Query, Header, Form and Cookies may hold secrets of the environment.
	Query, Header, Form, Cookies map[string]Value
	// User and Password are for HTTP's basic authentication; a User without parts means none.
	User, Password Value
}

// Detail takes more fields for each item from the page that its link leads to.
type Detail struct {
	// Link names the field that holds the address.
	Link string
	// Fields are looked up on the page, and added to the item's.
	Fields []scrape.Field
}

// Send is when a job's items are worth a message.
type Send int

// The values of `send:`.
const (
	SendAlways  Send = iota // whatever is there
	SendChanged             // when the composed text differs from the last one sent
	SendNew                 // the items not met before
)

// Empty is what to do when the page holds nothing for today.
type Empty struct {
	Kind EmptyKind
	// Text is what to send with [EmptyText].
	Text compose.Template
}

// EmptyKind is the kind of `empty:`.
type EmptyKind int

// The values of `empty:`.
const (
	EmptySkip EmptyKind = iota // send nothing
	EmptyFail                  // report a failure
	EmptyText                  // send a text
)

// The standard late, hold and pause of a job.
const (
	DefaultLate  = 2 * time.Hour
	DefaultHold  = 20 * time.Minute
	DefaultPause = 500 * time.Millisecond
)

// MaxHold is the longest that a run may be told to wait for a slot.
const MaxHold = 45 * time.Minute

//go:embed example.yml
var example []byte

// Example returns the built-in config, which is used where there is no other: a dormitory's three meals.
func Example() []byte { return example }
