package kakaotest

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // the formats
	_ "image/png"  // that Kakao takes
	"io"
	"net/http"
	"slices"
)

// uploadPath takes pictures, the only call with a multipart form.
const uploadPath = "/v2/api/talk/message/image/upload"

// largestImage is in bytes (https://developers.kakao.com/docs/latest/en/message-template/faq).
const largestImage = 5 << 20

// Upload is a picture that arrived.
type Upload struct {
	From string // the sender's name
	Name string // the file's
	URL  string // as answered
	Data []byte
	// Secure is the form's secure_resource.
	Secure string
}

// Uploads returns the pictures that arrived, in order.
func (s *Server) Uploads() []Upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.uploads)
}

func (s *Server) upload(w http.ResponseWriter, r *http.Request, u *User) {
	if err := r.ParseMultipartForm(2 * largestImage); err != nil {
		s.problem("an upload that is no multipart form")
		s.refuse(w, http.StatusBadRequest, -2, "failed to parse parameter. name=file")
		return
	}
	defer r.MultipartForm.RemoveAll()
	secure := r.MultipartForm.Value["secure_resource"]
	files := r.MultipartForm.File["file"]
	if len(files) == 0 || len(secure) > 1 || len(secure) == 1 && secure[0] != "true" && secure[0] != "false" {
		s.problem("an upload of %d files with secure_resource %q", len(files), secure)
		s.refuse(w, http.StatusBadRequest, -2, "failed to parse parameter. name=file")
		return
	}
	if len(files) > 1 {
		s.problem("an upload of %d files", len(files))
		s.refuse(w, http.StatusBadRequest, -606, "too many images")
		return
	}
	part, err := files[0].Open()
	if err != nil {
		s.refuse(w, http.StatusInternalServerError, -1, "internal error")
		return
	}
	defer part.Close()
	data, err := io.ReadAll(part)
	if err != nil {
		s.refuse(w, http.StatusInternalServerError, -1, "internal error")
		return
	}
	if len(data) > largestImage {
		s.problem("a picture of %d bytes", len(data))
		s.refuse(w, http.StatusBadRequest, -602, "image size is too large")
		return
	}
	picture, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		s.refuse(w, http.StatusBadRequest, -911, "not supported image format")
		return
	}
	s.mu.Lock()
	s.serial++
	address := fmt.Sprintf("https://k.kakaocdn.net/dn/fake-%04d/img.%s", s.serial, format)
	got := Upload{From: u.Name, Name: files[0].Filename, URL: address, Data: data}
	if len(secure) == 1 {
		got.Secure = secure[0]
	}
	s.uploads = append(s.uploads, got)
	s.mu.Unlock()
	s.answer(w, http.StatusOK, map[string]any{"infos": map[string]any{"original": map[string]any{"url": address,
		"content_type": "image/" + format, "length": len(data), "width": picture.Width, "height": picture.Height}}})
}
