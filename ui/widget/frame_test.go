package widget

import (
	"testing"

	"fyne.io/fyne/v2"
)

// held is Fyne's test driver with animations that wait for the next frame.
type held struct {
	fyne.Driver
	running []*fyne.Animation
}

func (h *held) StartAnimation(a *fyne.Animation) { h.running = append(h.running, a) }

func (h *held) frame() {
	running := h.running
	h.running = nil
	for _, a := range running {
		a.Tick(1)
	}
}

type heldApp struct {
	fyne.App
	driver *held
}

func (a *heldApp) Driver() fyne.Driver { return a.driver }

func TestFaderReportsOncePerFrame(t *testing.T) {
	var got []float64
	f := NewFader(func(v float64) { got = append(got, v) })
	window(t, f, 112, 30)
	before := fyne.CurrentApp()
	app := &heldApp{App: before, driver: &held{Driver: before.Driver()}}
	fyne.SetCurrentApp(app)
	t.Cleanup(func() { fyne.SetCurrentApp(before) })
	drag := func(x float32) {
		f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 10)}})
	}
	width := f.Size().Width
	for _, share := range []float32{0.2, 0.3, 0.4} {
		drag(knob/2 + share*(width-knob))
	}
	if len(got) != 0 {
		t.Errorf("reported between frames: %v", got)
	}
	app.driver.frame()
	drag(width)
	app.driver.frame()
	app.driver.frame()
	if len(got) != 2 || got[0] < 0.39 || got[0] > 0.41 || got[1] != 1 {
		t.Errorf("reported %v, want 0.4 and 1", got)
	}
}
