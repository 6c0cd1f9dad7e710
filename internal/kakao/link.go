package kakao

import "fmt"

// Link is where a tap leads. Kakao opens a web address only when its host is registered with the app under Product link >
// Web domain, and takes other hosts without a word. A phone prefers the execution parameters, then MobileWebURL, then
// WebURL.
type Link struct {
	WebURL       string `json:"web_url,omitempty"`        // on a PC
	MobileWebURL string `json:"mobile_web_url,omitempty"` // on a phone
	// AndroidExecutionParams and IOSExecutionParams open the app's own native app, as k=v&k=v.
	AndroidExecutionParams string `json:"android_execution_params,omitempty"`
	IOSExecutionParams     string `json:"ios_execution_params,omitempty"`
}

// web checks a link that must have an address of the web, as only that opens on a PC.
func (r *rules) web(field string, l Link) {
	if l.WebURL == "" && l.MobileWebURL == "" {
		r.refuse(field, anAddress, "none")
	}
	r.anyLink(field, l)
}

// anyLink checks a link that may lead into an app alone.
func (r *rules) anyLink(field string, l Link) {
	if l == (Link{}) {
		r.refuse(field, anAddress+" or execution parameters", "none")
	}
	r.address(field+".web_url", l.WebURL)
	r.address(field+".mobile_web_url", l.MobileWebURL)
	r.word(field+".android_execution_params", l.AndroidExecutionParams, MaxAddress)
	r.word(field+".ios_execution_params", l.IOSExecutionParams, MaxAddress)
}

// MaxButtons is how many buttons a message may have; one with a fixed button of Kakao's own beside them has room for
// [MaxButtonsBeside].
const (
	MaxButtons       = 2
	MaxButtonsBeside = 1
)

// Button is a button under a message. Both fields are required; the link may have execution parameters alone.
type Button struct {
	Title string `json:"title"`
	Link  Link   `json:"link"`
}

func (r *rules) buttons(list []Button, most int) {
	if len(list) > most {
		r.refuse("buttons", fmt.Sprintf("at most %d", most), fmt.Sprint(len(list)))
	}
	for i, b := range list {
		field := fmt.Sprintf("buttons[%d]", i)
		r.required(field+".title", b.Title, MaxTitle)
		r.anyLink(field+".link", b.Link)
	}
}
