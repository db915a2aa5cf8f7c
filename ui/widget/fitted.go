package widget

import (
	"image"
	"sync/atomic"
	"time"

	"golang.org/x/image/draw"

	"fyne.io/fyne/v2/canvas"
)

// settle is for how long a picture's size must rest before it is fitted.
const settle = 80 * time.Millisecond

// fitted is a picture shrunk to just the pixels that it has on the screen. Drawn
// pixel by pixel it costs the software rasteriser three fifths of what the
// picture of 1024 costs that it is made of, and looks better: the whole of what
// lies under a pixel is in it.
//
// It is made aside, once the size has rested. Until then, and where the picture
// has fewer pixels than the screen, the graphics card scales.
type fitted struct {
	key  fit
	made *image.RGBA
	// wanted is what is waited for, or being made.
	wanted  fit
	waiting bool
	result  atomic.Pointer[image.RGBA]
}

type fit struct {
	of    image.Image
	size  image.Point
	sharp bool
}

// pick is what shows a picture best, and how the card is to scale it.
func (f *fitted) pick(of image.Image, mode canvas.ImageScale, size image.Point) (image.Image, canvas.ImageScale) {
	key := fit{of, size, mode == canvas.ImageScalePixels}
	f.wanted = fit{}
	if f.made != nil && f.key == key {
		return f.made, canvas.ImageScalePixels
	}
	if b := of.Bounds(); size.X > 0 && size.Y > 0 && size.X <= b.Dx() && size.Y <= b.Dy() && size != b.Size() {
		f.wanted = key
	}
	return of, mode
}

// forget lets go of what was made.
func (f *fitted) forget() { f.key, f.made, f.wanted = fit{}, nil, fit{} }

// follow has what is wanted made, and calls done, on the window's goroutine,
// when there is something new to show. later runs a function on that goroutine
// after a time.
func (f *fitted) follow(later func(time.Duration, func()), done func()) {
	if later == nil || f.waiting || f.wanted.of == nil {
		return
	}
	f.waiting = true
	key := f.wanted
	later(settle, func() {
		if f.wanted != key {
			f.waiting = false
			f.follow(later, done)
			return
		}
		f.result.Store(nil)
		go func() { f.result.Store(key.make()) }()
		f.collect(key, later, done)
	})
}

func (f *fitted) collect(key fit, later func(time.Duration, func()), done func()) {
	later(settle/8, func() {
		img := f.result.Load()
		if img == nil {
			f.collect(key, later, done)
			return
		}
		f.waiting = false
		if f.wanted != key {
			f.follow(later, done)
			return
		}
		f.key, f.made = key, img
		done()
	})
}

func (k fit) make() *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: k.size})
	if k.sharp {
		draw.NearestNeighbor.Scale(out, out.Rect, k.of, k.of.Bounds(), draw.Src, nil)
	} else {
		draw.CatmullRom.Scale(out, out.Rect, k.of, k.of.Bounds(), draw.Src, nil)
	}
	return out
}
