package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// sweepElements bounds the activations that one pass of a sweep hands out, in
// float32: 256 MB with their gradients, for two classes.
const sweepElements = 1 << 24

// sameMap is the correlation of two classes' maps from which on a layer does not
// tell them apart.
const sameMap = 0.99

// Sweep makes the map of a method at every candidate layer, in graph order,
// from one forward and backward pass (a few, where the layers are too large to
// hold at once). A second way back is for another class than the task's, to
// find the layers where the class makes no difference. The method must be one
// of those with MethodInfo.Sweeps.
//
// Where a device that was chosen automatically fails, the CPU does it.
func (e *Engine) Sweep(ctx context.Context, t task.Task, p task.Progress) ([]task.LayerMap, error) {
	return quietly(ctx, e, t, sweepOf+t.Method, func(t task.Task) ([]task.LayerMap, error) { return e.sweep(ctx, t, p) })
}

func (e *Engine) sweep(ctx context.Context, t task.Task, p task.Progress) ([]task.LayerMap, error) {
	how, err := method.ByID(t.Method)
	if err != nil {
		return nil, err
	}
	if how.OfLayer == nil {
		return nil, fmt.Errorf("%s is no map of one layer: it cannot be swept over all layers", how.Title)
	}
	if err := e.answerable(ctx, t, how); err != nil {
		return nil, err
	}
	w, err := e.ready(ctx, t)
	if err != nil {
		return nil, err
	}
	if why := w.model.why(how.Needs); why != "" {
		return nil, fmt.Errorf("%s cannot run on %s: %s", how.Title, w.model.info.Ref.Name, why)
	}
	params, err := how.Resolve(t.Params)
	if err != nil {
		return nil, err
	}
	score, err := w.target()
	if err != nil {
		return nil, err
	}
	sweep := &sweep{w: w, how: how, score: score}
	sweep.other, sweep.against = w.otherScore(score)
	sweep.request = method.Request{Input: w.x, Layout: string(w.model.info.Layout), Score: score, Params: params, Seed: t.Seed}
	layers := w.model.candidates(how.Needs)
	var maps []task.LayerMap
	for group := range groups(layers) {
		p.Report(float64(len(maps))/float64(len(layers)), "Forward and backward pass")
		part, err := sweep.pass(ctx, group)
		if err != nil {
			return nil, fmt.Errorf("%s on %s: %w", how.Title, w.model.info.Ref.Name, err)
		}
		maps = append(maps, part...)
	}
	p.Report(1, "Done")
	return maps, nil
}

// Resolve is the task with what the engine would choose for it: preprocessing,
// device and class.
func (e *Engine) Resolve(ctx context.Context, t task.Task) (task.Task, error) {
	w, err := e.readyAnywhere(ctx, t)
	if err != nil {
		return t, err
	}
	_, err = w.target()
	return w.task, err
}

// otherScore is the same kind of score for the most probable class that it
// does not name.
func (w *work) otherScore(score method.Score) (int, method.Score) {
	for _, class := range w.order() {
		at := w.model.scores.At(class)
		if _, named := score.Weights[at]; !named {
			return class, method.Score{Value: score.Value, Weights: map[int]float64{at: 1}}
		}
	}
	return -1, method.Score{}
}

// groups divides layers into runs that one pass can hand out.
func groups(layers []task.Layer) func(yield func([]task.Layer) bool) {
	return func(yield func([]task.Layer) bool) {
		for len(layers) > 0 {
			n, elements := 0, 0
			for n < len(layers) && (n == 0 || elements+tensor.Elements(layers[n].Shape) <= sweepElements) {
				elements += tensor.Elements(layers[n].Shape)
				n++
			}
			if !yield(layers[:n]) {
				return
			}
			layers = layers[n:]
		}
	}
}

type sweep struct {
	w       *work
	how     method.Method
	request method.Request
	score   method.Score
	// other is the class of against, -1 where the model has no other.
	other   int
	against method.Score
}

// pass makes the maps of some layers.
func (s *sweep) pass(ctx context.Context, layers []task.Layer) ([]task.LayerMap, error) {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = l.Value
	}
	values, err := s.values(ctx, names)
	if err != nil {
		return nil, err
	}
	// The maps are a third of the work where layers are large: all cores share it.
	out, errs := make([]task.LayerMap, len(layers)), make([]error, len(layers))
	var group sync.WaitGroup
	var next atomic.Int32
	for range min(runtime.GOMAXPROCS(0), len(layers)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(layers); i = int(next.Add(1)) - 1 {
				if out[i], errs[i] = s.layer(ctx, layers[i], values[layers[i].Value]); errs[i] != nil {
					errs[i] = fmt.Errorf("layer %s: %w", layers[i].Name, errs[i])
				}
			}
		})
	}
	group.Wait()
	return out, errors.Join(errs...)
}

// values are the activations of each layer and, where the method uses them, the
// gradients: of the task's score, then of the other's.
func (s *sweep) values(ctx context.Context, names []string) (map[string][]method.LayerGradient, error) {
	if !s.how.Needs.LayerGradient {
		layers, err := s.w.on.Activations(ctx, s.w.x, names)
		out := map[string][]method.LayerGradient{}
		for name, A := range layers {
			out[name] = []method.LayerGradient{{A: A}}
		}
		return out, err
	}
	queries := []method.GradientQuery{{Layers: names}}
	if s.other >= 0 {
		queries = append(queries, method.GradientQuery{Layers: names, NoValues: true, Scores: []method.Score{s.against}})
	}
	answers, err := s.w.on.Several(ctx, s.w.x, s.score, queries)
	if err != nil {
		return nil, err
	}
	out := map[string][]method.LayerGradient{}
	for _, name := range names {
		for _, a := range answers {
			out[name] = append(out[name], method.LayerGradient{A: answers[0].Layers[name].A, G: a.Layers[name].G})
		}
	}
	return out, nil
}

func (s *sweep) layer(ctx context.Context, l task.Layer, of []method.LayerGradient) (task.LayerMap, error) {
	r := s.request
	r.Layer = l.Value
	m := task.LayerMap{Layer: l, Other: s.other, Same: !s.how.Needs.LayerGradient}
	var maps [2]task.Map
	for i, one := range of {
		a, err := s.how.At(ctx, r, one)
		if err != nil {
			return m, err
		}
		maps[i] = a.Map
		if i == 0 {
			m.Map, m.Notes, m.Gradient = a.Map, a.Notes, rootMeanSquare(one.G.Data)
		}
	}
	field, err := heatmap.Normalise(m.Map, 0)
	if err != nil {
		return m, err
	}
	m.Empty = field.Flat
	m.Vanished = s.how.Needs.LayerGradient && m.Gradient == 0
	switch {
	case m.Same:
		m.OtherClass = 1
	case s.other >= 0 && !m.Empty:
		other, err := heatmap.Normalise(maps[1], 0)
		if err != nil {
			return m, err
		}
		m.OtherClass = correlation(field.Values, other.Values)
		m.Same = m.OtherClass >= sameMap
	}
	return m, nil
}

// correlation is Pearson's; 0 where either is constant.
func correlation(a, b []float32) float64 {
	var ma, mb, aa, bb, ab float64
	for i := range a {
		ma, mb = ma+float64(a[i])/float64(len(a)), mb+float64(b[i])/float64(len(a))
	}
	for i := range a {
		da, db := float64(a[i])-ma, float64(b[i])-mb
		aa, bb, ab = aa+da*da, bb+db*db, ab+da*db
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
