// Package preview shows a message as the receiver will see it: as a box in a terminal ([Bubble]), or as a chat in a browser
// ([Page]).
//
// Both draw the same parts of a message in the same order, and no text of a message can leave its place there.
package preview

import (
	"strings"

	"github.com/rivo/uniseg"

	"wtm/internal/kakao"
)

// minWidth is the narrowest bubble: a frame and room for two Korean letters.
const minWidth = 8

// Bubble returns a message as a box of lines, each width terminal columns wide and ended by a newline. Korean
// letters take two columns. Nothing in the message can leave the box: control characters are dropped.
func Bubble(t kakao.Template, width int) string {
	b := &box{inner: max(width, minWidth) - 4}
	c := cardOf(t)
	b.rule("╭", "╮")
	for i, section := range c.Sections {
		if i > 0 {
			b.rule("├", "┤")
		}
		for _, one := range section {
			b.block(one)
		}
	}
	if len(c.Buttons) > 0 {
		b.rule("├", "┤")
	}
	for _, one := range c.Buttons {
		b.text("[" + one.Title + "] " + one.Link)
	}
	b.rule("╰", "╯")
	return b.out.String()
}

// box is a frame with room for inner columns of text.
type box struct {
	out   strings.Builder
	inner int
}

func (b *box) rule(left, right string) {
	b.out.WriteString(left + strings.Repeat("─", b.inner+2) + right + "\n")
}

func (b *box) line(text string) {
	b.out.WriteString("│ " + text + strings.Repeat(" ", b.inner-uniseg.StringWidth(text)) + " │\n")
}

func (b *box) text(text string) {
	for _, line := range wrap(text, b.inner) {
		b.line(line)
	}
}

// block draws one part of a message.
func (b *box) block(one block) {
	switch one.Kind {
	case picture:
		b.text(pictured(one.Image, one.Text) + " " + one.Image)
	case item, sum:
		b.pair(one.Text, one.More)
	case price:
		b.text(one.Text)
		if one.More != "" {
			b.text("(정가 " + one.More + ")")
		}
	default:
		b.text(pictured(one.Image, one.Text))
		if one.More != "" {
			b.text(one.More)
		}
	}
	if one.Link != "" && one.Link != one.Text {
		b.text("→ " + one.Link)
	}
}

// pair draws a name at the left and its value at the right, or below it where they do not fit side by side.
func (b *box) pair(name, value string) {
	gap := b.inner - uniseg.StringWidth(name) - uniseg.StringWidth(value)
	if gap < 1 || strings.Contains(name+value, "\n") {
		b.text(name)
		b.text(value)
		return
	}
	b.text(name + strings.Repeat(" ", gap) + value)
}

// pictured marks a text that has a picture.
func pictured(address, text string) string {
	if address == "" {
		return text
	}
	return strings.TrimRight("[사진] "+text, " ")
}
