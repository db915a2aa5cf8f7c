package cli

import (
	"errors"
	"fmt"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func TestInWords(t *testing.T) {
	short := errors.New("not enough memory")
	for _, c := range []struct {
		err  error
		want string
	}{
		{short, "not enough memory"},
		{&task.TooLarge{Err: short}, "not enough memory"},
		{
			fmt.Errorf("cat.jpg: %w", &task.TooLarge{Err: short, Lighter: []task.Lighter{
				{Size: prep.Size{Width: 160, Height: 160}}, {Size: prep.Size{Width: 160, Height: 96}}, {Method: "gradcam", Title: "Grad-CAM"},
			}}),
			"cat.jpg: not enough memory; these need less: --size 160, --size 160x96, --method gradcam",
		},
	} {
		if got := inWords(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
