// Package gallery holds the pictures that the program shows at its first start, drawn by seewhy/analysis/scene, with
// the truth about them: which pixels are the subject, other objects, a watermark, a caption and so on.
//
// Start with [Samples], then [Sample.Picture] and [Mask]:
//
//	s := gallery.Samples()[0]
//	img, err := s.Picture()
//	mask, err := gallery.Mask(s.Objects[0].Mask)
//
// The folder is written by `go run ./analysis/scene/cmd/scenes gallery --out assets/gallery`.
package gallery

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"sync"
)

//go:embed gallery.json images masks
var files embed.FS

// Sample is one picture and what is known about it.
type Sample struct {
	File        string          `json:"file"`  // name inside the gallery; see [Sample.JPEG]
	Title       string          `json:"title"` // in English
	Label       string          `json:"label"` // the right answer
	Class       int             `json:"class"` // its index in the built-in models' outputs
	Seed        uint64          `json:"seed"`
	Scene       json.RawMessage `json:"scene"`          // the scene.Options that draw it
	Pair        string          `json:"pair,omitempty"` // samples of equal Pair differ in the watermark alone
	Objects     []Object        `json:"objects"`        // the main one first
	Distractors []Distractor    `json:"distractors,omitempty"`
}

// Object is a thing of one of the classes. Box is left, top, right, bottom in pixels, right and bottom excluded;
// all zero when nothing of it is visible.
type Object struct {
	Class int    `json:"class"`
	Label string `json:"label"`
	Main  bool   `json:"main,omitempty"`
	Box   [4]int `json:"box"`
	Mask  string `json:"mask"` // for [Mask]
}

// Distractor is a thing that a sound decision ignores. Kind is watermark, caption, ruler, sticker or occluder.
type Distractor struct {
	Kind string `json:"kind"`
	Box  [4]int `json:"box"`
	Mask string `json:"mask"` // for [Mask]
}

var table = sync.OnceValue(func() []Sample {
	b, err := files.ReadFile("gallery.json")
	if err != nil {
		panic(err) // part of the program: go:embed would not have built without it
	}
	var list []Sample
	if err := json.Unmarshal(b, &list); err != nil {
		panic(fmt.Errorf("gallery.json: %w", err)) // checked by this package's test
	}
	return list
})

// Samples lists the gallery in its order of showing. The caller may change the slice but not what it points to.
func Samples() []Sample { return append([]Sample(nil), table()...) }

// JPEG is the picture's file.
func (s Sample) JPEG() ([]byte, error) {
	b, err := files.ReadFile(s.File)
	if err != nil {
		return nil, fmt.Errorf("gallery has no picture %q; its samples name those there are", s.File)
	}
	return b, nil
}

// Picture decodes the picture.
func (s Sample) Picture() (image.Image, error) {
	b, err := s.JPEG()
	if err != nil {
		return nil, err
	}
	return jpeg.Decode(bytes.NewReader(b))
}

// Mask decodes a mask named by an [Object] or a [Distractor]: as large as the picture, 255 where at least half of the
// pixel shows the thing, else 0.
func Mask(name string) (*image.Alpha, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("gallery has no mask %q; its samples name those there are", name)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("gallery mask %q: %w", name, err)
	}
	out := image.NewAlpha(m.Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			if r, _, _, _ := m.At(x, y).RGBA(); r > 0 {
				out.Pix[y*out.Stride+x] = 255
			}
		}
	}
	return out, nil
}
