package fake

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"strings"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Gallery has 24 pictures.
func (e *Engine) Gallery() []task.GalleryItem {
	items := make([]task.GalleryItem, 24)
	for i := range items {
		l := labels[i%len(labels)]
		items[i] = task.GalleryItem{Ref: fmt.Sprintf("gallery:%s-%d", l, i), Title: fmt.Sprintf("%s %d", l, i/len(labels)+1), Truth: l}
	}
	return items
}

// OpenImage draws a picture whose colours come from the letters of ref, except
// for a path whose name says that it is broken.
func (e *Engine) OpenImage(_ context.Context, ref string) (task.ImageInfo, error) {
	if strings.Contains(ref, "broken") {
		return task.ImageInfo{}, fmt.Errorf("%s is not a picture: it begins like a text file", filepath.Base(ref))
	}
	var seed int
	for _, r := range ref {
		seed = seed*31 + int(r)
	}
	seed &= 0xffff
	w, h := e.Side+seed%3*(e.Side/4), e.Side
	info := task.ImageInfo{Ref: task.ImageRef{Name: filepath.Base(ref), Path: ref, SHA256: fmt.Sprintf("%s#%d", ref, seed), Width: w, Height: h}, Format: "fake", Picture: draw(seed, w, h)}
	if name, ok := strings.CutPrefix(ref, "gallery:"); ok {
		info.Truth, _, _ = strings.Cut(name, "-")
		info.Ref.Name = name
	}
	return info, nil
}

func draw(seed, w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	cx, cy := spot(seed)
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			d := math.Hypot(fx-cx, (fy-cy)*float64(h)/float64(w))
			v := 0.35 + 0.25*fy + 0.05*math.Sin(fx*40)*math.Sin(fy*37)
			c := color.NRGBA{uint8(255 * v * .8), uint8(255 * v * .9), uint8(255 * v), 255}
			if d < .16 {
				s := 1 - d/.3
				c = color.NRGBA{uint8(60 + float64(seed*7%190)*s), uint8(60 + float64(seed*13%190)*s), uint8(60 + float64(seed*29%190)*s), 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// spot is where a picture's object lies, as fractions.
func spot(seed int) (x, y float64) {
	return .3 + float64(seed%17)/17*.4, .3 + float64(seed%13)/13*.4
}

func seedOf(t task.Task) int {
	var seed int
	if i := strings.LastIndexByte(t.Image.SHA256, '#'); i >= 0 {
		_, _ = fmt.Sscan(t.Image.SHA256[i+1:], &seed)
	}
	return seed
}

func region(t task.Task) prep.Region {
	w, h := float64(t.Image.Width), float64(t.Image.Height)
	side := min(w, h)
	return prep.Region{X0: (w - side) / 2, Y0: (h - side) / 2, X1: (w + side) / 2, Y1: (h + side) / 2}
}

// Superpixels are cells of an upright grid of 10 x 8.
func (e *Engine) Superpixels(context.Context, task.ImageRef, int) (task.Segments, error) {
	s := task.Segments{Width: 100, Height: 80, Of: make([]int32, 8000), Count: 80}
	for i := range s.Of {
		s.Of[i] = int32(i/1000*10 + i%100/10)
	}
	return s, nil
}

// GalleryRegions are a box in the middle of each picture, and two of another kind.
func (e *Engine) GalleryRegions(ref string) ([]task.Region, error) {
	box := func(x0, y0, x1, y1 float64) []task.Shape {
		return []task.Shape{{Kind: task.Box, Points: []task.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}}}
	}
	if !strings.HasPrefix(ref, "gallery:") {
		return nil, nil
	}
	return []task.Region{{Name: "apple", Shapes: box(.25, .25, .75, .75)}, {Name: "sticker", Shapes: box(0, 0, .1, .1)}, {Name: "sticker 2", Shapes: box(.9, .9, 1, 1)}}, nil
}
