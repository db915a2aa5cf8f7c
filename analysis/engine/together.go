package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// A model may take several samples at once, say that it does and mix them
// (statistics over the batch), or have the number 1 written into its constants.
// Whether samples may run together is therefore tried, by numbers, and a model
// that was made for one sample is rewritten first (grad.OpenBatch).
//
// Decision (2026-11): it is tried the first time that samples are to run
// together, not when a model opens: most openings end in a forward pass or a
// CAM of one sample, and opening should take no longer than reading does. The
// verdict holds for the model's hash and input shape as long as the program runs.

// together is the verdict on a model, shared by its reopenings.
type together struct {
	// turn is held by whoever tries.
	turn turn
	done bool
	// prepared is the model that takes batches, or the one of single samples
	// where why says what hinders.
	prepared *grad.Prepared
	why      string
}

func newTogether() *together { return &together{turn: newTurn()} }

func (m *model) shape() []int { return m.prepared.Facts.Shapes[m.prepared.Input] }

// adopt takes over what was found out about the same model at the same input
// shape before, and its forms at other sizes, which may have taken minutes.
func (m *model) adopt(old *model) {
	m.together = old.together
	if m.info.Layout == old.info.Layout {
		m.sizes = old.sizes
	}
	if why := old.info.OneByOne; why != "" && m.info.OneByOne == "" {
		m.oneByOne(why)
	}
}

// prepare readies the file at the input's shape and returns that. A model with
// an open batch that fails with more than one sample, or whose answers do not
// follow the batch, is taken as one for single samples.
func (m *model) prepare(input string, shape []int, o grad.Oracle) ([]int, error) {
	err := m.prepareAt(input, shape, o)
	if shape[0] >= 0 || err == nil && (m.noScores == nil && m.follows(m.scores.Logits) || m.noScores != nil && m.outputsFollow()) {
		return shape, err
	}
	open, one := *m, slices.Clone(shape)
	one[0] = 1
	if again := m.prepareAt(input, one, o); again == nil && (err != nil || m.noScores == nil) {
		return one, nil
	}
	*m = open
	return shape, err
}

func (m *model) prepareAt(input string, shape []int, o grad.Oracle) error {
	p, err := grad.Prepare(m.file, input, shape, o)
	if err != nil {
		return err
	}
	m.prepared = p
	m.outputs = nil
	if m.scores, m.noScores = grad.FindScores(p.Model.Graph, p.Facts); m.noScores != nil {
		m.noScores = m.read()
	}
	return nil
}

// follows says that a value has an open batch.
func (m *model) follows(value string) bool {
	shape := m.prepared.Facts.Shapes[value]
	return len(shape) > 0 && shape[0] < 0
}

func (m *model) outputsFollow() bool {
	return !slices.ContainsFunc(m.prepared.Model.Graph.Outputs, func(v onnx.Value) bool { return !m.follows(v.Name) })
}

// foretell says what the graph alone tells about batches.
func (m *model) foretell() {
	m.info.DynamicBatch, m.info.OneByOne = true, ""
	if err := grad.BatchOpens(m.prepared); err != nil {
		m.oneByOne(err.Error())
	}
}

func (m *model) oneByOne(why string) {
	m.info.DynamicBatch, m.info.OneByOne = false, why
	m.info.Notes = append(slices.Clone(m.info.Notes), task.Note{Key: "Samples run one at a time: %s", Args: []any{why}})
}

// many is the session for n samples: s itself for one, else one on the model
// that takes several, which is found and tried here the first time.
func (s *session) many(ctx context.Context, n int) (*session, error) {
	if n < 2 || s.m.together == nil {
		return s, nil
	}
	if w := s.wide.Load(); w != nil {
		return w, nil
	}
	t := s.m.together
	if err := t.turn.take(ctx); err != nil {
		return nil, err
	}
	defer t.turn.give()
	if !t.done {
		p, why, err := s.tryTogether(ctx)
		if err != nil {
			return nil, err
		}
		t.prepared, t.why, t.done = p, why, true
		if why != "" {
			s.e.disappoint(s.m, why)
		}
	}
	m := *s.m
	m.prepared, m.together = t.prepared, nil
	m.info.DynamicBatch, m.info.OneByOne = t.why == "", t.why
	w := &session{e: s.e, m: &m, device: s.device, tf32: s.tf32, half: s.half, narrow: s}
	if s.row != nil {
		if _, err := w.behind(s.row); err != nil {
			return nil, err
		}
	}
	s.wide.Store(w)
	return w, nil
}

// disappoint notes for later openings that samples cannot run together.
func (e *Engine) disappoint(m *model, why string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	open := e.models[m.info.Ref.SHA256]
	if open == nil || open.together != m.together || open.info.OneByOne != "" {
		return
	}
	next := *open
	next.oneByOne(why)
	e.models[m.info.Ref.SHA256] = &next
}

// tried are the spreads of the random inputs: of normalised pictures, and of
// those from 0 to 255.
var tried = []float64{1, 64}

const (
	// sameAnswer bounds the difference of an output between a batch and single
	// samples, over the largest value of that output: kernels may add in another
	// order. Measured: 3e-7 to 4e-6.
	sameAnswer = 1e-4
	// sameSpread bounds it over the difference between the samples themselves:
	// without that, a model that answers nearly alike to everything would pass
	// with its samples mixed.
	sameSpread = 1e-2
)

// tryTogether runs three different random samples one by one and as a batch and
// compares every output. An error is a context's end; whatever else goes wrong
// is a reason to run samples one by one.
func (s *session) tryTogether(ctx context.Context) (p *grad.Prepared, why string, err error) {
	single := s.m.prepared
	if s.plain != nil {
		// The verdict is on the model, and kept for other targets.
		single = s.plain.prepared
	}
	p, err = grad.OpenBatch(single, oracle{s.e.lib})
	if err != nil {
		return single, err.Error(), nil
	}
	outputs := s.m.batchOutputs(p)
	if !slices.Contains(outputs, s.m.scores.Logits) {
		return single, "its scores do not follow the batch", nil
	}
	for _, spread := range tried {
		why, err = s.compare(ctx, single, p, outputs, spread)
		if err == nil && why == "" {
			return p, "", nil
		}
		if !errors.Is(err, errAlike) {
			break
		}
	}
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	if err != nil {
		why = err.Error()
	}
	return single, why, nil
}

// batchOutputs are the outputs that follow the batch, and the logits.
func (m *model) batchOutputs(p *grad.Prepared) []string {
	var names []string
	for _, v := range append(slices.Clone(p.Model.Graph.Outputs), onnx.Value{Name: m.scores.Logits}) {
		shape := p.Facts.Shapes[v.Name]
		if len(shape) > 0 && shape[0] < 0 && p.Facts.Types[v.Name] == onnx.Float32 && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

var errAlike = errors.New("it answers nearly alike to different random inputs, so that mixing could not be noticed")

// compare gives why a batch is not the same as its samples; empty where it is.
func (s *session) compare(ctx context.Context, single, batch *grad.Prepared, outputs []string, spread float64) (string, error) {
	x := unlike(batch.Facts.Shapes[batch.Input], spread)
	one, err := s.rows(ctx, single, outputs, x, 1)
	if err != nil {
		return "", err
	}
	all, err := s.rows(ctx, batch, outputs, x, x.Shape[0])
	if err != nil {
		return "", err
	}
	for k, name := range outputs {
		size, apart, differ := 0.0, 0.0, 0.0
		for n := range one[k] {
			if len(all[k][n]) != len(one[k][n]) {
				return fmt.Sprintf("in a batch, %q has another shape", name), nil
			}
			for i, v := range one[k][n] {
				size = max(size, math.Abs(float64(v)))
				apart = max(apart, math.Abs(float64(v-one[k][(n+1)%len(one[k])][i])))
				differ = max(differ, math.Abs(float64(v-all[k][n][i])))
				if math.IsNaN(float64(v)) || math.IsNaN(float64(all[k][n][i])) {
					return "", errAlike
				}
			}
		}
		switch {
		case differ <= sameAnswer*size && differ <= sameSpread*apart:
		case apart < sameAnswer*size:
			return "", errAlike
		default:
			return fmt.Sprintf("in a batch, %q differs from the same samples one by one by %.1e of its largest value", name, differ/size), nil
		}
	}
	return "", nil
}

// rows runs the samples of x, so many at once, on the CPU, and returns for
// each output the samples' values.
func (s *session) rows(ctx context.Context, p *grad.Prepared, outputs []string, x tensor.Tensor, step int) ([][][]float32, error) {
	data, folder, err := onnx.MarshalOutside(grad.Forward(p, outputs...))
	if err != nil {
		return nil, err
	}
	r, err := s.e.lib.NewSession(data, []string{p.Input}, outputs, runtime.Options{Device: runtime.CPU, Threads: s.e.options.Threads, Folder: folder})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rows := make([][][]float32, len(outputs))
	for at := 0; at < x.Shape[0]; at += step {
		out, err := r.Run(ctx, []tensor.Tensor{part(x, at, step)})
		if err != nil {
			return nil, err
		}
		for k, t := range out {
			if len(t.Shape) == 0 || t.Shape[0] != step {
				return nil, fmt.Errorf("%d samples give %q of shape %v", step, outputs[k], t.Shape)
			}
			for n := range step {
				rows[k] = append(rows[k], t.Sample(n).Data)
			}
		}
	}
	return rows, nil
}

// unlike draws three samples that differ in brightness, contrast and coarse
// structure as well as in noise: noise alone looks the same to many models.
func unlike(shape []int, spread float64) tensor.Tensor {
	shape = slices.Clone(shape)
	shape[0] = 3
	x := tensor.New(shape...)
	r := rand.New(rand.NewPCG(1, 3))
	size := x.Len() / shape[0]
	for n := range shape[0] {
		level, contrast, period := 0.6*float64(n-1), 0.5+0.5*float64(n), float64(7+12*n)
		for i := range size {
			wave := math.Sin(2 * math.Pi * float64(i) / period)
			x.Data[n*size+i] = float32(spread * (level + contrast*wave + 0.5*r.NormFloat64()))
		}
	}
	return x
}
