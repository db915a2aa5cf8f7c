package ui

import (
	"os"
	"strconv"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"seewhy/ui/state"
)

// scaleVariable is where the toolkit looks for the scale of this program alone.
const scaleVariable = "FYNE_SCALE"

// asked is the scale that the program was started with, as a factor.
var asked = sync.OnceValue(func() string { return os.Getenv(scaleVariable) })

// rescale makes everything larger or smaller than it was at the start. The
// toolkit looks when its settings change next.
func rescale(by float64) {
	before := asked()
	if by == 1 {
		// As it was found; an empty value is no number.
		if before == "" {
			_ = os.Unsetenv(scaleVariable)
		} else {
			_ = os.Setenv(scaleVariable, before)
		}
		return
	}
	base := 1.0
	if v, err := strconv.ParseFloat(before, 64); err == nil && v > 0 {
		base = v
	} else if v := float64(fyne.CurrentApp().Settings().Scale()); v > 0 {
		base = v
	}
	_ = os.Setenv(scaleVariable, strconv.FormatFloat(base*by, 'f', 2, 64))
}

// scale is the remembered one, or that nearest to it.
func scale(p fyne.Preferences) float64 {
	v, err := strconv.ParseFloat(p.String("scale"), 64)
	if err != nil {
		return 1
	}
	return state.NearestScale(v)
}

// budget is the remembered one, in megabytes.
func budget(p fyne.Preferences) int64 {
	v, err := strconv.ParseInt(p.String("budget"), 10, 64)
	if err != nil || v < 0 || v > 1<<24 {
		return 0
	}
	return v
}

// keepPixels leaves the window as large on the screen as it is when its scale
// changes: the toolkit would enlarge the window with what is in it, which a
// maximised one cannot follow. Steps that follow one another quickly keep the
// size that the first of them found.
func (w *Window) keepPixels() {
	c := w.win.Canvas()
	before := c.Scale()
	if w.keeping == 0 {
		w.pixels = scaled(c.Size(), before)
	}
	w.keeping++
	fit := func() {
		room := scaled(w.pixels, 1/c.Scale())
		w.win.Resize(room)
		// A window that keeps its size gets no word of it.
		if r, ok := c.(interface{ Resize(fyne.Size) }); ok {
			r.Resize(room)
		}
	}
	// The toolkit changes the scale when it comes to it.
	var wait func(left int)
	wait = func(left int) {
		w.after(scalePause, func() {
			switch {
			case c.Scale() != before:
				fit()
				// What it asked the desktop for may still come.
				w.after(4*scalePause, func() {
					fit()
					w.keeping--
				})
			case left > 0:
				wait(left - 1)
			default:
				w.keeping--
			}
		})
	}
	wait(scalePatience)
}

func scaled(s fyne.Size, by float32) fyne.Size { return fyne.NewSize(s.Width*by, s.Height*by) }

// How often, and how many times, the scale is looked at.
const (
	scalePause    = 50 * time.Millisecond
	scalePatience = 100
)
