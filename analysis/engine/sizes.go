package engine

import (
	"context"
	"fmt"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// keptSizes bounds the forms of one model at other input sizes.
const keptSizes = 8

// sizes are the forms of an opened model at other input sizes than its own.
// They share its sessions, whose keys name the input's shape.
type sizes struct {
	// turn is held by whoever reads or makes forms.
	turn  turn
	forms map[prep.Size]*model
}

func newSizes() *sizes { return &sizes{turn: newTurn()} }

// at is the form at a size, made where there is none. Making takes up to minutes
// where shapes have to be measured: it goes on if the caller gives up, and is
// there for the next.
func (z *sizes) at(ctx context.Context, size prep.Size, create func() (*model, error)) (*model, error) {
	if err := z.turn.take(ctx); err != nil {
		return nil, err
	}
	if form := z.forms[size]; form != nil {
		z.turn.give()
		return form, nil
	}
	type made struct {
		form *model
		err  error
	}
	done := make(chan made, 1)
	go func() {
		form, err := create()
		if err == nil {
			if len(z.forms) >= keptSizes || z.forms == nil {
				z.forms = map[prep.Size]*model{}
			}
			z.forms[size] = form
		}
		z.turn.give()
		done <- made{form, err}
	}()
	select {
	case m := <-done:
		return m.form, m.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
	form, err := m.sizes.at(ctx, size, func() (*model, error) { return e.formAt(m, size) })
	if err != nil {
		return nil, fmt.Errorf("%s at %d x %d: %w", m.info.Ref.Name, size.Width, size.Height, err)
	}
	// What the user chose since, and where the model was opened from, belongs to
	// it at any size.
	next := *form
	next.info.Ref, next.info.Title, next.info.About, next.info.License = m.info.Ref, m.info.Title, m.info.About, m.info.License
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
