package kakao

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// Custom is a message built in the message template tool of the app's console, its placeholders filled by Args
// (https://developers.kakao.com/docs/ko/message-template/common).
type Custom struct {
	TemplateID int64             `json:"template_id"` // above 0
	Args       map[string]string `json:"template_args,omitempty"`
}

func (c Custom) check(r *rules) {
	if c.TemplateID <= 0 {
		r.refuse("template_id", "a number above 0", fmt.Sprint(c.TemplateID))
	}
	r.args(c.Args)
}

func (r *rules) args(args map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(args)) {
		r.required("template_args", name, MaxTitle)
		r.word("template_args", name, MaxTitle)
		r.optional("template_args."+name, args[name], MaxAddress)
	}
}

func (c Custom) endpoint() string { return "send" }
func (c Custom) object() any      { return c }

func (c Custom) form() (url.Values, error) {
	form := url.Values{}
	return form, templateForm(form, c.TemplateID, c.Args)
}

// templateForm adds a template of the console to a form.
func templateForm(form url.Values, id int64, args map[string]string) error {
	if id != 0 {
		form.Set("template_id", strconv.FormatInt(id, 10))
	}
	if len(args) == 0 {
		return nil
	}
	text, err := json.Marshal(args)
	form.Set("template_args", string(text))
	return err
}

func (c Custom) clone() Spec {
	c.Args = maps.Clone(c.Args)
	return c
}

func (c Custom) lines() []string {
	return append([]string{fmt.Sprintf("template %d", c.TemplateID)}, argLines(c.Args)...)
}

func argLines(args map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(args)) {
		out = append(out, name+": "+args[name])
	}
	return out
}
