package engine

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/method"
	"seewhy/analysis/region"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/prep"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// keptAnswers bounds the forward passes that are remembered: a row of scores
// each, for a filmstrip and its panes.
const keptAnswers = 512

// work is a task with everything it names at hand.
type work struct {
	task   task.Task
	model  *model
	x      tensor.Tensor
	region prep.Region
	on     *session
	// logits and probs are one row each.
	logits, probs []float64
	forward       time.Duration
	// explained is the task's target, once it was resolved.
	explained target.Score
	reading
}

// Predict runs the plain model: every class's score, and what the model saw.
func (e *Engine) Predict(ctx context.Context, t task.Task) (task.Prediction, error) {
	w, err := e.readyAnywhere(ctx, t)
	if err != nil {
		return task.Prediction{}, err
	}
	p := task.Prediction{Order: w.order(), Region: w.region, Seen: w.seen(), Boxes: w.found}
	for _, r := range w.regions {
		p.At = r.Shapes
	}
	for c := range w.logits {
		p.Scores = append(p.Scores, w.score(c))
	}
	return p, nil
}

// Explain does what a task says. The result's task is resolved: the same task
// gives the same map again on the same device. Where a device that was chosen
// automatically fails, it does it in float32 instead of float16, or the CPU does
// it, and a note says so.
func (e *Engine) Explain(ctx context.Context, t task.Task, p task.Progress) (task.Result, error) {
	return e.ExplainLive(ctx, t, task.Live{Progress: p})
}

// ExplainLive is Explain that shows what it has so far and can be told to keep
// that. After an early stop, the result's task has the number of samples that
// were taken: it gives this very map again.
func (e *Engine) ExplainLive(ctx context.Context, t task.Task, live task.Live) (task.Result, error) {
	r, how, err := fallingBack(ctx, e, t, t.Method, func(t task.Task) (task.Result, error) { return e.explain(ctx, t, live) })
	if err != nil {
		return r, e.tooLarge(ctx, t, err)
	}
	if note := how.note(); note != nil {
		r.Notes = append(r.Notes, *note)
	}
	return r, nil
}

// seen is the input turned back into a picture.
func (w *work) seen() *image.RGBA {
	return prep.Unapply(w.x, w.task.Preprocess, w.model.info.Layout)
}

func (e *Engine) explain(ctx context.Context, t task.Task, live task.Live) (task.Result, error) {
	start := time.Now()
	how, err := method.ByID(t.Method)
	if err != nil {
		return task.Result{}, err
	}
	if err := e.answerable(ctx, t, how); err != nil {
		return task.Result{}, err
	}
	w, err := e.ready(ctx, t)
	if err != nil {
		return task.Result{}, err
	}
	if why := w.model.why(how.Needs); why != "" {
		return task.Result{}, fmt.Errorf("%s cannot run on %s: %s", how.Title, w.model.info.Ref.Name, why)
	}
	params, err := how.Resolve(t.Params)
	if err != nil {
		return task.Result{}, err
	}
	w.task.Params = params
	layers, err := w.layers(how)
	if err != nil {
		return task.Result{}, err
	}
	score, err := w.target()
	if err != nil {
		return task.Result{}, err
	}
	black, white := ends(w.task.Preprocess)
	request := method.Request{
		Input: w.x, Layout: string(w.model.info.Layout), Score: score, Layer: w.task.Layer, Layers: layers, Params: params, Seed: t.Seed,
		Attentions: w.model.tokens.order, Black: black, White: white, Seen: w.seen(), Keep: live.Keep,
	}
	if live.Partial != nil {
		request.Partial = func(a method.Attribution) { live.Partial(e.compose(w, score, a, start)) }
	}
	a, err := how.Explain(ctx, w.on, request, live.Progress)
	if err != nil {
		if ctx.Err() != nil {
			return task.Result{}, ctx.Err()
		}
		return task.Result{}, fmt.Errorf("%s on %s: %w", how.Title, w.model.info.Ref.Name, err)
	}
	return e.result(ctx, w, score, a, start)
}

// compose makes the result of an attribution, final or not.
func (e *Engine) compose(w *work, score method.Score, a method.Attribution, start time.Time) task.Result {
	order := w.order()
	r := task.Result{
		Task: w.task, Map: a.Map, Error: a.Error, Segments: a.Segments, Surrogate: a.Surrogate, Concepts: a.Concepts, Notes: a.Notes, Facts: a.Facts,
		Region: w.region, Target: w.score(w.task.Target.Class), Forward: w.forward, Device: w.on.device,
		Version: e.options.Version, Time: start.UTC().Truncate(time.Second), Total: time.Since(start),
	}
	r.Task.Batch = w.on.batchSize()
	if len(a.Params) > 0 {
		r.Task.Params = maps.Clone(r.Task.Params)
		maps.Copy(r.Task.Params, a.Params)
	}
	r.Value = w.explained.Value(w.answer())
	r.Notes = slices.Concat(r.Notes, w.explained.Notes)
	if len(w.explained.Compared) > 0 {
		r.Notes = append(r.Notes, w.comparedNote())
	}
	top := order[:min(5, len(order)):min(5, len(order))]
	// The classes in question are shown whatever their rank.
	for _, c := range []int{w.task.Target.Class, w.task.Target.Rather} {
		asked := c == w.task.Target.Class || target.Of(w.task.Target.Kind).Second
		if asked && !slices.Contains(top, c) {
			top = append(top, c)
		}
	}
	for _, c := range top {
		r.Top = append(r.Top, w.score(c))
	}
	return r
}

func (e *Engine) result(ctx context.Context, w *work, score method.Score, a method.Attribution, start time.Time) (task.Result, error) {
	r := e.compose(w, score, a, start)
	field, err := heatmap.Normalise(a.Map, 0)
	if err != nil {
		return r, fmt.Errorf("the map cannot be shown: %w; the model may give NaN for this picture", err)
	}
	if field.Flat {
		r.Notes = append(r.Notes, task.Note{Warning: true, Key: "The map is empty: at this layer nothing speaks for the class."})
	}
	r.Notes, r.Regions = append(r.Notes, w.notes...), w.regions
	r.Shares = region.Shares(r.Map, r.Region, prep.Size{Width: w.task.Image.Width, Height: w.task.Image.Height}, w.regions)
	if note := resizedNote(w); note != nil {
		r.Notes = append(r.Notes, *note)
	}
	if i := w.model.info; i.PreprocessFrom == "" && reflect.DeepEqual(w.task.Preprocess, i.Preprocess) {
		r.Notes = append(r.Notes, task.Note{Warning: true, Key: guessedPreprocessing})
	}
	if w.task.TF32 {
		r.Notes = append(r.Notes, task.Note{Key: "Computed with TensorFloat-32: values are right to about a thousandth."})
	}
	if w.task.Half {
		r.Notes = append(r.Notes, task.Note{Key: "Computed in float16: scores are right to about a thousandth, gradients to a few hundredths."})
	}
	if err := e.before(ctx, w, &r); err != nil {
		return r, err
	}
	if note, err := e.quantised(ctx, w); err != nil {
		return r, err
	} else if note != nil {
		r.Notes = append(r.Notes, *note)
	}
	r.Total = time.Since(start)
	return r, nil
}

// guessedPreprocessing is said on every result that rests on a guess.
const guessedPreprocessing = "Nothing in the model or beside it says how pictures are prepared for it: a common way was taken. If that is wrong, so are the classes and the map. Pick the preprocessing in the window, or with --preset."

// quantised compares an int8 model with its float equivalent on this picture.
func (e *Engine) quantised(ctx context.Context, w *work) (*task.Note, error) {
	if !w.model.prepared.Dequantized || w.model.answers() != task.Scores || w.task.Like != nil {
		return nil, nil
	}
	row, err := w.on.original(ctx, w.x)
	if err != nil {
		return nil, fmt.Errorf("the int8 model itself: %w", err)
	}
	class := w.task.Target.Class
	own := float64(row[class])
	if w.model.scores.Output != w.model.scores.Probabilities {
		_, probs := w.model.probabilities(row)
		own = probs[class]
	}
	return &task.Note{
		Key:  "An int8 model: its float equivalent is explained, which gives this class %s; the file itself gives %s.",
		Args: []any{percent(w.probs[class]), percent(own)},
	}, nil
}

func percent(p float64) string { return fmt.Sprintf("%.1f %%", 100*p) }

// ready opens what the task names, preprocesses the picture and has the
// scores, remembered or run.
func (e *Engine) ready(ctx context.Context, t task.Task) (*work, error) {
	m, err := e.model(ctx, t.Model)
	if err != nil {
		return nil, err
	}
	own := m.info.InputSize
	if m, err = e.sized(ctx, m, t.Size); err != nil {
		return nil, err
	}
	if m.noScores != nil {
		return nil, m.noScores
	}
	if t.Image.SHA256 == "" && t.Image.Path != "" {
		// Scores are remembered by what the picture holds, not by its name.
		info, err := e.OpenImage(ctx, t.Image.Path)
		if err != nil {
			return nil, err
		}
		t.Image = info.Ref
	}
	if t.Preprocess.Channels == "" {
		t.Preprocess = m.info.Preprocess
	}
	if t.Size != (prep.Size{}) {
		if t.Preprocess, err = t.Preprocess.Scaled(t.Size); err != nil {
			return nil, err
		}
	}
	if t.Size == own {
		// That is no other size: nothing is to be said of it.
		t.Size = prep.Size{}
	}
	asked := t
	t.Schema, t.Device = task.Schema, e.device(ctx, t.Device)
	t.Half = t.Half && runtime.Half(t.Device)
	// Products of float16 are exact in TensorFloat-32.
	t.TF32 = t.TF32 && !t.Half && runtime.TF32(t.Device)
	t.Model = m.info.Ref
	w := &work{task: t, model: m, on: &session{e: e, m: m, device: t.Device, tf32: t.TF32, half: t.Half}}
	w.on.batch.Store(int32(min(max(t.Batch, 0), mostBatch)))
	in, made, err := e.input(ctx, m, t)
	if err != nil {
		return nil, err
	}
	w.x, w.region = in.x, in.region
	if err := e.readAs(ctx, w, made); err != nil {
		return nil, err
	}
	m = w.model
	// What made the input names it, so that edits are written out once.
	key := fmt.Sprintf("%q %q %t %t %s %q", t.Model.SHA256, t.Device, t.TF32, t.Half, made, m.scores.Logits)
	if m.scores.Place != (grad.Place{}) {
		key += fmt.Sprint(m.scores.Place)
	}
	row, ok := e.answers.get(key)
	if !ok {
		rows, took, err := w.on.scores(ctx, w.x, m.scores.Logits)
		if err != nil {
			e.failures.put(asked, t.Device, anything, err)
			return nil, fmt.Errorf("%s, device %s: %w", m.info.Ref.Name, t.Device, err)
		}
		w.forward = took
		row = e.answers.put(key, m.scores.Row(rows[0]), 1)
	}
	if i := slices.IndexFunc(row, func(v float32) bool { return v != v }); i >= 0 && t.Half {
		return nil, fmt.Errorf("%w: %s answers NaN (class %d) in float16: compute this model in float32", runtime.ErrDevice, m.info.Ref.Name, i)
	} else if i >= 0 {
		return nil, fmt.Errorf("%s answers NaN (class %d) for %s: its preprocessing or its weights are wrong", m.info.Ref.Name, i, t.Image.Name)
	}
	w.logits, w.probs = m.probabilities(row)
	return w, nil
}

// takes says whether an input has exactly the shape that the model takes.
func (m *model) takes(x tensor.Tensor) error {
	want := slices.Clone(m.prepared.Facts.Shapes[m.prepared.Input])
	want[0] = 1
	if !slices.Equal(x.Shape, want) {
		return fmt.Errorf("the preprocessing makes an input of %v, the model takes %v: choose a preset that fits", x.Shape, want)
	}
	return nil
}

// probabilities turns a row of logits into both forms, in float64.
func (m *model) probabilities(row []float32) (logits, probs []float64) {
	logits, probs = make([]float64, len(row)), make([]float64, len(row))
	top, scale := slices.Max(row), m.scores.Scale
	if scale == 0 {
		scale = 1
	}
	sum := 0.0
	for i, v := range row {
		logits[i] = float64(v)
		switch {
		case m.scores.Plain:
			probs[i], sum = float64(v), 1
			continue
		case m.scores.Sigmoid:
			probs[i] = 1 / (1 + math.Exp(-float64(v)*scale))
			continue
		}
		probs[i] = math.Exp((float64(v) - float64(top)) * scale)
		sum += probs[i]
	}
	if !m.scores.Sigmoid {
		for i := range probs {
			probs[i] /= sum
		}
	}
	return logits, probs
}

// order lists the classes, most probable first; ties by index.
func (w *work) order() []int {
	order := make([]int, len(w.logits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(w.logits[b], w.logits[a]) })
	w.rank(order)
	return order
}

func (w *work) score(class int) task.Score {
	s := task.Score{Class: class, Label: w.model.label(class), Logit: w.logits[class], Probability: w.probs[class]}
	if w.shares != nil {
		s.Probability = w.shares[class]
	}
	return s
}

func (m *model) label(class int) string {
	if class < len(m.info.Labels) {
		return m.info.Labels[class]
	}
	return task.Unnamed(class)
}

// layer resolves the task's layer: Auto is the natural one, or the last
// before it that a gradient reaches.
func (w *work) layer(n method.Needs) (string, error) {
	if !n.Layer {
		return "", nil
	}
	layers, natural := w.model.info.Layers, w.model.info.Natural
	if w.task.Layer == "" || w.task.Layer == task.Auto {
		for i := len(layers) - 1; i >= 0; i-- {
			if l := layers[i]; i == natural && (l.NoGradient == "" || !n.LayerGradient) {
				return l.Value, nil
			}
		}
		for _, l := range slices.Backward(layers) {
			if l.Mappable() && l.NoGradient == "" {
				return l.Value, nil
			}
		}
		return "", fmt.Errorf("no spatial layer has a gradient")
	}
	for _, l := range layers {
		if l.Value != w.task.Layer && l.Name != w.task.Layer {
			continue
		}
		if !l.Mappable() {
			return "", fmt.Errorf("layer %q has shape %v, which is no grid; choose a spatial one", l.Name, l.Shape)
		}
		if n.LayerGradient && l.NoGradient != "" {
			return "", fmt.Errorf("layer %q: %s", l.Name, l.NoGradient)
		}
		return l.Value, nil
	}
	return "", fmt.Errorf("the model has no layer %q; \"seewhy info\" lists them", w.task.Layer)
}

var _ method.Session = (*session)(nil)

var _ grad.Oracle = oracle{}
