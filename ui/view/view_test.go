package view

import (
	"math"
	"testing"
)

var port = Port{Width: 424, Height: 624, PhotoW: 800, PhotoH: 400, Scale: 2}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestFitShowsTheWholePhotoInTheMiddle(t *testing.T) {
	r := View{Fit: true}.Place(port)
	if r != (Rect{X: 12, Y: 212, W: 400, H: 200}) {
		t.Errorf("%+v", r)
	}
}

func TestZoomKeepsThePointUnderThePointer(t *testing.T) {
	v := View{Fit: true}
	for _, factor := range []float64{1.1, 3, 0.7, 1.5} {
		before := v.Place(port)
		px, py := (100-before.X)/before.W, (300-before.Y)/before.H
		v = v.Zoomed(factor, 100, 300, port)
		after := v.Place(port)
		if !near(after.X+px*after.W, 100) || !near(after.Y+py*after.H, 300) {
			t.Errorf("the point moved: %+v", after)
		}
		if !near(after.W/before.W, factor) {
			t.Errorf("factor %v, want %v", after.W/before.W, factor)
		}
	}
}

func TestZoomIsBounded(t *testing.T) {
	v := View{Fit: true}
	for range 200 {
		v = v.Zoomed(1.5, 212, 312, port)
	}
	if v.Zoom != maxZoom/port.Scale {
		t.Errorf("zoom %v", v.Zoom)
	}
	for range 200 {
		v = v.Zoomed(0.5, 212, 312, port)
	}
	if v.Zoom != port.FitZoom()/2 {
		t.Errorf("zoom %v", v.Zoom)
	}
	if v.Zoomed(math.NaN(), 1, 1, port) != v || v.Zoomed(-1, 1, 1, port) != v {
		t.Error("a senseless factor changes nothing")
	}
}

func TestPanFollowsThePointerAndKeepsThePhotoInReach(t *testing.T) {
	v := View{Fit: true}.Zoomed(4, 212, 312, port)
	a := v.Place(port)
	b := v.Panned(30, -20, port).Place(port)
	if !near(b.X-a.X, 30) || !near(b.Y-a.Y, -20) {
		t.Errorf("moved by %v, %v", b.X-a.X, b.Y-a.Y)
	}
	far := v.Panned(1e6, 1e6, port)
	if far.X != 0 || far.Y != 0 {
		t.Errorf("%+v", far)
	}
}

func TestActualSizeIsOneDevicePixel(t *testing.T) {
	if r := (View{Fit: true}).Actual(port).Place(port); r.W != 400 || r.H != 200 {
		t.Errorf("%+v", r)
	}
	p := port
	p.Scale = 1
	if r := (View{Fit: true}).Actual(p).Place(p); r.W != 800 || r.X != -188 {
		t.Errorf("%+v", r)
	}
}

func TestEmptyPort(t *testing.T) {
	if r := (View{Fit: true}).Place(Port{}); r != (Rect{}) {
		t.Errorf("%+v", r)
	}
}
