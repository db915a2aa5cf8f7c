package prep

import (
	"reflect"
	"testing"
)

func TestScaled(t *testing.T) {
	crop := Spec{Resize: Resize{Mode: ResizeShorter, Size: 256}, Crop: Size{224, 224}, Channels: RGB, Scale: 1}
	squash := Spec{Resize: Resize{Mode: ResizeSquash, Width: 320, Height: 240}, Channels: RGB, Scale: 1}
	pad := Spec{Resize: Resize{Mode: ResizePad, Width: 640, Height: 640}, Channels: RGB, Scale: 1}
	for _, c := range []struct {
		from   Spec
		to     Size
		resize Resize
		crop   Size
	}{
		{crop, Size{112, 112}, Resize{Mode: ResizeShorter, Size: 128}, Size{112, 112}},
		{crop, Size{160, 96}, Resize{Mode: ResizeShorter, Size: 183}, Size{160, 96}},
		{crop, Size{224, 224}, crop.Resize, crop.Crop},
		{squash, Size{160, 128}, Resize{Mode: ResizeSquash, Width: 160, Height: 128}, Size{}},
		{pad, Size{320, 320}, Resize{Mode: ResizePad, Width: 320, Height: 320}, Size{}},
	} {
		got, err := c.from.Scaled(c.to)
		want := c.from
		want.Resize, want.Crop = c.resize, c.crop
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v to %v: %+v, %v", c.from, c.to, got, err)
		}
		size, err := got.OutputSize(500, 400)
		if err != nil || size != c.to {
			t.Errorf("it makes inputs of %v, %v, want %v", size, err, c.to)
		}
		if again, err := got.Scaled(c.to); err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("scaled twice: %+v, %v", again, err)
		}
	}
	for _, bad := range []Size{{0, 10}, {10, -1}, {10, maxSide + 1}} {
		if _, err := crop.Scaled(bad); err == nil {
			t.Errorf("%v passed", bad)
		}
	}
	if _, err := (Spec{Resize: Resize{Mode: ResizeNone}}).Scaled(Size{10, 10}); err == nil {
		t.Error("a size that is not fixed was scaled")
	}
}
