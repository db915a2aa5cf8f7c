package engine

import (
	"context"
	"fmt"
	"sync"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// keptSizes bounds the forms of one model at other input sizes.
const keptSizes = 8

// sizes are the forms of an opened model at other input sizes than its own.
// They share its sessions, whose keys name the input's shape.
type sizes struct {
	mutex sync.Mutex
	forms map[prep.Size]*model
}

// sized is the model at an input size; the zero size is its own.
func (e *Engine) sized(ctx context.Context, m *model, size prep.Size) (*model, error) {
	if size == (prep.Size{}) || size == m.info.InputSize {
		return m, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !m.info.AnySize() {
		return nil, fmt.Errorf("%s takes pictures of %d x %d only, not of %d x %d", m.info.Ref.Name, m.info.InputSize.Width, m.info.InputSize.Height, size.Width, size.Height)
	}
	spec, err := m.info.Preprocess.Scaled(size)
	if err != nil {
		return nil, err
	}
	m.sizes.mutex.Lock()
	defer m.sizes.mutex.Unlock()
	form := m.sizes.forms[size]
	if form == nil {
		if form, err = e.formAt(m, size); err != nil {
			return nil, fmt.Errorf("%s at %d x %d: %w", m.info.Ref.Name, size.Width, size.Height, err)
		}
		if len(m.sizes.forms) >= keptSizes || m.sizes.forms == nil {
			m.sizes.forms = map[prep.Size]*model{}
		}
		m.sizes.forms[size] = form
	}
	// What the user chose since belongs to the model at any size.
	next := *form
	next.info.Preprocess, next.info.PreprocessFrom = spec, m.info.PreprocessFrom
	next.info.Labels, next.info.LabelsFrom = m.info.Labels, m.info.LabelsFrom
	return &next, nil
}

func (e *Engine) formAt(m *model, size prep.Size) (*model, error) {
	form := &model{file: m.file, found: m.found, sessions: m.sessions, together: newTogether(), sizes: m.sizes}
	form.info.Ref = m.info.Ref
	return form, e.shape(form, m.prepared.Input, m.info.Layout, size)
}

// resizedNote says that a result was made at another size than the model's own.
func resizedNote(w *work) *task.Note {
	if w.task.Size == (prep.Size{}) {
		return nil
	}
	return &task.Note{Warning: true, Key: "The model ran at %d × %d px, not at its own size: it saw less detail, and its answer may differ.", Args: []any{w.task.Size.Width, w.task.Size.Height}}
}
