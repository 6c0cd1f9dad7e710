package kakao

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"wtm/internal/secret"
)

// MaxImage is the size of the largest picture in bytes, uploaded or fetched by Kakao from a plain address
// (https://developers.kakao.com/docs/latest/en/message-template/faq).
const MaxImage = 5 << 20

// imagePath takes uploads.
const imagePath = "/v2/api/talk/message/image/upload"

// Image is a picture on Kakao's own servers, for the image_url of a [Content]. Kakao keeps it for 100 days.
type Image struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	Length      int    `json:"length"` // bytes
	Width       int    `json:"width"`  // pixels
	Height      int    `json:"height"` // pixels
}

// UploadImage puts a JPEG or PNG picture of at most [MaxImage] bytes on Kakao's servers, to be shown over https (POST
// /v2/api/talk/message/image/upload, https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api). name is that
// of the file. What Kakao would refuse is a [*LimitError]. An upload shows nothing to anybody, so one that failed in a way
// that may pass is made again.
func (c *Client) UploadImage(ctx context.Context, access secret.Value, name string, data []byte) (Image, error) {
	contentType, err := checkImage(name, data)
	if err != nil {
		return Image{}, err
	}
	body, formType, err := imageForm(name, contentType, data)
	if err != nil {
		return Image{}, fmt.Errorf("encoding the picture: %w", err)
	}
	var answer struct {
		Infos struct {
			Original Image `json:"original"`
		} `json:"infos"`
	}
	address := c.apiURL(imagePath)
	err = c.retry(ctx, mayPass, func() error { return c.postBody(ctx, address, access, formType, body, &answer) })
	if err != nil {
		return Image{}, err
	}
	r := &rules{}
	if r.address("url", answer.Infos.Original.URL); r.err != nil || answer.Infos.Original.URL == "" {
		u, err := url.Parse(address)
		if err != nil {
			return Image{}, fmt.Errorf("asking Kakao: %w", err)
		}
		return Image{}, &AnswerError{Host: u.Host, Path: u.Path, What: "no address of the picture"}
	}
	return answer.Infos.Original, nil
}

// CheckImage refuses what [Client.UploadImage] would, before anything is sent.
func CheckImage(name string, data []byte) error {
	_, err := checkImage(name, data)
	return err
}

// checkImage returns the type of a picture, told by its first bytes and never by its name.
func checkImage(name string, data []byte) (string, error) {
	r := &rules{}
	r.required("file", name, MaxTitle)
	r.word("file", name, MaxTitle)
	if len(data) > MaxImage {
		r.refuse("file", fmt.Sprintf("a picture of at most %d bytes", MaxImage), fmt.Sprintf("one of %d", len(data)))
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	const want = "a JPEG or PNG picture" // developers' reports; others are unverified
	switch {
	case len(data) == 0:
		r.refuse("file", want, "an empty file")
	case kind == "text/html":
		r.refuse("file", want, "an HTML page")
	case kind != "image/jpeg" && kind != "image/png":
		r.refuse("file", want, kind)
	}
	return kind, r.err
}

// imageForm encodes the form with its parts file and secure_resource, which asks for an https address.
func imageForm(name, contentType string, data []byte) (body []byte, formType string, err error) {
	var buffer bytes.Buffer
	form := multipart.NewWriter(&buffer)
	if err := form.WriteField("secure_resource", "true"); err != nil {
		return nil, "", err
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", name)},
		"Content-Type":        {contentType},
	})
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(data); err != nil {
		return nil, "", err
	}
	if err := form.Close(); err != nil {
		return nil, "", err
	}
	return buffer.Bytes(), form.FormDataContentType(), nil
}
