package task

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"seewhy/models/prep"
)

func TestLighterThan(t *testing.T) {
	short := errors.New("not enough memory")
	list := []Lighter{{Size: prep.Size{Width: 64, Height: 64}}, {Method: "gradcam", Title: "Grad-CAM"}}
	for _, c := range []struct {
		err  error
		want []Lighter
	}{
		{short, nil},
		{&TooLarge{Err: short}, nil},
		{fmt.Errorf("cat: %w", &TooLarge{Err: short, Lighter: list}), list},
	} {
		if got := LighterThan(c.err); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

func TestAnySize(t *testing.T) {
	for _, c := range []struct {
		layout prep.Layout
		shape  []int
		want   bool
	}{
		{prep.NCHW, []int{-1, 3, -1, -1}, true},
		{prep.NHWC, []int{1, -1, -1, 3}, true},
		{prep.NCHW, []int{1, -1, -1, 3}, false},
		{prep.NCHW, []int{-1, 3, 224, 224}, false},
		{prep.NCHW, []int{-1, 3, 224, -1}, false},
		{prep.NCHW, []int{-1, -1, -1}, false},
		{prep.NCHW, nil, false},
	} {
		if got := (ModelInfo{Layout: c.layout, Input: TensorInfo{Shape: c.shape}}).AnySize(); got != c.want {
			t.Errorf("%s %v: %v", c.layout, c.shape, got)
		}
	}
}
