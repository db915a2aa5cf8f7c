package state

import (
	"slices"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// hiddenSide is how many cells the longer side of a mask has that stands for
// what edits hide and an eraser has shown again.
const hiddenSide = 512

// hidden are the shapes of what edits hide. What an eraser has shown again
// cannot be taken out of shapes: a mask of cells then stands for what is left.
func (u *update) hidden(edits []task.Edit) []task.Shape {
	var shapes []task.Shape
	erased := false
	for _, e := range edits {
		if e.Fill == task.FillRestore {
			erased = erased || len(shapes) > 0
			continue
		}
		shapes = append(shapes, e.Shape)
	}
	if !erased {
		return shapes
	}
	w, h := overlaySize(prep.Size{Width: u.Photo.Info.Ref.Width, Height: u.Photo.Info.Ref.Height}, hiddenSide)
	in := make([]bool, w*h)
	for _, e := range edits {
		for i, a := range edit.Cover([]task.Shape{e.Shape}, w, h).Pix {
			if a >= 128 {
				in[i] = e.Fill != task.FillRestore
			}
		}
	}
	if !slices.Contains(in, true) {
		return nil
	}
	return []task.Shape{edit.MaskOf(w, h, func(cell int) bool { return in[cell] })}
}

// without is a selection less a shape: a mask of cells, for shapes cannot be
// taken out of shapes; nil where nothing is left.
func (u *update) without(selection []task.Shape, gone task.Shape) []task.Shape {
	w, h := overlaySize(prep.Size{Width: u.Photo.Info.Ref.Width, Height: u.Photo.Info.Ref.Height}, hiddenSide)
	in, out := edit.Cover(selection, w, h).Pix, edit.Cover([]task.Shape{gone}, w, h).Pix
	stays := func(cell int) bool { return in[cell] >= 128 && out[cell] < 128 }
	for i := range in {
		if stays(i) {
			return []task.Shape{edit.MaskOf(w, h, stays)}
		}
	}
	return nil
}
