package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"slices"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/assets/gallery"
	"seewhy/models/prep"
	"seewhy/models/tensor"
)

// hidden gives the whole picture that a task names, with its edits made, as a
// picture of its own.
func (e *Engine) hidden(ctx context.Context, ref task.ImageRef, edits []task.Edit) (image.Image, error) {
	img, err := e.picture(ref)
	if err != nil || len(edits) == 0 {
		return img, err
	}
	if img, err = edit.Apply(ctx, img, edits); err != nil {
		return nil, fmt.Errorf("picture %q cannot be edited: %w", ref.Name, err)
	}
	return img, nil
}

// before adds to the result of a task with edits what the model said without them.
func (e *Engine) before(ctx context.Context, w *work, r *task.Result) error {
	if len(w.task.Edits) == 0 {
		return nil
	}
	t := w.task
	t.Edits = nil
	plain, err := e.ready(ctx, t)
	if err != nil {
		return err
	}
	best := plain.order()[0]
	if !slices.ContainsFunc(r.Top, func(s task.Score) bool { return s.Class == best }) {
		r.Top = append(r.Top, w.score(best))
	}
	for _, s := range r.Top {
		r.Before = append(r.Before, plain.score(s.Class))
	}
	return nil
}

// GalleryRegions are the parts of a "gallery:NAME" picture that are known: its
// objects by class, and what a sound decision ignores, by kind (watermark,
// caption, ruler, sticker, occluder). Of several of a name the later ones are
// numbered. Other pictures have none.
func (e *Engine) GalleryRegions(ref string) ([]task.Region, error) {
	name, ok := strings.CutPrefix(ref, galleryPrefix)
	if !ok {
		return nil, nil
	}
	samples := gallery.Samples()
	i := slices.IndexFunc(samples, func(s gallery.Sample) bool { return galleryName(s) == name })
	if i < 0 {
		return nil, nil
	}
	var out []task.Region
	add := func(name, file string) error {
		mask, err := gallery.Mask(file)
		if err != nil {
			return err
		}
		base, n := name, 1
		for slices.ContainsFunc(out, func(r task.Region) bool { return r.Name == name }) {
			n++
			name = fmt.Sprint(base, " ", n)
		}
		out = append(out, task.Region{Name: name, Shapes: []task.Shape{
			edit.MaskOf(mask.Rect.Dx(), mask.Rect.Dy(), func(cell int) bool { return mask.Pix[cell] > 0 }),
		}})
		return nil
	}
	for _, o := range samples[i].Objects {
		if err := add(o.Label, o.Mask); err != nil {
			return nil, err
		}
	}
	for _, d := range samples[i].Distractors {
		if err := add(d.Kind, d.Mask); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// prepared is a picture made ready for a model.
type prepared struct {
	x      tensor.Tensor
	region prep.Region
	edits  []task.Edit
}

// input makes a task's picture, with its edits, ready for the model, or
// remembers what it was; key names it by what it was made of. Under a brush,
// only what the stroke touched is made anew: a photograph of many pixels then
// costs no more than a small one.
func (e *Engine) input(ctx context.Context, m *model, t task.Task) (in prepared, key string, err error) {
	if err := edit.Check(t.Edits); err != nil {
		return in, "", fmt.Errorf("picture %q cannot be edited: %w", t.Image.Name, err)
	}
	how, err := json.Marshal([]any{t.Image.SHA256, t.Preprocess, m.info.Layout})
	if err != nil {
		return in, "", err
	}
	key = string(how) + editsKey(t.Edits)
	in, ok := e.inputs.get(key)
	if ok {
		return in, key, m.takes(in.x)
	}
	if len(t.Edits) == 0 {
		img, err := e.picture(t.Image)
		if err != nil {
			return in, "", err
		}
		in.x, in.region, err = prep.Apply(img, t.Preprocess, m.info.Layout)
		if err != nil {
			return in, "", err
		}
	} else if in, err = e.edited(ctx, m, t, string(how)); err != nil {
		return in, "", err
	}
	e.inputs.put(key, in, 4*in.x.Len())
	return in, key, m.takes(in.x)
}

// editsKey names edits by what they are; nothing for none.
func editsKey(edits []task.Edit) string {
	if len(edits) == 0 {
		return ""
	}
	// Edits that were checked hold no number that JSON lacks.
	data, _ := json.Marshal(edits)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// easel is a picture that is being edited, and what was made of it last.
type easel struct {
	// turn is held by whoever edits.
	turn   turn
	canvas *edit.Canvas
	// last is by picture, preprocessing and layout.
	last map[string]prepared
}

// keptPreparations bounds the ways of preparing that an easel remembers.
const keptPreparations = 8

// edited makes a picture with edits ready from what was made of it last.
func (e *Engine) edited(ctx context.Context, m *model, t task.Task, how string) (prepared, error) {
	on, err := e.easel(t.Image)
	if err != nil {
		return prepared{}, err
	}
	if err := on.turn.take(ctx); err != nil {
		return prepared{}, err
	}
	defer on.turn.give()
	last, ok := on.last[how]
	if !ok {
		last, ok = e.inputs.get(how)
	}
	picture, err := on.canvas.Update(ctx, t.Edits)
	if err != nil {
		return prepared{}, err
	}
	in := prepared{edits: t.Edits, region: last.region}
	if ok {
		in.x, err = prep.Renew(last.x, picture, t.Preprocess, m.info.Layout, on.canvas.Changed(last.edits, t.Edits))
	} else {
		in.x, in.region, err = prep.Apply(picture, t.Preprocess, m.info.Layout)
	}
	if err != nil {
		return in, err
	}
	if len(on.last) >= keptPreparations {
		clear(on.last)
	}
	on.last[how] = in
	return in, nil
}

// easel finds the picture's easel, or makes one.
func (e *Engine) easel(ref task.ImageRef) (*easel, error) {
	if on, ok := e.easels.get(ref.SHA256); ok {
		return on, nil
	}
	img, err := e.picture(ref)
	if err != nil {
		return nil, err
	}
	on := &easel{turn: newTurn(), canvas: edit.New(img), last: map[string]prepared{}}
	// The picture itself, and the copy that the edits are made on.
	b := img.Bounds()
	return e.easels.put(ref.SHA256, on, 8*b.Dx()*b.Dy()), nil
}

// What is kept of pictures made ready, and of pictures under edits.
const (
	inputBudget = 128 << 20
	easelBudget = 256 << 20
)
