package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"wtm/internal/compose"
	"wtm/internal/config"
	"wtm/internal/fetch"
	"wtm/internal/kakao"
	"wtm/internal/secret"
)

// bring composes the parts and brings the pictures that they have to show. A picture that cannot be brought is left out,
// and reported beside what is sent.
func (d *draft) bring(ctx context.Context, v *visit) error {
	first, err := d.compose(nil)
	if err != nil {
		return fmt.Errorf("composing the message: %w", err)
	}
	d.parts = first.Parts
	if len(first.Pictures) == 0 {
		d.notes = append(d.notes, first.Notes...)
		d.compose = nil // nobody makes them again, and it holds all items
		return nil
	}
	d.pictures = map[compose.Picture][]byte{}
	missing := map[compose.Picture]string{}
	for _, p := range first.Pictures {
		if _, met := missing[p]; met || d.pictures[p] != nil {
			continue
		}
		data, err := v.picture(ctx, p)
		if err == nil {
			err = kakao.CheckImage(pictureName, data)
		}
		if err != nil {
			d.broken = errors.Join(d.broken, named(d.job, fmt.Errorf("bringing a picture: %w", err)))
			missing[p] = ""
			continue
		}
		d.pictures[p] = data
	}
	if len(missing) == 0 {
		d.notes = append(d.notes, first.Notes...)
		return nil
	}
	again := d.compose
	d.compose = func(uploaded map[compose.Picture]string) (compose.Composed, error) {
		all := maps.Clone(missing)
		maps.Copy(all, uploaded)
		return again(all)
	}
	rest, err := d.compose(nil)
	if err != nil {
		return fmt.Errorf("composing the message without its picture: %w", err)
	}
	d.parts, d.notes = rest.Parts, append(d.notes, rest.Notes...)
	return nil
}

// picture brings the bytes of a picture.
func (v *visit) picture(ctx context.Context, p compose.Picture) ([]byte, error) {
	if p.File {
		return readPicture(p.Source)
	}
	first, err := newRequest(v.source.Request, compose.Data{Slot: v.slot})
	if err != nil {
		return nil, err
	}
	var data []byte
	err = v.read(ctx, fetch.Request{URL: p.Source, Header: v.headersFor(first, p.Source), Raw: true}, func(page fetch.Page) error {
		data = page.Body
		return nil
	})
	return data, err
}

// readPicture reads a file of this machine, no more of it than Kakao takes.
func readPicture(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &PictureFileError{Path: name, Err: err}
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &PictureFileError{Path: name, Err: errors.Join(err, errors.New("it is no file"))}
	}
	data, err := io.ReadAll(io.LimitReader(f, kakao.MaxImage+1))
	if err != nil {
		return nil, &PictureFileError{Path: name, Err: err}
	}
	return data, nil
}

// pictureName is what a picture is called at Kakao, where nobody sees it: its own name may be long or telling.
const pictureName = "picture"

// upload puts the pictures of a draft on Kakao's servers, by the first of its accounts that can, and makes its parts show
// them. Without a picture that Kakao does not take, the rest is still sent.
func (r *Runner) upload(ctx context.Context, keys *logins, to []config.Receiver, d *draft) error {
	if len(d.pictures) == 0 {
		return nil
	}
	var errs []error
	uploaded := map[compose.Picture]string{}
	for _, p := range d.sortedPictures() {
		address, err := r.uploadOne(ctx, keys, to, d.pictures[p])
		if err != nil {
			errs = append(errs, fmt.Errorf("%suploading a picture: %w", jobPrefix(d.job), err))
		}
		uploaded[p] = address
	}
	said, err := d.compose(uploaded)
	if err != nil {
		errs = append(errs, fmt.Errorf("%scomposing the message: %w", jobPrefix(d.job), err))
	}
	d.parts = said.Parts
	return errors.Join(errs...)
}

// uploadOne returns where Kakao keeps a picture. The error is that of the first account.
func (r *Runner) uploadOne(ctx context.Context, keys *logins, to []config.Receiver, data []byte) (string, error) {
	var first error
	tried := map[string]bool{}
	for _, who := range to {
		if tried[who.Account] {
			continue
		}
		tried[who.Account] = true
		var image kakao.Image
		err := keys.of(who.Account).use(ctx, func(access secret.Value) (err error) {
			image, err = r.Kakao.UploadImage(ctx, access, pictureName, data)
			return err
		})
		if err == nil {
			return image.URL, nil
		}
		if first == nil {
			first = err
		}
	}
	return "", first
}

// sortedPictures are those that were brought, in the order of their addresses.
func (d draft) sortedPictures() []compose.Picture {
	return slices.SortedFunc(maps.Keys(d.pictures), func(a, b compose.Picture) int { return strings.Compare(a.Source, b.Source) })
}

// PictureFileError is a picture of this machine that cannot be read.
type PictureFileError struct {
	Path string
	Err  error
}

func (e *PictureFileError) Error() string {
	if cause, ok := errors.AsType[*os.PathError](e.Err); ok {
		return fmt.Sprintf("reading the picture %s: %v", e.Path, cause.Err)
	}
	return fmt.Sprintf("reading the picture %s: %v", e.Path, e.Err)
}

// Unwrap returns why.
func (e *PictureFileError) Unwrap() error { return e.Err }

// Hint says where to set it.
func (*PictureFileError) Hint() string {
	return "set `file:` in wtm.yml to a PNG or JPEG on the machine that runs wtm"
}
