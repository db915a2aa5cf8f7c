package engine

import (
	"context"
	"fmt"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/models/grad"
)

// seenSide is the number of cells along the longer side of a region that is found.
const seenSide = 512

// Seen is where a segmentation sees the task's class (its largest one, for
// task.AutoClass): the places at which that is the best, as a mask over the whole
// picture. A task with it as At explains the class where the model sees it.
func (e *Engine) Seen(ctx context.Context, t task.Task) (task.Shape, error) {
	t.At = nil
	w, err := e.readyAnywhere(ctx, t)
	if err != nil {
		return task.Shape{}, err
	}
	o := w.model.outputs
	if o == nil || o.Kind != grad.Segmented {
		return task.Shape{}, fmt.Errorf("%s is no segmentation: it does not tell where it sees a class", w.model.info.Ref.Name)
	}
	class := w.task.Target.Class
	if class == task.AutoClass {
		class = w.order()[0]
	}
	if class < 0 || class >= o.Classes {
		return task.Shape{}, fmt.Errorf("class %d is outside the model's %d classes", class, o.Classes)
	}
	out, err := w.on.values(ctx, w.x, []string{o.Map})
	if err != nil {
		return task.Shape{}, err
	}
	size, at, err := e.extent(w)
	if err != nil {
		return task.Shape{}, err
	}
	best := o.Best(out[0].Data)
	scale := min(1, seenSide/float64(max(size.Width, size.Height)))
	width, height := max(1, int(float64(size.Width)*scale)), max(1, int(float64(size.Height)*scale))
	found := false
	mask := edit.MaskOf(width, height, func(cell int) bool {
		x := ((float64(cell%width)+0.5)/float64(width)*float64(size.Width) - at.X0) / (at.X1 - at.X0) * float64(o.Width)
		y := ((float64(cell/width)+0.5)/float64(height)*float64(size.Height) - at.Y0) / (at.Y1 - at.Y0) * float64(o.Height)
		if !(x >= 0 && y >= 0 && x < float64(o.Width) && y < float64(o.Height)) {
			return false
		}
		in := best[int(y)*o.Width+int(x)] == class
		found = found || in
		return in
	})
	if !found {
		return mask, fmt.Errorf("%s sees %s nowhere in %s", w.model.info.Ref.Name, w.model.label(class), w.task.Image.Name)
	}
	return mask, edit.CheckShape(mask)
}
