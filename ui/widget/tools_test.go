package widget

import (
	"fmt"
	"image"
	"image/color"
	"reflect"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
	"seewhy/ui/view"
)

// pressed is the mouse's left button at a place.
func pressed(x, y float32) *desktop.MouseEvent {
	e := mouse(x, y)
	e.Button = desktop.MouseButtonPrimary
	return e
}

func TestViewportDrawsWithATool(t *testing.T) {
	v := NewViewport()
	window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	var got []string
	v.OnStroke = func(part StrokePart, x, y float64) {
		if part == StrokeEnd {
			x, y = 0, 0
		}
		got = append(got, fmt.Sprintf("%d %.2f %.2f", part, x, y))
	}
	v.OnPan = func(float64, float64, view.Port) { got = append(got, "pan") }
	v.OnFit = func() { got = append(got, "fit") }
	v.SetTool(true, 0)
	drag := func() {
		v.MouseDown(pressed(62, 62))
		v.MouseMoved(pressed(63, 62))
		v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(112, 87)}})
		v.MouseUp(pressed(112, 87))
		v.DragEnd()
	}
	drag()
	v.DoubleTapped(nil)
	if want := []string{"0 0.25 0.50", "1 0.26 0.50", "1 0.50 0.75", "2 0.00 0.00"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// With the space key held the mouse moves the photo as ever.
	got = nil
	v.SetPanning(true)
	drag()
	if !reflect.DeepEqual(got, []string{"pan", "pan"}) {
		t.Errorf("with the key held: %v", got)
	}
	got = nil
	v.SetPanning(false)
	middle := mouse(62, 62)
	middle.Button = desktop.MouseButtonTertiary
	v.MouseDown(middle)
	v.Dragged(&fyne.DragEvent{})
	if !reflect.DeepEqual(got, []string{"pan"}) {
		t.Errorf("with the middle button: %v", got)
	}
	v.SetTool(false, 0)
	got = nil
	drag()
	if !reflect.DeepEqual(got, []string{"pan"}) {
		t.Errorf("without a tool: %v", got)
	}
}

func TestRingIsAsLargeAsTheBrush(t *testing.T) {
	v := NewViewport()
	win := window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	v.SetCross(.5, .5, true)
	v.SetTool(true, .1)
	// The photo begins at 12, 12; the ring's radius is 20.
	if c := at(win, 112+19, 62); close3(c, green, 60) {
		t.Errorf("no ring at its edge: %v", c)
	}
	for _, x := range []int{112, 112 + 10, 112 + 28} {
		if c := at(win, x, 62); c != green {
			t.Errorf("at %d: %v", x, c)
		}
	}
	v.SetTool(false, 0)
	if c := at(win, 112, 30); c == green {
		t.Error("the cross-hair has not come back")
	}
}

func TestToolsGolden(t *testing.T) {
	t.Cleanup(func() { test.NewApp().Settings().SetTheme(look.New(look.Dark)) })
	for _, theme := range []string{look.Dark, look.Light} {
		for name, make := range map[string]func() (fyne.CanvasObject, float32, float32){
			"changes": func() (fyne.CanvasObject, float32, float32) {
				c := NewClasses("Search", "none")
				c.Set([]Class{
					{Class: 1, Label: "cat", Share: .948, Percent: "94.8 %", Changed: true, Before: .242, Change: "↑ 70.6", Trend: 1, Chosen: true},
					{Label: "sailing boat", Share: .017, Percent: "1.7 %", Changed: true, Before: .752, Change: "↓ 73.5", Trend: -1},
					{Label: "house", Share: .006, Percent: "0.6 %", Changed: true, Before: .006, Change: "0.0"},
				})
				return c, 260, 150
			},
			"shares": func() (fyne.CanvasObject, float32, float32) {
				s := NewShares()
				s.Set([]Part{
					{Name: "Watermark", Color: color.NRGBA{0x56, 0xb4, 0xe9, 255}, Map: .51, Area: .07, Text: "51 %, area 7 %"},
					{Name: "Subject with a long name", Color: color.NRGBA{0xe6, 0x9f, 0, 255}, Map: .02, Area: .4, Text: "2 %, area 40 %"},
					{Name: "Face", Color: color.NRGBA{0xcc, 0x79, 0xa7, 255}, Text: "…"},
				})
				return s, 420, ShareRoom(3, 420, false) + 4
			},
			"shares-tight": func() (fyne.CanvasObject, float32, float32) {
				s := NewShares()
				s.SetTight(true)
				s.Set([]Part{
					{Name: "Watermark", Color: color.NRGBA{0x56, 0xb4, 0xe9, 255}, Map: .51, Area: .07, Text: "51 % / 7 %"},
					{Name: "Subject with a long name", Color: color.NRGBA{0xe6, 0x9f, 0, 255}, Map: .02, Area: .4, Text: "2 % / 40 %"},
					{Name: "Face", Color: color.NRGBA{0xcc, 0x79, 0xa7, 255}, Text: "…"},
				})
				return s, 235, ShareRoom(3, 235, true) + 4
			},
			"brush": func() (fyne.CanvasObject, float32, float32) {
				v := NewViewport()
				v.Resize(fyne.NewSize(224, 124))
				v.SetPhoto([]image.Image{rainbow(200, 100)}, 200, 100)
				marks := image.NewRGBA(image.Rect(0, 0, 200, 100))
				for x := 20; x < 80; x++ {
					for y := 30; y < 70; y++ {
						marks.SetRGBA(x, y, color.RGBA{60, 60, 60, 60})
					}
				}
				v.SetMarks(marks)
				v.SetCross(.7, .5, true)
				v.SetTool(true, .12)
				return v, 224, 124
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
