package scrape

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// form is how a heading inside a cell is written: the rune it begins with when that is a bracket or a symbol, else 0
// for a line of its own without one.
type form rune

// inlineHeading is a heading in brackets, which may have text after it on its line: [중식] 쌀밥.
var inlineHeading = regexp.MustCompile(`[\[<【〈《(（「『［＜{][^\[\]<>【】〈〉《》()（）「」『』［］＜＞{}]{1,30}[\]>】〉》)）」』］＞}]`)

// section returns the lines of a cell that follow the heading which matches, up to the next heading of the same form;
// nil when no heading does. It also returns the headings it saw.
func section(lines []string, want *regexp.Regexp) (wanted, headings []string) {
	lines = breakAtHeadings(lines, want)
	start := -1
	for i, line := range lines {
		if formOf(line) != 0 || mealNames.MatchString(strings.ToLower(line)) {
			headings = append(headings, line)
		}
		if start < 0 && want.MatchString(line) {
			start = i
		}
	}
	if start < 0 {
		return nil, headings
	}
	wanted = lines[start+1:]
	for i, line := range wanted {
		if sameForm(line, lines[start]) {
			return wanted[:i], headings
		}
	}
	return wanted, headings
}

// breakAtHeadings puts bracketed headings on lines of their own. Only brackets of the kind that the wanted heading has
// are headings: (국내산) after a dish is none when the headings are [중식].
func breakAtHeadings(lines []string, want *regexp.Regexp) []string {
	var bracket form
	for _, line := range lines {
		for _, found := range inlineHeading.FindAllString(line, -1) {
			if bracket == 0 && want.MatchString(found) {
				bracket = formOf(found)
			}
		}
	}
	if bracket == 0 {
		return lines
	}
	var out []string
	add := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, text)
		}
	}
	for _, line := range lines {
		end := 0
		for _, at := range inlineHeading.FindAllStringIndex(line, -1) {
			if formOf(line[at[0]:]) != bracket {
				continue
			}
			add(line[end:at[0]])
			add(line[at[0]:at[1]])
			end = at[1]
		}
		add(line[end:])
	}
	return out
}

// formOf returns a line's form.
func formOf(line string) form {
	r, _ := utf8.DecodeRuneInString(line)
	if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '"' || r == '\'' {
		return 0
	}
	return form(r)
}

// mealNames are the headings that cells use without any mark.
var mealNames = regexp.MustCompile(`^(아침|점심|저녁|조식|중식|석식|간식|야식|브런치|breakfast|lunch|dinner)`)

// sameForm reports whether a line is a heading like the one given: it begins with the same mark or, without one, both
// end in a colon or both are names of meals.
func sameForm(line, like string) bool {
	if mark := formOf(like); mark != 0 || formOf(line) != 0 {
		return mark == formOf(line)
	}
	if strings.HasSuffix(like, ":") {
		return strings.HasSuffix(line, ":")
	}
	return mealNames.MatchString(strings.ToLower(line)) && utf8.RuneCountInString(line) <= utf8.RuneCountInString(like)+8
}
