package task

import (
	"errors"
	"fmt"
	"testing"

	"seewhy/models/prep"
)

func TestTold(t *testing.T) {
	short := errors.New("not enough memory")
	for _, c := range []struct {
		err  error
		want string
	}{
		{short, "not enough memory"},
		{&TooLarge{Err: short, Lighter: []Lighter{{Size: prep.Size{Width: 64, Height: 64}}}}, "not enough memory"},
		{
			fmt.Errorf("cat: %w", &TooLarge{Err: short, Lighter: []Lighter{{Size: prep.Size{Width: 64, Height: 64}}, {Method: "gradcam", Title: "Grad-CAM"}, {Method: "rise", Title: "RISE"}}}),
			"cat: not enough memory; these need less: Grad-CAM, RISE",
		},
	} {
		if got := Told(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
