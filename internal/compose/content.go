package compose

import (
	"fmt"
	"net/url"
	"path/filepath"

	"wtm/internal/kakao"
)

// Content is the body of a message, or a row of a list.
type Content struct {
	Title, Description Template
	// Image is the address of a picture.
	Image Template
	// Upload says that the picture is fetched and uploaded to Kakao, where its servers cannot fetch it.
	Upload bool
	// File is the path of a picture on this machine, which is uploaded; its template sees no items.
	File Template
	// Width and Height are in pixels; 0 leaves them out.
	Width, Height int
	Link          Template
}

// Picture is a picture to upload: an address, or with File a path.
type Picture struct {
	Source string
	File   bool
}

// content fills in a content; where names it in notes, such as "row 2: ".
func (f *filler) content(where string, c Content) kakao.Content {
	out := kakao.Content{
		Title:       f.text(where+"the title", c.Title, kakao.MaxTitle),
		Description: f.text(where+"the description", c.Description, kakao.MaxDescription),
		ImageURL:    f.picture(where, c),
		Link:        f.link(where, c.Link),
	}
	if out.ImageURL != "" {
		out.ImageWidth, out.ImageHeight = c.Width, c.Height
	}
	return out
}

// notUploaded stands for a picture of this machine that Kakao does not have yet.
const notUploaded = "https://not-uploaded.invalid/"

// picture fills in the address of a picture. One that is to be uploaded has its own address until it is.
func (f *filler) picture(where string, c Content) string {
	if !c.File.IsZero() {
		dot := f.dot
		f.dot = Data{Job: f.data.Job, Slot: f.data.Slot} // no page can name a file of this machine
		path := f.fill(c.File)
		f.dot = dot
		return f.upload(Picture{Source: path, File: true}, notUploaded+url.PathEscape(filepath.Base(path)))
	}
	address := clean(f.fill(c.Image))
	if address == "" {
		return ""
	}
	if !absolute(address) {
		f.note("%sthe picture's address leads nowhere; there is no picture (one of this machine is named by file)", where)
		return ""
	}
	if c.Upload {
		return f.upload(Picture{Source: address}, address)
	}
	return address
}

// upload returns where Kakao keeps a picture, or until it does what stands for it.
func (f *filler) upload(p Picture, until string) string {
	f.pictures = append(f.pictures, p)
	if at, ok := f.data.Uploaded[p]; ok {
		return at // empty for one that could not be brought
	}
	return until
}

// row names a row of a list in notes.
func row(i int) string { return fmt.Sprintf("row %d: ", i+1) }
