package widget

import (
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// timers runs what the widgets want run later, until nothing is left.
type timers []func()

func (q *timers) later(_ time.Duration, f func()) { *q = append(*q, f) }

func (q *timers) run() {
	for len(*q) > 0 {
		f := (*q)[0]
		*q = (*q)[1:]
		f()
		time.Sleep(time.Millisecond)
	}
}

func TestPicturesAreFittedToTheScreen(t *testing.T) {
	v := NewViewport()
	win := window(t, v, 424, 424)
	var queue timers
	v.Later = queue.later
	v.SetAlpha(1)
	v.SetPhoto([]image.Image{filled(1600, 1600, green), filled(800, 800, green)}, 1600, 1600)
	overlay := filled(1024, 1024, red)
	v.SetOverlay(overlay, false)
	if v.heat.Image != image.Image(overlay) || v.base.Image.Bounds().Dx() != 800 {
		t.Error("nothing is seen until a picture is fitted")
	}
	queue.run()
	for _, k := range []*canvas.Image{v.base, v.heat} {
		if got := k.Image.Bounds().Size(); got != image.Pt(400, 400) || k.ScaleMode != canvas.ImageScalePixels {
			t.Errorf("fitted to %v, scaled by %v", got, k.ScaleMode)
		}
	}
	if got := at(win, 212, 212); !close3(got, red, 1) {
		t.Errorf("the map is %v", got)
	}
	fitted := v.heat.Image
	v.SetAlpha(.5)
	queue.run()
	if v.heat.Image != fitted {
		t.Error("opacity made another picture")
	}
	win.Resize(fyne.NewSize(324, 324))
	if v.heat.Image != image.Image(overlay) {
		t.Error("a picture of another size is drawn pixel by pixel")
	}
	queue.run()
	if got := v.heat.Image.Bounds().Dx(); got != 300 {
		t.Errorf("fitted to %d after a change of size", got)
	}
	v.SetOverlay(nil, false)
	queue.run()
	if v.heat.Image != nil || v.fittedHeat.made != nil {
		t.Error("a map that is gone stays")
	}
}
