package engine

import (
	"context"
	"fmt"
	"image"
	"strings"

	"github.com/disintegration/imaging"

	"seewhy/analysis/task"
	"seewhy/assets/gallery"
	"seewhy/models/prep"
)

// displaySide bounds ImageInfo.Picture: more than a window shows.
const displaySide = 2048

// pictureBudget bounds the pixels kept in memory; pictures beyond it are read
// again when they are needed.
const pictureBudget = 256 << 20

// OpenImage reads "gallery:NAME" or a file: decoded, turned upright, hashed.
func (e *Engine) OpenImage(ctx context.Context, ref string) (task.ImageInfo, error) {
	if err := ctx.Err(); err != nil {
		return task.ImageInfo{}, err
	}
	pic, name, truth, err := readPicture(ref)
	if err != nil {
		return task.ImageInfo{}, err
	}
	if err := ctx.Err(); err != nil {
		return task.ImageInfo{}, err
	}
	b := pic.Image.Bounds()
	info := task.ImageInfo{
		Ref:    task.ImageRef{Name: name, Path: ref, SHA256: pic.SHA256, Width: b.Dx(), Height: b.Dy()},
		Format: pic.Format, Picture: pic.Image, Truth: truth,
	}
	for _, r := range pic.Remarks {
		info.Notes = append(info.Notes, task.Note{Key: r.Key, Args: r.Args})
	}
	if max(b.Dx(), b.Dy()) > displaySide {
		info.Picture = imaging.Fit(pic.Image, displaySide, displaySide, imaging.Box)
	}
	e.pictures.put(pic.SHA256, pic.Image, len(pic.Image.Pix))
	return info, nil
}

func readPicture(ref string) (pic prep.Picture, name, truth string, err error) {
	wanted, ok := strings.CutPrefix(ref, galleryPrefix)
	if !ok {
		pic, err = prep.Open(ref, prep.Limits{})
		return pic, baseName(ref), "", err
	}
	for _, s := range gallery.Samples() {
		if galleryName(s) != wanted && wanted != "" {
			continue
		}
		data, err := s.JPEG()
		if err != nil {
			return pic, "", "", err
		}
		pic, err = prep.Decode(s.File, data, prep.Limits{})
		return pic, s.Title, s.Label, err
	}
	return pic, "", "", fmt.Errorf("the gallery has no picture %q; \"seewhy gallery\" lists them", wanted)
}

// picture gives the whole picture that a task names, reading it again if it
// has left the cache; a file that has changed since is an error.
func (e *Engine) picture(ref task.ImageRef) (image.Image, error) {
	if img, ok := e.pictures.get(ref.SHA256); ok {
		return img, nil
	}
	if ref.Path == "" {
		return nil, fmt.Errorf("picture %q is not open, and its path is not known: open it again", ref.Name)
	}
	pic, _, _, err := readPicture(ref.Path)
	if err != nil {
		return nil, err
	}
	if ref.SHA256 != "" && pic.SHA256 != ref.SHA256 {
		return nil, fmt.Errorf("picture %q has changed since it was opened: open it again", ref.Name)
	}
	e.pictures.put(pic.SHA256, pic.Image, len(pic.Image.Pix))
	return pic.Image, nil
}
