package kakao_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wtm/internal/kakao"
	"wtm/internal/kakao/kakaotest"
)

const uploadPath = "/v2/api/talk/message/image/upload"

// picture encodes an empty one.
func picture(t testing.TB, format string) []byte {
	t.Helper()
	var out bytes.Buffer
	m := image.NewPaletted(image.Rect(0, 0, 200, 300), color.Palette{color.Black})
	err := map[string]func() error{
		"png":  func() error { return png.Encode(&out, m) },
		"jpeg": func() error { return jpeg.Encode(&out, m, nil) },
		"gif":  func() error { return gif.Encode(&out, m, nil) },
	}[format]()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestUploadImage(t *testing.T) {
	for _, format := range []string{"png", "jpeg"} {
		s, c := setup(t)
		data := picture(t, format)
		got, err := c.UploadImage(t.Context(), accessToken, "오늘 \"식단\".bin", data)
		if err != nil {
			t.Fatal(err)
		}
		uploads := s.Uploads()
		if len(uploads) != 1 || !bytes.Equal(uploads[0].Data, data) || uploads[0].Secure != "true" || uploads[0].Name != "오늘 \"식단\".bin" {
			t.Errorf("%s arrived as %d uploads, %+v", format, len(uploads), uploads[0].Name)
		}
		want := kakao.Image{URL: uploads[0].URL, ContentType: "image/" + format, Length: len(data), Width: 200, Height: 300}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
		mustNew(t, kakao.Feed{Content: kakao.Content{ImageURL: got.URL, ImageWidth: got.Width, ImageHeight: got.Height, Link: link}})
	}
}

func TestUploadImageRefusesWhatKakaoWould(t *testing.T) {
	s, c := setup(t)
	for name, u := range map[string]struct {
		name string
		data []byte
		says string
	}{
		"a page":      {"a.png", []byte("<!DOCTYPE html><html>"), "an HTML page"},
		"nothing":     {"a.png", nil, "an empty file"},
		"a GIF":       {"a.png", picture(t, "gif"), "image/gif"},
		"WebP":        {"a.png", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "image/webp"},
		"a text":      {"a.png", []byte("밥"), "text/plain"},
		"too large":   {"a.png", append(picture(t, "png"), make([]byte, kakao.MaxImage)...), "at most 5242880 bytes"},
		"no name":     {"", picture(t, "png"), "none"},
		"a bent name": {"a\r\nb", picture(t, "png"), "U+000D"},
	} {
		_, err := c.UploadImage(t.Context(), accessToken, u.name, u.data)
		if e, ok := errors.AsType[*kakao.LimitError](err); !ok || e.Field != "file" || !strings.Contains(err.Error(), u.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.Requests()) != 0 {
		t.Errorf("asked %v", s.Requests())
	}
}

func TestUploadImageIsMadeAgain(t *testing.T) {
	for name, c := range map[string]struct {
		fault          kakaotest.Fault
		tries, uploads int
		code           string
	}{
		"cut before":   {kakaotest.Fault{DropBefore: true}, 2, 1, ""},
		"cut after":    {kakaotest.Fault{DropAfter: true}, 2, 2, ""},
		"a gateway":    {kakaotest.Fault{Status: 502, Body: "<html>"}, 2, 1, ""},
		"inside":       {kakaotest.Fault{Status: 400, Body: `{"code":-1}`}, 2, 1, ""},
		"too large":    {kakaotest.Fault{Status: 400, Body: `{"code":-602}`}, 1, 0, "-602"},
		"too many":     {kakaotest.Fault{Status: 400, Body: `{"code":-606}`}, 1, 0, "-606"},
		"the format":   {kakaotest.Fault{Status: 400, Body: `{"code":-911}`}, 1, 0, "-911"},
		"a dead token": {kakaotest.Fault{Status: 401, Body: `{"code":-401}`}, 1, 0, "-401"},
	} {
		s, client := setup(t)
		s.Fail(uploadPath, c.fault)
		_, err := client.UploadImage(t.Context(), accessToken, "a.png", picture(t, "png"))
		got := []any{len(s.Requests()), len(s.Uploads()), codeOf(err)}
		if diff := cmp.Diff([]any{c.tries, c.uploads, c.code}, got); diff != "" {
			t.Errorf("%s: tries, uploads, code (-want +got):\n%s(%v)", name, diff, err)
		}
	}
}

func TestUploadImageWantsAnAddress(t *testing.T) {
	for _, body := range []string{`{}`, `{"infos":{"original":{"url":"/a.png"}}}`} {
		s, client := setup(t)
		s.Fail(uploadPath, kakaotest.Fault{Status: 200, Body: body})
		if _, err := client.UploadImage(t.Context(), accessToken, "a.png", picture(t, "png")); !errors.As(err, new(*kakao.AnswerError)) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
