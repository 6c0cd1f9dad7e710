package run

import "fmt"

// lacking says which fields of a config no item of its source has, and which link to a next page was not there: most
// likely a selector that matches nothing.
func lacking(found []finding) []string {
	var notes []string
	counts := map[*visit]int{}
	var visits []*visit
	for _, f := range found {
		if counts[f.visit] == 0 {
			visits = append(visits, f.visit)
		}
		counts[f.visit]++
	}
	for _, v := range visits {
		if v.noNext {
			notes = append(notes, "the link to the next page was not found: look at `pages: next:`")
		}
		for _, name := range v.chosenFields() {
			if !has(found, v, name) {
				notes = append(notes, fmt.Sprintf("the field %q is empty in all %d items: look at what `fields:` says of it", name, counts[v]))
			}
		}
	}
	return notes
}

// has reports whether any item of a visit has a text in a field.
func has(found []finding, v *visit, name string) bool {
	for _, f := range found {
		if f.visit == v && f.Item[name] != "" {
			return true
		}
	}
	return false
}

// chosenFields are the fields whose places the config names. Those of feeds and tables are as they come, and often empty.
func (v *visit) chosenFields() []string {
	if html := v.source.Scrape.HTML; html != nil && len(html.Fields) > 0 || v.source.Scrape.JSON != nil {
		names, _ := v.source.FieldNames()
		return names
	}
	var names []string
	if v.source.Detail != nil {
		for _, f := range v.source.Detail.Fields {
			names = append(names, f.Name)
		}
	}
	return names
}
