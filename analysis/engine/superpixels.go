package engine

import (
	"context"
	"fmt"

	"github.com/disintegration/imaging"

	"seewhy/analysis/segment"
	"seewhy/analysis/task"
)

// keptSuperpixels bounds the divisions that are remembered, half a megabyte each.
const keptSuperpixels = 32

// mostSuperpixels bounds the pieces that can be asked for.
const mostSuperpixels = 2000

// superpixelSide bounds the longer side that a picture is divided at: finer than
// a hand picks, and done within a second.
const superpixelSide = 384

// Superpixels divides a picture, whole and without edits, into pieces that look
// of a piece (SLIC): at most 384 cells on the longer side. About is how many
// pieces there are to be, 2 to 2000, 0 for 100. edit.MaskOfSegments makes a shape
// of some of them. The answer is remembered; its labels must not be changed.
func (e *Engine) Superpixels(ctx context.Context, image task.ImageRef, about int) (task.Segments, error) {
	if about == 0 {
		about = 100
	}
	if about < 2 || about > mostSuperpixels {
		return task.Segments{}, fmt.Errorf("%d superpixels were asked for; there can be 2 to %d", about, mostSuperpixels)
	}
	if image.SHA256 == "" && image.Path != "" {
		info, err := e.OpenImage(ctx, image.Path)
		if err != nil {
			return task.Segments{}, err
		}
		image = info.Ref
	}
	key := fmt.Sprint(image.SHA256, "\x00", about)
	if s, ok := e.superpixels.get(key); ok {
		return s, nil
	}
	img, err := e.picture(image)
	if err != nil {
		return task.Segments{}, err
	}
	if b := img.Bounds(); max(b.Dx(), b.Dy()) > superpixelSide {
		img = imaging.Fit(img, superpixelSide, superpixelSide, imaging.Box)
	}
	// Dividing cannot be stopped; who has gone away does not wait for it.
	done := make(chan task.Segments, 1)
	go func() {
		l := segment.SLIC(segment.Of(img), about, 10)
		s := task.Segments{Width: l.Width, Height: l.Height, Of: l.Of, Count: l.Count}
		done <- e.superpixels.put(key, s, 1)
	}()
	select {
	case s := <-done:
		return s, nil
	case <-ctx.Done():
		return task.Segments{}, ctx.Err()
	}
}
