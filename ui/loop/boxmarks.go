package loop

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"seewhy/ui/state"
)

// How boxes look: those that are not asked about in a thin white line. A number is
// a share of the width high that a pane has whose height the drawing fills, so that
// it is as large on the screen over a square picture as over a wide one.
const (
	numberShare = 52
	paneShape   = 1.7
)

var (
	plainBox = color.NRGBA{R: 255, G: 255, B: 255, A: 225}
	inkOnBox = color.NRGBA{R: 20, G: 20, B: 20, A: 255}
)

var numberFont = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(gobold.TTF) })

// paintBoxes draws a detector's boxes in lines of a width, later ones over earlier
// ones, then their numbers, each in a corner of its box where no later box's is.
func paintBoxes(img *image.RGBA, boxes []state.BoxMark, width int) {
	boxes = slices.DeleteFunc(slices.Clone(boxes), func(b state.BoxMark) bool { return len(b.Shape.Points) < 2 })
	if len(boxes) == 0 {
		return
	}
	for _, b := range boxes {
		thick := max(1, width/2)
		if b.Asked {
			thick = width
		}
		r := pixels(img.Rect, b)
		frame(img, r, thick+1, halo)
		frame(img, r, thick, inkOf(b))
	}
	face := numbers(max(float64(img.Rect.Dx()), paneShape*float64(img.Rect.Dy())) / numberShare)
	if face == nil {
		return
	}
	var taken []image.Rectangle
	for _, b := range slices.Backward(boxes) {
		label := corner(img.Rect, pixels(img.Rect, b), numberSize(face, b.Number), taken)
		taken = append(taken, label)
		paintNumber(img, face, label, b.Number, inkOf(b))
	}
}

func inkOf(b state.BoxMark) color.NRGBA {
	if b.Asked {
		return state.AskedColor
	}
	return plainBox
}

// numbers is a face of a height in pixels, nil where there is none.
func numbers(height float64) font.Face {
	f, err := numberFont()
	if err != nil {
		return nil
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: height, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil
	}
	return face
}

func pixels(on image.Rectangle, b state.BoxMark) image.Rectangle {
	at := func(v float64, side int) int { return int(math.Round(min(max(v, 0), 1) * float64(side))) }
	p, q := b.Shape.Points[0], b.Shape.Points[1]
	return image.Rect(at(p.X, on.Dx()), at(p.Y, on.Dy()), at(q.X, on.Dx()), at(q.Y, on.Dy()))
}

// frame draws a line along the inner edge of a rectangle.
func frame(img *image.RGBA, r image.Rectangle, thick int, c color.NRGBA) {
	inner := r.Inset(thick)
	if inner.Empty() {
		inner = image.Rectangle{Min: r.Max, Max: r.Max}
	}
	for _, side := range []image.Rectangle{
		{Min: r.Min, Max: image.Pt(r.Max.X, inner.Min.Y)},
		{Min: image.Pt(r.Min.X, inner.Max.Y), Max: r.Max},
		image.Rect(r.Min.X, inner.Min.Y, inner.Min.X, inner.Max.Y),
		image.Rect(inner.Max.X, inner.Min.Y, r.Max.X, inner.Max.Y),
	} {
		draw.Draw(img, side, image.NewUniform(c), image.Point{}, draw.Over)
	}
}

// numberSize is the ground that a number takes, numberPad the room around it.
func numberSize(face font.Face, number int) image.Point {
	pad := numberPad(face)
	return image.Pt(font.MeasureString(face, strconv.Itoa(number)).Ceil()+2*pad, face.Metrics().CapHeight.Ceil()+2*pad)
}

func numberPad(face font.Face) int { return max(2, face.Metrics().CapHeight.Ceil()/3) }

// corner is where in a box its number lies: in the first corner, clockwise from the
// upper left, in which it covers none that is there; else in the upper left one. It
// stays on the drawing.
func corner(on, box image.Rectangle, size image.Point, taken []image.Rectangle) image.Rectangle {
	var first image.Rectangle
	for i, at := range []image.Point{box.Min, {box.Max.X - size.X, box.Min.Y}, box.Max.Sub(size), {box.Min.X, box.Max.Y - size.Y}} {
		at = image.Pt(max(min(at.X, on.Dx()-size.X), 0), max(min(at.Y, on.Dy()-size.Y), 0))
		label := image.Rectangle{Min: at, Max: at.Add(size)}
		if i == 0 {
			first = label
		}
		if !slices.ContainsFunc(taken, label.Inset(-1).Overlaps) {
			return label
		}
	}
	return first
}

// paintNumber writes a number on its ground.
func paintNumber(img *image.RGBA, face font.Face, label image.Rectangle, number int, ground color.NRGBA) {
	draw.Draw(img, label.Inset(-1), image.NewUniform(halo), image.Point{}, draw.Over)
	draw.Draw(img, label, image.NewUniform(ground), image.Point{}, draw.Over)
	pad := numberPad(face)
	d := font.Drawer{Dst: img, Src: image.NewUniform(inkOnBox), Face: face, Dot: fixed.P(label.Min.X+pad, label.Max.Y-pad)}
	d.DrawString(strconv.Itoa(number))
}
