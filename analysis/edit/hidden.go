package edit

import (
	"context"
	"image"

	"seewhy/analysis/task"
)

// Hidden tells how much of each pixel of a picture of width x height the edits
// hide in the end, 0 to 255: what was restored is not hidden.
func Hidden(edits []task.Edit, width, height int) *image.Alpha {
	out := image.NewAlpha(image.Rect(0, 0, width, height))
	for _, e := range edits {
		part := coverOf(context.Background(), e.Shape, width, height, out.Rect)
		for y := part.Rect.Min.Y; y < part.Rect.Max.Y; y++ {
			to := row(out, y, part.Rect)
			for x, a := range row(part, y, part.Rect) {
				if e.Fill == task.FillRestore {
					to[x] = min(to[x], 255-a)
				} else {
					to[x] = max(to[x], a)
				}
			}
		}
	}
	return out
}
