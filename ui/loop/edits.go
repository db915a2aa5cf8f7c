package loop

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"sync"

	"seewhy/analysis/edit"
	"seewhy/analysis/region"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

// liveSide is about the longer side of the picture that a stroke is followed
// with: as much as a pane shows.
const liveSide = 1100

// easels keeps the canvases of the photo on the stage, one a size: what is
// expensive about a picture is done once for all strokes.
type easels struct {
	guard    sync.Mutex
	photo    image.Image
	canvases map[int]*easel
}

// easel is a canvas that one at a time edits.
type easel struct {
	canvas *edit.Canvas
	// turn is full while somebody edits: unlike a mutex's, a wait for it can end.
	turn chan struct{}
}

// canvas is the one of a level of the photo.
func (e *easels) canvas(levels []image.Image, level int) *easel {
	e.guard.Lock()
	defer e.guard.Unlock()
	if e.photo != levels[0] {
		e.photo, e.canvases = levels[0], map[int]*easel{}
	}
	c := e.canvases[level]
	if c == nil {
		c = &easel{edit.New(levels[level]), make(chan struct{}, 1)}
		e.canvases[level] = c
	}
	return c
}

// leave drops the canvases of any other photo than the one on the stage: they hold
// several pictures of its size.
func (e *easels) leave(stage []image.Image) {
	e.guard.Lock()
	defer e.guard.Unlock()
	if len(stage) == 0 || e.photo != stage[0] {
		e.photo, e.canvases = nil, nil
	}
}

// edited makes the edits on the photo: on one level where they are live, else
// on the largest, from which the others follow.
func (e *easels) edited(ctx context.Context, c state.EditPhoto) state.Msg {
	level := 0
	if c.Live {
		for level < len(c.Levels)-1 && longer(c.Levels[level]) > liveSide {
			level++
		}
	}
	img, err := e.canvas(c.Levels, level).made(ctx, c.Edits)
	if err != nil {
		return state.PhotoEdited{Job: c.Job, Err: err.Error()}
	}
	if c.Live {
		return state.PhotoEdited{Job: c.Job, Levels: []image.Image{img}}
	}
	return state.PhotoEdited{Job: c.Job, Levels: pyramid(img)}
}

// made mends what the edits changed since the last call, and copies the
// picture for the screen, which keeps it.
func (e *easel) made(ctx context.Context, edits []task.Edit) (*image.RGBA, error) {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	img, err := e.canvas.Update(ctx, edits)
	if err != nil {
		return nil, err
	}
	out := *img
	out.Pix = slices.Clone(img.Pix)
	return &out, nil
}

func longer(img image.Image) int {
	b := img.Bounds()
	return max(b.Dx(), b.Dy())
}

func segmentPhoto(ctx context.Context, e Engine, c state.SegmentPhoto) state.Msg {
	s, err := e.Superpixels(ctx, c.Image, c.About)
	return state.Superpixelled{Job: c.Job, Segments: s, Err: words(err)}
}

func share(c state.Share) state.Msg {
	return state.Shared{Job: c.Job, Shares: region.Shares(c.Map, c.Region, c.Picture, c.Regions)}
}

// measured are the results of an export with their shares of the regions.
func measured(c state.Export) []task.Result {
	out := slices.Clone(c.Results)
	for i := range out {
		r := &out[i]
		if len(c.Regions) > 0 {
			picture := prep.Size{Width: r.Task.Image.Width, Height: r.Task.Image.Height}
			r.Regions, r.Shares = c.Regions, region.Shares(r.Map, r.Region, picture, c.Regions)
		}
	}
	return out
}

// How outlines look: a line of the colour between two dark ones, so that it is
// seen on every photo, and a tint where they are filled.
const (
	// A line has a pixel for so many of the drawing's longer side: the screen
	// shows it smaller.
	lineShare   = 220
	tint        = 48
	segmentLine = 110
)

var halo = color.NRGBA{A: 150}

// paintMarks draws outlines and segments on nothing.
func paintMarks(c state.PaintMarks) state.Msg {
	img := image.NewRGBA(image.Rect(0, 0, c.Width, c.Height))
	if g := c.Segments; g != nil {
		paintSegments(img, *g, c.Under)
	}
	width := max(2, (max(c.Width, c.Height)+lineShare/2)/lineShare)
	for _, o := range c.Outlines {
		cover := edit.Cover(o.Shapes, c.Width, c.Height)
		if o.Filled {
			shade := o.Color
			shade.A = tint
			draw.DrawMask(img, img.Rect, image.NewUniform(shade), image.Point{}, cover, image.Point{}, draw.Over)
		}
		paintEdge(img, cover, width+1, halo)
		paintEdge(img, cover, width, o.Color)
	}
	paintBoxes(img, c.Boxes, width)
	return state.MarksPainted{Job: c.Job, Image: img}
}

// paintEdge draws the line along the inner edge of a cover: what is in, and at
// most width pixels from what is not.
func paintEdge(img *image.RGBA, cover *image.Alpha, width int, c color.NRGBA) {
	w, h := cover.Rect.Dx(), cover.Rect.Dy()
	in := func(x, y int) bool { return x >= 0 && y >= 0 && x < w && y < h && cover.Pix[y*cover.Stride+x] >= 128 }
	a := uint32(c.A)
	from := [4]uint32{uint32(c.R) * a / 255, uint32(c.G) * a / 255, uint32(c.B) * a / 255, a}
	for y := range h {
		for x := range w {
			if !in(x, y) || in(x-width, y) && in(x+width, y) && in(x, y-width) && in(x, y+width) {
				continue
			}
			to := img.Pix[img.PixOffset(x, y):][:4]
			for i := range to {
				to[i] = uint8(from[i] + uint32(to[i])*(255-a)/255)
			}
		}
	}
}

// paintSegments draws the borders of segments, and tints the one under the pointer.
func paintSegments(img *image.RGBA, g task.Segments, under int) {
	if len(g.Of) != g.Width*g.Height || g.Width == 0 || g.Height == 0 {
		return
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	columns := make([]int, w)
	for x := range columns {
		columns[x] = min(x*g.Width/w, g.Width-1)
	}
	row := func(y int) []int32 {
		y = min(y*g.Height/h, g.Height-1)
		return g.Of[y*g.Width : (y+1)*g.Width]
	}
	for y := range h {
		line, below := row(y), row(min(y+1, h-1))
		pix := img.Pix[y*img.Stride:]
		for x, column := range columns {
			s := line[column]
			var a uint8
			switch {
			case s != line[columns[min(x+1, w-1)]] || s != below[column]:
				a = segmentLine
			case int(s) == under:
				a = tint
			default:
				continue
			}
			copy(pix[4*x:], []uint8{a, a, a, a})
		}
	}
}

// openEdited is the picture for the stage with the edits that it has already, or
// in words why they cannot be made.
func (e *easels) openEdited(ctx context.Context, levels []image.Image, edits []task.Edit) ([]image.Image, string) {
	if len(edits) == 0 {
		return nil, ""
	}
	m := e.edited(ctx, state.EditPhoto{Levels: slices.Clip(levels), Edits: edits}).(state.PhotoEdited)
	return m.Levels, m.Err
}
