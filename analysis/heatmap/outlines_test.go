package heatmap

import (
	"image/color"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func TestOutlinesAndSegments(t *testing.T) {
	// Two columns of segments; the right one is divided again.
	s := task.Segments{Width: 4, Height: 4, Count: 3, Of: []int32{0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2}}
	place := Place{Region: prep.Region{X0: 100, X1: 300, Y1: 200}, Picture: prep.Size{Width: 400, Height: 200}}
	img, err := Outlines(s, []int{2}, place, 400, 200)
	if err != nil {
		t.Fatal(err)
	}
	line := color.RGBA{0xc8, 0xc8, 0xc8, 0xc8}
	shade := color.RGBA{segmentShade[0], segmentShade[1], segmentShade[2], segmentShade[3]}
	for _, c := range []struct {
		x, y int
		want color.RGBA
	}{
		{50, 50, color.RGBA{}},
		{150, 50, color.RGBA{}},
		{199, 30, line},
		{250, 99, line},
		{250, 50, color.RGBA{}},
		{250, 150, shade},
		{150, 99, color.RGBA{}},
		{350, 150, color.RGBA{}},
	} {
		if got := img.RGBAAt(c.x, c.y); got != c.want {
			t.Errorf("%d, %d is %v, want %v", c.x, c.y, got, c.want)
		}
	}
	for _, c := range []struct {
		x, y float64
		want int
		ok   bool
	}{{.3, .5, 0, true}, {.6, .2, 1, true}, {.74, .9, 2, true}, {.1, .5, 0, false}, {.8, .5, 0, false}} {
		if got, ok := SegmentAt(s, place, c.x, c.y); got != c.want || ok != c.ok {
			t.Errorf("%v, %v is in segment %d, %v; want %d, %v", c.x, c.y, got, ok, c.want, c.ok)
		}
	}
	for _, bad := range []task.Segments{{}, {Width: 2, Height: 2, Of: []int32{0}}, {Width: 1 << 30, Height: 1 << 30}} {
		if _, err := Outlines(bad, nil, place, 4, 4); err == nil {
			t.Errorf("%+v must fail", bad)
		}
		if _, ok := SegmentAt(bad, place, .5, .5); ok {
			t.Errorf("%+v has no segments", bad)
		}
	}
	if _, err := Outlines(s, nil, place, 0, 4); err == nil {
		t.Error("an empty picture must fail")
	}
}
