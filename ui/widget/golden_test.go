package widget

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
)

// rainbow is a strip of colours from left to right.
func rainbow(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			img.Set(x, y, color.RGBA{uint8(255 * x / w), uint8(90 + 100*y/max(h, 1)), uint8(255 - 255*x/w), 255})
		}
	}
	return img
}

// TestGolden holds the widgets' looks in both themes to pictures in testdata.
// After a wanted change, look at testdata/failed and move what is right over
// the old ones.
func TestGolden(t *testing.T) {
	t.Cleanup(func() { test.NewApp().Settings().SetTheme(look.New(look.Dark)) })
	for _, theme := range []string{look.Dark, look.Light} {
		for name, make := range map[string]func() (fyne.CanvasObject, float32, float32){
			"waterfall": func() (fyne.CanvasObject, float32, float32) {
				w := NewWaterfall()
				w.Set([]Bar{
					{ID: -1, Label: "All off", Text: "1", To: 1, Sum: true},
					{ID: 2, Label: "Segment 3", Text: "+3", From: 1, To: 4},
					{ID: 0, Label: "Segment 1", Text: "−1.5", From: 4, To: 2.5},
					{ID: 1, Label: "Segment 2", Text: "+1", From: 2.5, To: 3.5, Off: true},
					{ID: -1, Label: "Picture", Text: "3.5", To: 3.5, Sum: true},
				})
				return w, 240, 105
			},
			"colorbar": func() (fyne.CanvasObject, float32, float32) {
				full, cut, small := NewColorbar(), NewColorbar(), NewColorbar()
				for _, c := range []*Colorbar{full, cut, small} {
					c.Set(rainbow(256, 1), []Mark{{0, "0"}, {.5, "0.05"}, {1, "0.10"}})
					c.SetEnds("0", "0.1")
				}
				cut.SetCut(.4, false)
				small.SetInline(true)
				return container.New(layout.NewCustomPaddedVBoxLayout(6), full, cut, small), 200, 96
			},
			"filmstrip": func() (fyne.CanvasObject, float32, float32) {
				f := NewFilmstrip()
				frames := []Frame{
					{Thumb: rainbow(90, 60), Title: "cat"},
					{Thumb: rainbow(60, 60), Title: "stage3.block12.relu", KeepEnd: true, Doubt: true, Badge: "no gradient"},
					{Title: "unreadable", Faulty: true},
				}
				f.Set(len(frames), func(i int) Frame { return frames[i] }, 0)
				return f, 350, 108
			},
			"filmstrip-many": func() (fyne.CanvasObject, float32, float32) {
				f := NewFilmstrip()
				frames := []Frame{
					{Thumb: rainbow(90, 60), Title: "cat", Noted: true, Selected: true, Badge: "Starred", Good: true},
					{Thumb: rainbow(60, 60), Title: "boat", Selected: true, Badge: "Rejected"},
					{Thumb: rainbow(90, 30), Title: "house"},
				}
				f.Set(200, func(i int) Frame { return frames[i%3] }, 1)
				return f, 350, 108
			},
			"classes": func() (fyne.CanvasObject, float32, float32) {
				c := NewClasses("Search", "none")
				c.Set([]Class{{Class: 1, Label: "sailing boat", Share: .97, Percent: "97.0 %", Logit: "6.17", Chosen: true}, {Label: "cup", Share: .2, Percent: "2.0 %", Logit: "−0.28"}})
				return c, 260, 120
			},
			"controls": func() (fyne.CanvasObject, float32, float32) {
				on, off := NewButton("On", nil, Normal, nil), NewButton("Off", nil, Normal, nil)
				on.SetOn(true)
				off.SetDisabled(true)
				p := NewPicker("Layer", nil)
				p.SetValue("stage3.block12.relu")
				p.SetKeepEnd(true)
				warned := NewPicker("", nil)
				warned.SetValue("Grad-CAM · boat")
				warned.SetWarning(true)
				chosen, muted := NewPicker("", nil), NewPicker("", nil)
				chosen.SetValue("Starred")
				chosen.SetOn(true)
				muted.SetValue("Any class")
				muted.SetMuted(true)
				f := NewFader(nil)
				f.SetValue(.6)
				return container.New(layout.NewCustomPaddedVBoxLayout(6), container.NewHBox(on, off, NewButton("Export", nil, Primary, nil)), p, warned, chosen, muted, f), 200, 228
			},
			"ticks": func() (fyne.CanvasObject, float32, float32) {
				c := NewChoices([]Choice{
					{ID: "auto", Title: "Auto: layer4", Chosen: true},
					{ID: "b", Title: "layer4", Detail: "Relu  8 × 4 × 4", Ticks: true},
					{ID: "c", Title: "layer3", Detail: "Relu  8 × 8 × 8", Ticks: true},
					{ID: "m", Title: "mask", Why: "Greater has no gradient"},
				}, "Find a layer", nil)
				c.SetTicked([]string{"auto", "c"})
				return c, 260, 170
			},
			"tree": func() (fyne.CanvasObject, float32, float32) {
				return NewChoices([]Choice{
					{Header: true, Title: "All layers"},
					{ID: "a", Title: "layer1", Detail: "2 layers", Branch: true, Open: true},
					{ID: "b", Title: "relu", Detail: "Relu  8 × 4 × 4", Depth: 1, Chosen: true},
					{ID: "c", Title: "mask", Depth: 1, Why: "Greater has no gradient"},
					{ID: "d", Title: "layer2", Detail: "3 layers", Branch: true},
				}, "Find a layer", nil), 260, 200
			},
		} {
			t.Run(name+"-"+theme, func(t *testing.T) {
				test.NewTempApp(t).Settings().SetTheme(look.New(theme))
				o, w, h := make()
				win := window(t, o, w, h)
				test.AssertImageMatches(t, name+"-"+theme+".png", win.Canvas().Capture())
			})
		}
	}
}
