package run_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wtm/internal/kakao/kakaotest"
	"wtm/internal/run"
)

const uploadPath = "/v2/api/talk/message/image/upload"

// pictureConfig shows the picture that a page posts in place of its menu.
const pictureConfig = `
jobs:
  lunch:
    at: "11:30"
    source: {url: "https://example.ac.kr/menu", html: {items: p, fields: {title: b, image: "img@src"}}}
    message: {feed: {title: "{{ (index .Items 0).title }}", image: "{{ (index .Items 0).image }}", upload: true}}
`

func pngOf(t *testing.T, width int) string {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, width, 4))); err != nil {
		t.Fatal(err)
	}
	return data.String()
}

func pictureWorld(t *testing.T, yaml string) *world {
	t.Helper()
	w := newWorld(t, at("11:30:00"), 50, true, yaml)
	w.pages.bodies["/menu"] = `<p><b>이번 주 식단</b><img src="https://example.ac.kr/week.png"></p>`
	w.pages.bodies["/week.png"] = pngOf(t, 3)
	return w
}

// shown is the picture of the last message.
func (w *world) shown() string {
	all := w.kakao.Delivered()
	if len(all) == 0 {
		return "no message"
	}
	content, _ := all[len(all)-1].Object["content"].(map[string]any)
	address, _ := content["image_url"].(string)
	return address
}

func TestAPictureIsUploadedAndShown(t *testing.T) {
	w := pictureWorld(t, pictureConfig)
	report := w.run(run.Options{})
	uploads := w.kakao.Uploads()
	if len(uploads) != 1 || string(uploads[0].Data) != w.pages.bodies["/week.png"] || w.shown() != uploads[0].URL || exitCode(report) != 0 {
		t.Errorf("%d uploads, shown %s, %v", len(uploads), w.shown(), report.Errors())
	}
}

func TestAPictureOfThisMachineIsUploaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "2026-11.png")
	if err := os.WriteFile(path, []byte(pngOf(t, 5)), 0o600); err != nil {
		t.Fatal(err)
	}
	file := strings.Replace(path, "2026-11", `{{ date \"2006-01\" }}`, 1)
	w := pictureWorld(t, strings.Replace(pictureConfig, `image: "{{ (index .Items 0).image }}", upload: true`, `file: "`+file+`"`, 1))
	report := w.run(run.Options{})
	if uploads := w.kakao.Uploads(); len(uploads) != 1 || string(uploads[0].Data) != pngOf(t, 5) || w.shown() != uploads[0].URL {
		t.Errorf("%d uploads, shown %s, %v", len(uploads), w.shown(), report.Errors())
	}
}

// TestWithoutItsPictureTheRestIsSent has the ways a picture can fail: each is named, and the message goes out without it.
func TestWithoutItsPictureTheRestIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world)
		says  string
		asked int // times that Kakao was to take a picture
	}{
		"it is a page":    {func(w *world) { w.pages.bodies["/week.png"] = "<html><p>로그인</p></html>" }, "bringing a picture: message field file takes a JPEG or PNG picture, not an HTML page", 0},
		"it is gone":      {func(w *world) { delete(w.pages.bodies, "/week.png") }, "404", 0},
		"it is too large": {func(w *world) { w.pages.bodies["/week.png"] += strings.Repeat("x", 5<<20) }, "5242880 bytes", 0},
		"Kakao refuses": {func(w *world) {
			w.kakao.Fail(uploadPath, kakaotest.Fault{Status: http.StatusBadRequest, Body: `{"code":-911,"msg":"x"}`})
		}, "uploading a picture: ", 1},
	} {
		w := pictureWorld(t, pictureConfig)
		c.spoil(w)
		report := w.run(run.Options{})
		errs := report.Errors()
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), c.says) || exitCode(report) != 1 || w.asked(uploadPath) != c.asked {
			t.Errorf("%s: %v, %d uploads", name, errs, w.asked(uploadPath))
		}
		if w.shown() != "" || w.texts()[0] != "이번 주 식단" {
			t.Errorf("%s: shown %q with %q", name, w.shown(), w.texts())
		}
		if w.run(run.Options{}); len(w.texts()) != 1 {
			t.Errorf("%s: sent again", name)
		}
	}
}

// TestATrialNamesAPictureThatKakaoWouldRefuse: whoever sets a job up finds it before anything is sent.
func TestATrialNamesAPictureThatKakaoWouldRefuse(t *testing.T) {
	w := pictureWorld(t, pictureConfig)
	w.pages.bodies["/week.png"] = "<html><p>로그인</p></html>"
	report := w.run(run.Options{DryRun: true})
	if errs := report.Errors(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "bringing a picture: message field file takes") || len(w.kakao.Requests()) != 0 {
		t.Errorf("%v, %d requests", errs, len(w.kakao.Requests()))
	}
}

func TestAMessageOfAPictureAloneFailsWithoutIt(t *testing.T) {
	w := pictureWorld(t, strings.Replace(pictureConfig, `title: "{{ (index .Items 0).title }}", `, "", 1))
	delete(w.pages.bodies, "/week.png")
	report := w.run(run.Options{})
	if len(w.texts()) != 0 || report.Slots[0].Outcome != run.Failed || len(report.Errors()) != 2 {
		t.Errorf("messages %q, %v", w.texts(), report.Errors())
	}
	w.pages.bodies["/week.png"] = pngOf(t, 3)
	if w.run(run.Options{}); w.shown() == "" {
		t.Error("the slot was given up")
	}
}

func TestAnotherPictureUnderTheSameAddressIsAChange(t *testing.T) {
	w := pictureWorld(t, strings.Replace(pictureConfig, "    message:", "    send: changed\n    message:", 1))
	for i, width := range []int{3, 3, 4} {
		w.pages.bodies["/week.png"] = pngOf(t, width)
		w.kakao.AddAccessToken("first-access-token", at("23:00:00").AddDate(0, 0, i))
		s := w.stored()
		me := s.Accounts["me"]
		me.Access.ExpiresAt = at("23:00:00").AddDate(0, 0, i)
		s.Accounts["me"] = me
		w.store.data = w.seal(s)
		w.set(at("11:30:00").AddDate(0, 0, i))
		w.run(run.Options{})
	}
	if n := len(w.kakao.Delivered()); n != 2 {
		t.Errorf("%d messages of two pictures in three days", n)
	}
}
