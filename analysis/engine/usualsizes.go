package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// usualSizes are the sides that vision models take, likeliest first: they are
// tried where the file leaves its picture's size open and the assumed one does
// not run, as where the places of a ViT of 384 pixels are told apart by a constant.
var usualSizes = []int{224, 256, 384, 448, 512, 336, 518, 240, 288, 320, 299, 640, 260, 280, 300, 380, 456, 528, 600, 192, 160, 128, 112, 96, 80, 64, 48, 32, 768, 800, 1024}

// searchTime bounds the search; a size takes some 50 ms.
const searchTime = 20 * time.Second

// findSize readies m at the first usual size that runs, and returns the input's
// shape; why is what hindered the assumed one.
func (e *Engine) findSize(ctx context.Context, m *model, input string, layout prep.Layout, why error) ([]int, error) {
	assumed := prep.Size{Width: m.found.Width, Height: m.found.Height}
	begin := time.Now()
	for _, side := range usualSizes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		size := prep.Size{Width: side, Height: side}
		if size == assumed {
			continue
		}
		if time.Since(begin) > searchTime {
			break
		}
		if shape, err := e.prepareFor(m, input, layout, size); err == nil {
			return shape, nil
		}
	}
	return nil, fmt.Errorf("the file leaves its picture's size open, and no usual one runs; \"input\": {\"width\": W, \"height\": H} in a sidecar beside it tells the right one. At %d x %d: %w", assumed.Width, assumed.Height, why)
}

// sizeFound tells of a size that was found by trying.
func (m *model) sizeFound(assumed prep.Size, shape []int, layout prep.Layout) {
	rows := 2
	if layout == prep.NHWC {
		rows = 1
	}
	m.info.Notes = append(slices.Clone(m.info.Notes), task.Note{
		Key:  "The file leaves the picture's size open. %d × %d px do not run; of the usual sizes, %d × %d px is the first that does.",
		Args: []any{assumed.Width, assumed.Height, shape[rows+1], shape[rows]},
	})
}
