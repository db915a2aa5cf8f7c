package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/prep"
	"seewhy/models/tensor"
)

// What is kept of models that are no classifiers: forms, and boxes in all.
const (
	keptForms = 16
	keptBoxes = 1 << 20
)

// reading is what a task's scores are of, where the model is no classifier.
type reading struct {
	notes []task.Note
	// regions has a detector's box or a segmentation's region, to be drawn and counted in.
	regions []task.Region
	// mask is the region of a segmentation at its map's places, nil for all;
	// shares are the parts of it in which each class is the best.
	mask   []float32
	shares []float64
	// found are a detector's boxes.
	found []task.FoundBox
}

// read looks for how a model that is no classifier is read, and reads it as a
// whole: that shows its layers and what can run.
func (m *model) read() error {
	o, err := grad.Recognise(m.prepared)
	if err != nil {
		return err
	}
	raw := m.prepared
	var p *grad.Prepared
	var s grad.Scores
	if o.Kind == grad.Segmented {
		p, s, err = grad.ReadRegion(raw, o, nil)
	} else {
		p, s, err = grad.ReadBox(raw, o, -1, o.Softmax)
	}
	if err != nil {
		return err
	}
	m.outputs, m.raw, m.prepared, m.scores = &o, raw, p, s
	return nil
}

// beforeHead is the natural layer of a model that is read place by place: the
// last natural one behind which weights follow.
func (m *model) beforeHead(layers []grad.Layer, natural int) int {
	if m.outputs == nil || natural < 0 {
		return natural
	}
	before := grad.BeforeHead(m.prepared.Model.Graph, m.scores.Logits)
	for i, l := range slices.Backward(layers) {
		if l.Candidate && before[l.Value] {
			return i
		}
	}
	return natural
}

// suit guesses the preprocessing of a model that is asked about places, where
// nothing tells it: all of the picture is shown to it. Detectors take 0 to 1.
func (m *model) suit(shape []int, layout prep.Layout) {
	if m.outputs == nil || m.found.SpecFrom != "" || m.channels != 3 || m.found.Spec == nil {
		return
	}
	size := prep.Size{Width: shape[3], Height: shape[2]}
	if layout == prep.NHWC {
		size = prep.Size{Width: shape[2], Height: shape[1]}
	}
	s := *m.found.Spec
	if m.outputs.Kind == grad.Detected {
		if p, ok := prep.PresetByID("unit"); ok {
			s = p.Spec(size)
		}
	}
	s.Crop = prep.Size{}
	s.Resize = prep.Resize{Mode: prep.ResizeSquash, Width: size.Width, Height: size.Height, Filter: s.Resize.Filter, Antialias: s.Resize.Antialias}
	if s.Check() == nil {
		m.found.Spec = &s
	}
}

// pixels guesses for a model that takes whole numbers that they are 0 to 255.
func (m *model) pixels() {
	if !m.prepared.Whole || m.found.SpecFrom != "" || m.found.Spec == nil {
		return
	}
	s := *m.found.Spec
	s.Scale, s.Mean, s.Std = 1, nil, nil
	if s.Check() == nil {
		m.found.Spec = &s
	}
}

// answers says what the model answers with.
func (m *model) answers() task.Output {
	switch {
	case m.noScores != nil:
		return ""
	case m.outputs == nil:
		return task.Scores
	case m.outputs.Kind == grad.Segmented:
		return task.Segmentation
	}
	return task.Detection
}

// readAs makes a task's model one of class scores, as the task wants it.
func (e *Engine) readAs(ctx context.Context, w *work, made string) error {
	m, t := w.model, &w.task
	if len(t.At) > 0 {
		if err := edit.CheckRegions([]task.Region{{Name: "at", Shapes: t.At}}); err != nil {
			return fmt.Errorf("what the task asks about: %w", err)
		}
	}
	switch kind := m.answers(); {
	case t.Like != nil:
		if kind != task.Scores || len(t.At) > 0 {
			return fmt.Errorf("%s gives no embedding to compare with another picture's, but %s", m.info.Ref.Name, kind)
		}
		return e.readSimilarity(ctx, w)
	case kind == task.Segmentation:
		return e.readRegion(ctx, w, made)
	case kind == task.Detection:
		return e.readBox(ctx, w, made)
	case len(t.At) > 0:
		return fmt.Errorf("%s is a classifier: it scores the whole picture, no region or box of it", m.info.Ref.Name)
	}
	return nil
}

// take makes the work's model the form that a reading gives.
func (e *Engine) take(w *work, key string, read func() (*grad.Prepared, grad.Scores, error)) error {
	m := w.model
	key = fmt.Sprintf("%q %v %s", m.info.Ref.SHA256, m.shape(), key)
	form, ok := e.forms.get(key)
	if !ok {
		p, s, err := read()
		if err != nil {
			return err
		}
		form = &model{}
		*form = *m
		form.prepared, form.scores, form.together = p, s, newTogether()
		form.info.Logits, form.info.Probabilities, form.info.Classes = s.Logits, s.Probabilities, s.Classes
		form.explainable()
		form = e.forms.put(key, form, 1)
	}
	// What the user chose since belongs to any form.
	next := *form
	next.info.Ref, next.info.Preprocess, next.info.PreprocessFrom = m.info.Ref, m.info.Preprocess, m.info.PreprocessFrom
	next.info.Labels, next.info.LabelsFrom = m.info.Labels, m.info.LabelsFrom
	next.info.DynamicBatch, next.info.OneByOne = m.info.DynamicBatch, m.info.OneByOne
	w.model, w.on.m = &next, &next
	return nil
}

// extent is the picture's size, and where on it the model's input lies.
func (e *Engine) extent(w *work) (size prep.Size, at prep.Region, err error) {
	img, err := e.picture(w.task.Image)
	if err != nil {
		return size, at, err
	}
	b := img.Bounds()
	size, at = prep.Size{Width: b.Dx(), Height: b.Dy()}, w.region
	if at == (prep.Region{}) {
		at = prep.Region{X1: float64(size.Width), Y1: float64(size.Height)}
	}
	return size, at, nil
}

func (e *Engine) readRegion(ctx context.Context, w *work, made string) error {
	o := w.model.outputs
	if len(w.task.At) > 0 {
		size, at, err := e.extent(w)
		if err != nil {
			return err
		}
		w.mask = maskOf(w.task.At, size, at, o.Width, o.Height)
		shapes, err := json.Marshal([]any{w.task.At, at, size})
		if err != nil {
			return err
		}
		if err := e.take(w, string(shapes), func() (*grad.Prepared, grad.Scores, error) {
			return grad.ReadRegion(w.model.raw, *o, w.mask)
		}); err != nil {
			return err
		}
		w.regions = []task.Region{{Name: task.AskedRegion, Shapes: w.task.At}}
		w.notes = append(w.notes, task.Note{Key: "A segmentation: the score of a class is the sum of its logit over the region; percentages are the part of it where the class is the best."})
	} else {
		w.notes = append(w.notes, task.Note{Key: "A segmentation: the score of a class is the sum of its logit over the picture; percentages are the part of it where the class is the best."})
	}
	key := fmt.Sprintf("%q %q %t %t %s %q", w.model.info.Ref.SHA256, w.on.device, w.on.tf32, w.on.half, made, w.model.scores.Logits)
	if shares, ok := e.counted.get(key); ok {
		w.shares = shares
		return nil
	}
	if err := w.count(ctx, w.x); err != nil {
		return err
	}
	e.counted.put(key, w.shares, 1)
	return nil
}

// maskOf is how much of each of a map's places shapes cover, the map lying at a
// rectangle of the picture.
func maskOf(shapes []task.Shape, size prep.Size, at prep.Region, width, height int) []float32 {
	const side, fine = 1024, 1 << 20
	scale := min(1, side/float64(max(size.Width, size.Height)))
	w, h := max(1, int(math.Round(float64(size.Width)*scale))), max(1, int(math.Round(float64(size.Height)*scale)))
	cover := edit.Cover(shapes, w, h)
	points := 4
	if width*height > fine {
		points = 1
	}
	mask := make([]float32, width*height)
	for i := range mask {
		sum := 0
		for k := range points * points {
			fx := (float64(i%width) + (float64(k%points)+0.5)/float64(points)) / float64(width)
			fy := (float64(i/width) + (float64(k/points)+0.5)/float64(points)) / float64(height)
			x := (at.X0 + fx*(at.X1-at.X0)) / float64(size.Width) * float64(w)
			y := (at.Y0 + fy*(at.Y1-at.Y0)) / float64(size.Height) * float64(h)
			if p := (image.Point{int(math.Floor(x)), int(math.Floor(y))}); p.In(cover.Rect) {
				sum += int(cover.AlphaAt(p.X, p.Y).A)
			}
		}
		mask[i] = float32(sum) / float32(255*points*points)
	}
	return mask
}

// count finds each class's share of a segmentation's region; other models have none.
func (w *work) count(ctx context.Context, x tensor.Tensor) error {
	o := w.model.outputs
	if o == nil || o.Kind != grad.Segmented {
		return nil
	}
	out, err := w.on.values(ctx, x, []string{o.Map})
	if err != nil {
		return fmt.Errorf("%s, device %s: %w", w.model.info.Ref.Name, w.on.device, err)
	}
	w.shares = o.Shares(out[0].Data, w.mask)
	return nil
}

func (e *Engine) readBox(ctx context.Context, w *work, made string) error {
	o := w.model.outputs
	boxes, err := e.boxes(ctx, w, made)
	if err != nil {
		return fmt.Errorf("%s: %w", w.model.info.Ref.Name, err)
	}
	size, at, err := e.extent(w)
	if err != nil {
		return err
	}
	frame := frame{size: size, at: at}
	var wanted *grad.Box
	if len(w.task.At) > 0 {
		b := frame.onInput(enclosing(w.task.At))
		wanted = &b
	}
	found, err := boxes.Pick(wanted)
	if err != nil {
		return fmt.Errorf("%s: %w", w.model.info.Ref.Name, err)
	}
	p, s, err := grad.ReadBox(w.model.raw, *o, found.Anchor, boxes.Softmax)
	if err != nil {
		return err
	}
	s.Background = boxes.Background + 1
	if err := e.take(w, fmt.Sprint("boxes ", s.Logits, boxes.Softmax, boxes.Background), func() (*grad.Prepared, grad.Scores, error) {
		return p, s, nil
	}); err != nil {
		return err
	}
	// The form is that of all boxes of a scale; the place among them is this one's.
	w.model.scores.Place = s.Place
	w.list(boxes, found, frame)
	shape := frame.shape(found.Box)
	if edit.CheckShape(shape) == nil {
		w.regions = []task.Region{{Name: w.model.label(found.Class), Shapes: []task.Shape{shape}}}
		if wanted == nil {
			w.task.At = []task.Shape{shape}
		}
	}
	w.noteBox(found, shape, wanted != nil, size)
	return nil
}

// boxes are those on the picture as it is: what is hidden from the model must not
// change which box is asked about.
func (e *Engine) boxes(ctx context.Context, w *work, made string) (grad.Detections, error) {
	m, o, x := w.model, w.model.outputs, w.x
	if len(w.task.Edits) > 0 {
		plain := w.task
		plain.Edits = nil
		in, key, err := e.input(ctx, m, plain)
		if err != nil {
			return grad.Detections{}, err
		}
		x, made = in.x, key
	}
	key := fmt.Sprintf("%q %q %t %t %v %s", m.info.Ref.SHA256, w.on.device, w.on.tf32, w.on.half, m.shape(), made)
	if d, ok := e.decoded.get(key); ok {
		return d, nil
	}
	names := []string{o.Boxes}
	if o.Scores != o.Boxes {
		names = append(names, o.Scores)
	}
	out, err := w.on.values(ctx, x, names)
	if err != nil {
		return grad.Detections{}, fmt.Errorf("device %s: %w", w.on.device, err)
	}
	d, err := o.Detections(out[0], out[len(out)-1], m.info.InputSize.Width, m.info.InputSize.Height)
	if err != nil {
		return d, err
	}
	return e.decoded.put(key, d, len(d.Boxes)), nil
}

// enclosing is the box round shapes, in fractions of the picture.
func enclosing(shapes []task.Shape) grad.Box {
	const cells = 4096
	all := grad.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, s := range shapes {
		points := s.Points
		if s.Kind != task.Box && s.Kind != task.Lasso {
			b := edit.Bounds(s, cells, cells)
			points = []task.Point{{X: float64(b.Min.X) / cells, Y: float64(b.Min.Y) / cells}, {X: float64(b.Max.X) / cells, Y: float64(b.Max.Y) / cells}}
		}
		for _, p := range points {
			all = grad.Box{X0: min(all.X0, p.X), Y0: min(all.Y0, p.Y), X1: max(all.X1, p.X), Y1: max(all.Y1, p.Y)}
		}
	}
	return all
}

// readSimilarity runs the reference as the picture is run.
func (e *Engine) readSimilarity(ctx context.Context, w *work) error {
	m := w.model
	like := *w.task.Like
	if like.SHA256 == "" {
		info, err := e.OpenImage(ctx, like.Path)
		if err != nil {
			return err
		}
		like = info.Ref
	}
	w.task.Like = &like
	of := w.task
	of.Image, of.Edits = like, nil
	in, made, err := e.input(ctx, m, of)
	if err != nil {
		return fmt.Errorf("the reference %s: %w", like.Name, err)
	}
	rows, _, err := w.on.scores(ctx, in.x, m.scores.Logits)
	if err != nil {
		return fmt.Errorf("the reference %s: %w", like.Name, err)
	}
	if err := e.take(w, "like "+w.on.device+made, func() (*grad.Prepared, grad.Scores, error) {
		return grad.ReadSimilarity(m.prepared, m.scores.Logits, rows[0])
	}); err != nil {
		return fmt.Errorf("the reference %s: %w", like.Name, err)
	}
	w.model.info.Labels = []string{"≈ " + like.Name}
	w.notes = append(w.notes, task.Note{Key: "An embedding: the score is the cosine similarity to that of %s, from -1 to 1.", Args: []any{like.Name}})
	return nil
}

// rank brings the classes into the order in which they are shown: of a
// segmentation by their share, with what is no object last.
func (w *work) rank(order []int) {
	if w.shares != nil {
		slices.SortStableFunc(order, func(a, b int) int {
			if w.shares[a] == w.shares[b] {
				return 0
			}
			if w.shares[a] > w.shares[b] {
				return -1
			}
			return 1
		})
	}
	none := w.model.scores.Background - 1
	if w.shares != nil && strings.Contains(strings.ToLower(w.model.label(0)), "background") {
		none = 0
	}
	if i := slices.Index(order, none); i >= 0 && len(order) > 1 {
		copy(order[i:], order[i+1:])
		order[len(order)-1] = none
	}
}
