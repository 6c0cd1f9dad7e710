package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"wtm/internal/preview"
	"wtm/internal/run"
)

// printReport prints what the run came to; texts only of a dry run, since a log may be public.
func printReport(w io.Writer, r run.Report, flags runFlags) error {
	if flags.json {
		return json.NewEncoder(w).Encode(r)
	}
	if flags.quiet && !r.DryRun {
		return nil
	}
	out := bufio.NewWriter(w) // of many jobs, each line would be a write of its own
	printSlots(out, r)
	return out.Flush()
}

func printSlots(w io.Writer, r run.Report) {
	if len(r.Slots) == 0 && len(r.Errs) == 0 {
		fmt.Fprintln(w, "nothing due")
		if r.DryRun && len(r.Next) > 0 {
			fmt.Fprintf(w, "to see the next slot's message: wtm run --dry-run --job %s --now %s\n", r.Next[0].Job, r.Next[0].At.Format(time.RFC3339))
		}
	}
	for _, s := range r.Slots {
		fmt.Fprintf(w, "%s %s: %s\n", s.Job, s.Slot.Format("2006-01-02 15:04"), sentence(s))
		if r.DryRun {
			for _, text := range s.Texts {
				fmt.Fprint(w, preview.Bubble(text, bubbleWidth))
			}
		}
		printNotes(w, s)
	}
	if r.DryRun {
		printOrigins(w, r.Origins())
	}
	for _, a := range r.Alerts {
		fmt.Fprintln(w, alertSentence(a))
	}
	if len(r.Next) > 0 {
		fmt.Fprintf(w, "next: %s %s\n", r.Next[0].Job, r.Next[0].At.Format("2006-01-02 15:04 MST"))
	}
}

// printNotes says what was left out of a slot's messages or cut.
func printNotes(w io.Writer, s run.SlotReport) {
	for _, note := range s.Notes {
		fmt.Fprintf(w, "  note: %s\n", note)
	}
}

// printOrigins lists where taps lead, as it has to be entered at Kakao.
func printOrigins(w io.Writer, origins []string) {
	if len(origins) == 0 {
		return
	}
	fmt.Fprintln(w, "links lead to these; Kakao opens them only when they are registered under App > Product link > Web domain:")
	for _, origin := range origins {
		fmt.Fprintf(w, "  %s\n", origin)
	}
}

// bubbleWidth is that of a phone's chat, in terminal columns.
const bubbleWidth = 44

// sentence says what a slot came to.
func sentence(s run.SlotReport) string {
	switch s.Outcome {
	case run.Sent:
		return sentSentence(s)
	case run.Failed, run.Unknown:
		if len(s.Sent) > 0 {
			return sentSentence(s) + "; not to all"
		}
	case run.WouldSend:
		return fmt.Sprintf("would send %s to %s (%s)", count(s.Parts, "message"), strings.Join(s.To, ", "), count(s.Items, "item"))
	case run.None:
		return "the page says there is none; nothing sent"
	case run.Empty:
		return "there is nothing for today: the cell or list is empty; nothing sent"
	case run.NothingNew:
		return "nothing new; nothing sent"
	case run.Baseline:
		if len(s.Texts) > 0 {
			return fmt.Sprintf("would take %s as known and send nothing; were they new, it would send this to %s", count(s.Items, "item"), strings.Join(s.To, ", "))
		}
		return fmt.Sprintf("first look: %s taken as known; nothing sent", count(s.Items, "item"))
	case run.Elsewhere:
		return "another run has sent it meanwhile"
	case run.Missed:
		return "missed"
	}
	if s.Outcome == run.Unknown {
		return "sent, but the answer was lost"
	}
	return "failed"
}

func sentSentence(s run.SlotReport) string {
	return fmt.Sprintf("sent to %s at %s (%s, %s)", strings.Join(s.Sent, ", "), s.At.In(s.Slot.Location()).Format("15:04:05"),
		count(s.Items, "item"), count(s.Parts, "message"))
}

// alertSentence says what the user was told in the chat.
func alertSentence(a run.Alert) string {
	if a.Failures == 0 {
		return fmt.Sprintf("told you in KakaoTalk that job %s works again", a.Job)
	}
	return fmt.Sprintf("told you in KakaoTalk that job %s has failed %d times in a row", a.Job, a.Failures)
}

// count says a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
