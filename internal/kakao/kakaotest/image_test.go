package kakaotest_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

func TestTheFakeTakesAndRefusesPictures(t *testing.T) {
	var whole bytes.Buffer
	if err := png.Encode(&whole, image.NewGray(image.Rect(0, 0, 3, 4))); err != nil {
		t.Fatal(err)
	}
	large := append(bytes.Clone(whole.Bytes()), make([]byte, 5<<20)...)
	for name, c := range map[string]struct {
		part   string
		data   [][]byte
		secure string
		says   string
	}{
		"one":         {"file", [][]byte{whole.Bytes()}, "true", `"width":3`},
		"two":         {"file", [][]byte{whole.Bytes(), whole.Bytes()}, "true", "-606"},
		"none":        {"other", [][]byte{whole.Bytes()}, "true", "-2"},
		"too large":   {"file", [][]byte{large}, "true", "-602"},
		"no picture":  {"file", [][]byte{[]byte("GIF89a")}, "true", "-911"},
		"half secure": {"file", [][]byte{whole.Bytes()}, "maybe", "-2"},
	} {
		s := newServer(t)
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		form.WriteField("secure_resource", c.secure)
		for _, data := range c.data {
			part, err := form.CreateFormFile(c.part, "a.png")
			if err != nil {
				t.Fatal(err)
			}
			part.Write(data)
		}
		form.Close()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v2/api/talk/message/image/upload", &body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", form.FormDataContentType())
		request.Header.Set("Authorization", "Bearer access")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(got), c.says) || (answer.StatusCode == http.StatusOK) != (len(s.Uploads()) == 1) {
			t.Errorf("%s: HTTP %d %s, %v", name, answer.StatusCode, got, err)
		}
	}
}
