package fetch

import (
	"bytes"
	"strings"
)

// signature is how a kind of file begins.
type signature struct{ begin, what string }

// signatures are those of files that Korean boards attach, whatever type the server declares for them. Office files
// declared as such are not refused by name: many sites serve an HTML table as application/vnd.ms-excel.
func signatures() []signature {
	return []signature{
		{"%PDF-", "application/pdf"},
		{"\x89PNG\r\n", "image/png"},
		{"\xff\xd8\xff", "image/jpeg"},
		{"GIF8", "image/gif"},
		{"PK\x03\x04", "a zip or office file"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office or hwp file"},
		{"\x1f\x8b\x08", "application/gzip"},
	}
}

// binaryType names what the answer is when it is not text, else it returns "".
func binaryType(mediaType string, body []byte) string {
	kind, _, _ := strings.Cut(mediaType, "/")
	switch {
	case mediaType == "image/svg+xml":
	case kind == "image", kind == "audio", kind == "video", kind == "font",
		mediaType == "application/pdf", mediaType == "application/zip":
		return mediaType
	}
	for _, s := range signatures() {
		if bytes.HasPrefix(body, []byte(s.begin)) {
			return s.what
		}
	}
	if mediaType == "application/octet-stream" && bytes.IndexByte(body, 0) >= 0 && bomOf(body) == "" {
		return mediaType
	}
	return ""
}
