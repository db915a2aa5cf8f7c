// Package edit hides parts of pictures, to ask what a model would say if they
// were not there.
//
//	if err := edit.Check(task.Edits); err != nil { ... }
//	hidden, err := edit.Apply(ctx, picture, task.Edits)
//
// Whoever applies many edits to one picture, as under a brush, keeps a Canvas:
// what is expensive about a picture is then done once, and what did not change
// is left alone.
//
//	canvas := edit.New(picture)
//	hidden, err := canvas.Apply(ctx, edits)  // a picture of its own
//	hidden, err := canvas.Update(ctx, edits) // the canvas's own, mended
//
// Places are fractions of the picture, so that the same edits suit a photograph
// and its copy on the screen. Of a pixel that a shape covers in part, that part
// is replaced. Each result is decided by the picture and the edits: neither the
// order of the calls nor the number of cores plays a part.
package edit

import (
	"context"
	"image"
	"image/draw"
	"slices"
	"sync"

	"seewhy/analysis/task"
)

// Apply gives a copy of the picture, at the origin, with the edits made on it
// in order. It fails where Check does, and where ctx ends.
func Apply(ctx context.Context, img image.Image, edits []task.Edit) (*image.RGBA, error) {
	return New(img).Apply(ctx, edits)
}

// Canvas applies edits to one picture. Its methods may be called from many
// goroutines.
type Canvas struct {
	src  *image.RGBA
	mean func() [3]uint8
	blur func() blurred

	// What Update keeps: the picture with edits made on it.
	mutex sync.Mutex
	edits []task.Edit
	out   *image.RGBA
}

// New makes the canvas of a picture, which must not be changed afterwards; the
// canvas never changes it.
func New(img image.Image) *Canvas {
	c := &Canvas{}
	if m, ok := img.(*image.RGBA); ok && m.Rect.Min == (image.Point{}) {
		c.src = m
	} else {
		b := img.Bounds()
		c.src = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(c.src, c.src.Rect, img, b.Min, draw.Src)
	}
	c.mean = sync.OnceValue(func() [3]uint8 { return meanOf(c.src) })
	c.blur = sync.OnceValue(func() blurred { return blurOf(c.src) })
	return c
}

// Apply gives a picture of its own with the edits made on it in order. It fails
// where Check does, and where ctx ends.
func (c *Canvas) Apply(ctx context.Context, edits []task.Edit) (*image.RGBA, error) {
	if err := Check(edits); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := image.NewRGBA(c.src.Rect)
	copyRect(out, c.src, c.src.Rect)
	if err := c.paint(ctx, out, edits, out.Rect); err != nil {
		return nil, err
	}
	return out, nil
}

// Update brings the canvas's own picture from the edits of the last call to
// these. The picture is the same at each call: it must not be changed, and be
// read no longer than until the next one. A stroke that grows costs about the
// rectangle of what is new. It fails where Check does, and where ctx ends: the
// next call then makes the picture anew.
func (c *Canvas) Update(ctx context.Context, edits []task.Edit) (*image.RGBA, error) {
	if err := Check(edits); err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.out == nil {
		c.out = image.NewRGBA(c.src.Rect)
		copyRect(c.out, c.src, c.src.Rect)
	}
	changed := c.Changed(c.edits, edits)
	copyRect(c.out, c.src, changed)
	if err := c.paint(ctx, c.out, edits, changed); err != nil {
		// What is half made is of no use to the next call.
		c.out, c.edits = nil, nil
		return nil, err
	}
	c.edits = slices.Clone(edits)
	return c.out, nil
}

// Changed is a rectangle outside of which two lists of edits, which have passed
// Check, give the same picture. What lies inside it after the edits can be made
// from what lies inside it before them.
func (c *Canvas) Changed(from, to []task.Edit) image.Rectangle {
	w, h := c.src.Rect.Dx(), c.src.Rect.Dy()
	same := 0
	for same < min(len(from), len(to)) && equal(from[same], to[same]) {
		same++
	}
	var out image.Rectangle
	rest := func(edits []task.Edit, at int) {
		for _, e := range edits[min(at, len(edits)):] {
			out = out.Union(Bounds(e.Shape, w, h))
		}
	}
	if same < len(from) && same < len(to) {
		if s, ok := grown(from[same], to[same]); ok {
			out = Bounds(s, w, h)
			rest(from, same+1)
			rest(to, same+1)
			same = len(from) + len(to)
		}
	}
	rest(from, same)
	rest(to, same)
	// What is continued from its surroundings changes as a whole where they do.
	for again := !out.Empty(); again; {
		again = false
		for _, e := range to {
			if e.Fill != task.FillInpaint {
				continue
			}
			if r := surroundings(Bounds(e.Shape, w, h), w, h); r.Overlaps(out) && !r.In(out) {
				out, again = out.Union(r), true
			}
		}
	}
	return out
}

// grown tells whether one of two edits is the other with its stroke drawn on,
// and where: the stroke from the last point that both have.
func grown(a, b task.Edit) (task.Shape, bool) {
	if len(a.Points) > len(b.Points) {
		a, b = b, a
	}
	n := len(a.Points)
	if a.Kind != task.Brush || b.Kind != task.Brush || a.Fill != b.Fill || a.Radius != b.Radius || n == 0 || !slices.Equal(a.Points, b.Points[:n]) {
		return task.Shape{}, false
	}
	return task.Shape{Kind: task.Brush, Radius: a.Radius, Points: b.Points[n-1:]}, true
}

func equal(a, b task.Edit) bool {
	return a.Kind == b.Kind && a.Fill == b.Fill && a.Radius == b.Radius && a.Width == b.Width && a.Height == b.Height &&
		slices.Equal(a.Points, b.Points) && slices.Equal(a.Runs, b.Runs)
}

// paint makes the edits on dst inside of clip, which holds all of the
// surroundings of what it touches and is continued. Where ctx ends it stops
// half-way, within a fraction of a second.
func (c *Canvas) paint(ctx context.Context, dst *image.RGBA, edits []task.Edit, clip image.Rectangle) error {
	for _, e := range edits {
		cover := coverOf(ctx, e.Shape, c.src.Rect.Dx(), c.src.Rect.Dy(), clip)
		if err := ctx.Err(); err != nil {
			return err
		}
		if cover.Rect.Empty() {
			continue
		}
		switch e.Fill {
		case task.FillBlur:
			c.blur().fill(dst, cover)
		case task.FillMean:
			flat(dst, cover, c.mean())
		case task.FillNoise:
			noise(dst, cover)
		case task.FillGrey:
			flat(dst, cover, [3]uint8{128, 128, 128})
		case task.FillInpaint:
			inpaint(ctx, dst, cover, c.mean)
		case task.FillRestore:
			restore(dst, cover, c.src)
		}
	}
	return ctx.Err()
}

func copyRect(dst, src *image.RGBA, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(dst.Pix[dst.PixOffset(r.Min.X, y):][:4*r.Dx()], src.Pix[src.PixOffset(r.Min.X, y):])
	}
}
