package engine

import (
	"fmt"
	"image"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

// hidden gives the whole picture that a task names, with its edits made.
func (e *Engine) hidden(ref task.ImageRef, edits []task.Edit) (image.Image, error) {
	img, err := e.picture(ref)
	if err != nil || len(edits) == 0 {
		return img, err
	}
	if img, err = edit.Apply(img, edits); err != nil {
		return nil, fmt.Errorf("picture %q cannot be edited: %w", ref.Name, err)
	}
	return img, nil
}
