package kakao

// Content is the body of a message or a row of a list: a link, and at least one of title, description and picture.
type Content struct {
	Title       string `json:"title,omitempty"`       // at most [MaxTitle]; shown on two lines
	Description string `json:"description,omitempty"` // at most [MaxDescription]; with the title on four lines
	// ImageURL is a picture that Kakao's servers can fetch, at most [MaxImage] bytes, or one of [Client.UploadImage].
	ImageURL string `json:"image_url,omitempty"`
	// ImageWidth and ImageHeight are in pixels, from [MinImageSide]; 0 leaves them out.
	ImageWidth  int  `json:"image_width,omitempty"`
	ImageHeight int  `json:"image_height,omitempty"`
	Link        Link `json:"link"`
}

func (r *rules) content(field string, c Content) {
	if c.Title == "" && c.Description == "" && c.ImageURL == "" {
		r.refuse(field, "one of title, description and image_url", "none")
	}
	r.optional(field+".title", c.Title, MaxTitle)
	r.optional(field+".description", c.Description, MaxDescription)
	r.address(field+".image_url", c.ImageURL)
	if c.ImageWidth != 0 {
		r.atLeast(field+".image_width", &c.ImageWidth, MinImageSide)
	}
	if c.ImageHeight != 0 {
		r.atLeast(field+".image_height", &c.ImageHeight, MinImageSide)
	}
	r.web(field+".link", c.Link)
}

func (c Content) lines() []string { return []string{c.Title, c.Description} }
