package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"seewhy/analysis/method"
	"seewhy/analysis/target"
	"seewhy/models/fuse"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// maxBatch is how many samples run at once where the model allows: batching
// gains little on a CPU, and small batches keep progress and cancelling quick.
const maxBatch = 8

// session is one model on one device, as a method sees it.
type session struct {
	e      *Engine
	m      *model
	device string
	// tf32 allows the device TensorFloat-32; only of one that has it.
	tf32 bool
	// half computes in float16 what onnx.ToFloat16 does.
	half bool
	// batch is how many samples a stream runs at once; 0 is not yet known.
	batch atomic.Int32
	// wide is the session that runs several samples, once one was asked for (see
	// many); narrow is where it came from.
	wide   atomic.Pointer[session]
	narrow *session
	// plain is the model before a target's formula was put behind its scores, and
	// row that formula; nil where the scores themselves are explained.
	plain *model
	row   *target.Expr
}

func (s *session) batchSize() int { return int(s.first().batch.Load()) }

func (s *session) setBatch(n int) { s.first().batch.Store(int32(n)) }

func (s *session) first() *session {
	if s.narrow != nil {
		return s.narrow
	}
	return s
}

func (s *session) build(model *onnx.Model, inputs, outputs []string) (*runtime.Session, error) {
	return s.buildWith(runtime.Options{Plain: !fuse.Gains(model)}, s.suited(model), inputs, outputs)
}

// suited is a model as the device runs it fastest. Kernels of our own, where a
// session has them, take layer normalisations as they are, and faster.
func (s *session) suited(model *onnx.Model) *onnx.Model {
	if s.device == runtime.CPU && s.threads() <= fewThreads && (s.m.file.Outside() || !s.e.lib.Kernels()) {
		return grad.Rowwise(model, s.m.prepared.Facts)
	}
	return model
}

// buildWith is build with options beyond the device and its threads.
func (s *session) buildWith(o runtime.Options, model *onnx.Model, inputs, outputs []string) (*runtime.Session, error) {
	data, folder, err := onnx.MarshalOutside(model)
	if err != nil {
		return nil, err
	}
	o.Device, o.TF32, o.Threads, o.Folder = s.device, s.tf32, s.e.options.Threads, folder
	run := data
	if s.half {
		if run, err = halved(model); err != nil {
			return nil, err
		}
	}
	r, err := s.e.lib.NewSession(run, inputs, outputs, o)
	if err != nil {
		return nil, s.narrowly(err)
	}
	if err := s.checkDevice(r, model, data, inputs, outputs, o); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// key names a session, and what is learnt about it: the model, the device, the
// input's shape, and what is computed. Two models may name all else alike.
func (s *session) key(kind string, outputs ...string) string {
	shape := fmt.Sprint(s.m.prepared.Facts.Shapes[s.m.prepared.Input])
	device := s.device
	if s.tf32 {
		device += " TF32"
	}
	if s.half {
		device += " float16"
	}
	return strings.Join(append([]string{s.m.info.Ref.SHA256, device, shape, kind}, outputs...), "\x00")
}

// scores runs the plain model and returns rows of the value, one a sample,
// and the time of the passes alone.
func (s *session) scores(ctx context.Context, x tensor.Tensor, value string) (rows [][]float32, took time.Duration, err error) {
	if s, err = s.many(ctx, x.Shape[0]); err != nil {
		return nil, 0, err
	}
	key := s.key("forward", value)
	err = s.m.sessions.with(ctx, key, func() (*runtime.Session, error) {
		return s.build(grad.Forward(s.m.prepared, value), []string{s.m.prepared.Input}, []string{value})
	}, func(r *runtime.Session) error {
		return s.batches(x, func(part tensor.Tensor) error {
			start := time.Now()
			out, err := r.Run(ctx, []tensor.Tensor{part})
			if err != nil {
				return err
			}
			took += time.Since(start)
			for n := range part.Shape[0] {
				rows = append(rows, out[0].Sample(n).Data)
			}
			return nil
		})
	})
	return rows, took, err
}

// original runs the file as it is, for one sample, and returns the row of its
// class scores.
func (s *session) original(ctx context.Context, x tensor.Tensor) (row []float32, err error) {
	output := s.m.scores.Output
	err = s.m.sessions.with(ctx, s.key("original"), func() (*runtime.Session, error) {
		return s.buildWith(runtime.Options{Plain: true}, s.m.file, []string{s.m.prepared.Input}, []string{output})
	}, func(r *runtime.Session) error {
		out, err := r.Run(ctx, []tensor.Tensor{x})
		if err == nil {
			row = out[0].Data
		}
		return err
	})
	return row, err
}

// batches calls f on parts of x that the model can take at once.
func (s *session) batches(x tensor.Tensor, f func(part tensor.Tensor) error) error {
	step := 1
	if s.m.info.DynamicBatch {
		step = maxBatch
	}
	_, err := tryParts(x, 0, step, f)
	return err
}

// pairs is batches for composites that compare: x holds samples, then as many
// that they are compared with. Every part is some of the first and their partners.
func (s *session) pairs(x tensor.Tensor, tight bool, f func(of, partners tensor.Tensor) error) error {
	n, most := x.Shape[0]/2, 1
	if s.m.info.DynamicBatch && !tight {
		most = maxPairs
	}
	for at := 0; at < n; at += most {
		k := min(most, n-at)
		if err := f(part(x, at, k), part(x, n+at, k)); err != nil {
			return err
		}
	}
	return nil
}

// maxPairs is maxBatch for pairs.
const maxPairs = maxBatch / 2

// Run implements method.Session.
func (s *session) Run(ctx context.Context, x tensor.Tensor, score method.Score) ([]float64, error) {
	rows, _, err := s.scores(ctx, x, score.Value)
	out := make([]float64, len(rows))
	for i, r := range rows {
		out[i] = score.Of(r)
	}
	return out, err
}

// Gradient implements method.Session.
func (s *session) Gradient(ctx context.Context, x tensor.Tensor, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	return s.gradient(ctx, x, score, q, nil)
}

// gradient is Gradient; with a mix, x has the descriptions of its samples.
func (s *session) gradient(ctx context.Context, x tensor.Tensor, score method.Score, q method.GradientQuery, mix *mixed) (method.Gradients, error) {
	from, to := q.Shortcut.From, q.Shortcut.To
	query := grad.Query{Score: grad.EarlyName(score.Value, from, to), Composite: grad.Composite(q.Composite), Phases: s.device == runtime.CPU}
	paired, n := query.Composite.Paired(), x.Shape[0]
	inputs, outputs := []string{s.m.prepared.Input}, []string{query.Score}
	if paired {
		if n%2 != 0 {
			return method.Gradients{}, fmt.Errorf("%d samples make no pairs", n)
		}
		n /= 2
		inputs, outputs = append(inputs, grad.TwinName(inputs[0])), append(outputs, grad.TwinName(query.Score))
	}
	inputs = append(inputs, grad.SeedName)
	if q.Input {
		query.Wants = append(query.Wants, s.m.prepared.Input)
	}
	query.Wants = append(query.Wants, q.Layers...)
	if len(query.Wants) == 0 {
		return method.Gradients{}, fmt.Errorf("a gradient of nothing was asked for")
	}
	if q.Weights != nil && (len(q.Weights) != n || paired || !slices.Equal(query.Wants, inputs[:1])) {
		return method.Gradients{}, fmt.Errorf("%d weights for %d samples, of which %v is wanted", len(q.Weights), n, query.Wants)
	}
	if !q.NoValues {
		query.Values = slices.Clone(q.Layers)
		outputs = append(outputs, q.Layers...)
	}
	for _, w := range query.Wants {
		outputs = append(outputs, grad.GradientName(w))
	}
	s, err := s.many(ctx, n)
	if err != nil {
		return method.Gradients{}, err
	}
	// One sample's gradient is its sum, and so are those that run one by one.
	sum := q.Weights != nil && n > 1 && s.m.info.DynamicBatch
	if sum {
		outputs[len(outputs)-1] = grad.SumName(s.m.prepared.Input)
	}
	var g gathered
	kind, prepared, single := "gradient", s.m.prepared, false
	if n == 1 || s.single() {
		one := prepared.One()
		single = n > 1 && one != prepared
		if n == 1 || single {
			kind, prepared = "gradient of one", one
		}
	}
	model := prepared
	if from != to {
		if model, err = grad.Early(model, score.Value, from, to); err != nil {
			return method.Gradients{}, err
		}
	}
	if mix != nil {
		kind, inputs = kind+" "+mix.kind(), append(mix.inputs(), grad.SeedName)
	}
	all := s.key(kind, append([]string{query.Composite.String()}, outputs...)...)
	err = s.within(all, func() int { return s.fitSegments(model, query) }, func(segments int) error {
		query := query // a build that nobody waits for any more reads it still
		query.Segments, g = segments, gathered{}
		key := all
		if segments > 0 {
			key = fmt.Sprint(all, "\x00", segments, " segments")
		}
		return s.m.sessions.with(ctx, key, func() (*runtime.Session, error) {
			r, err := s.buildKept(key, func(kernels bool) (*onnx.Model, error) {
				query := query
				query.Kernels = kernels
				p, err := grad.Build(model.Model, model.Facts, query)
				if err != nil {
					return nil, err
				}
				out := p.Model
				if sum {
					if out, err = grad.Summed(out, s.m.prepared.Input); err != nil {
						return nil, err
					}
				}
				if mix != nil {
					return mix.before(out, s.m.prepared.Input)
				}
				return out, nil
			}, inputs, outputs, segments > 0)
			if mix != nil {
				err = noPrelude(err)
			}
			return r, err
		}, func(r *runtime.Session) error {
			if single {
				s.setBatch(1)
			}
			if paired {
				return s.compared(ctx, r, single || segments > 0, x, score, q, &g)
			}
			return s.gradients(ctx, r, key, single || segments > 0, x, score, q, mix, &g)
		})
	})
	if err != nil {
		return method.Gradients{}, err
	}
	if paired {
		// The partners' scores stand behind the samples'.
		g.outs[0].Data, g.outs[0].Shape[0] = append(g.outs[0].Data, g.outs[1].Data...), 2*n
		g.outs = slices.Delete(g.outs, 1, 2)
	}
	return g.answer(&s.m.tokens, score, q)
}

// gradients runs a gradient session on all samples of x, in batches; where tight,
// one by one: the session takes single ones, or not even one sample fitted into
// memory before the pass was cut.
func (s *session) gradients(ctx context.Context, r runner, key string, tight bool, x tensor.Tensor, score method.Score, q method.GradientQuery, mix *mixed, g *gathered) error {
	split := func(x tensor.Tensor, run func(part tensor.Tensor) error) error { return s.gradientBatches(key, x, run) }
	if tight {
		split = func(x tensor.Tensor, run func(part tensor.Tensor) error) error {
			_, err := tryParts(x, 0, 1, run)
			return err
		}
	}
	bound := bind(r)
	defer bound.Close()
	at := 0
	return split(x, func(part tensor.Tensor) error {
		n := part.Shape[0]
		seed, err := s.seed(func(i int) method.Score { return q.Of(score, at+i) }, n)
		if err != nil {
			return err
		}
		if q.Weights != nil {
			weigh(seed, q.Weights[at:at+n])
		}
		feeds := []tensor.Tensor{part}
		var kept []bool
		if mix != nil {
			feeds = mix.feeds(part.Data, n)
			// The seed comes last.
			kept = append(lastKept(len(feeds), len(mix.sides.sides)), false)
		}
		out, err := s.scaled(seed, len(q.Layers)+one(q.Input), func(seed tensor.Tensor) ([]tensor.Tensor, error) {
			return bound.Run(ctx, append(feeds, seed), kept)
		})
		if err != nil {
			return err
		}
		g.add(out)
		// Only now: a batch that did not fit into memory comes again in parts.
		at += n
		return nil
	})
}

// weigh multiplies each sample's seed by its weight, and so its gradient.
func weigh(seed tensor.Tensor, weights []float64) {
	for i, w := range weights {
		row := seed.Sample(i).Data
		for k := range row {
			row[k] *= float32(w)
		}
	}
}

// Sums implements method.Summer. On the CPU nothing is carried anywhere, and
// sums in float64 are the better ones.
func (s *session) Sums() bool { return s.device != runtime.CPU }

// compared runs a session that compares on the pairs of x. Only the samples have
// a gradient; what is fetched of layers is theirs too.
func (s *session) compared(ctx context.Context, r *runtime.Session, tight bool, x tensor.Tensor, score method.Score, q method.GradientQuery, g *gathered) error {
	at := 0
	return s.pairs(x, tight, func(of, partners tensor.Tensor) error {
		seed, err := s.seed(func(i int) method.Score { return q.Of(score, at+i) }, of.Shape[0])
		if err != nil {
			return err
		}
		out, err := s.scaled(seed, len(q.Layers)+one(q.Input), func(seed tensor.Tensor) ([]tensor.Tensor, error) {
			return r.Run(ctx, []tensor.Tensor{of, partners, seed})
		})
		if err != nil {
			return err
		}
		g.add(out)
		at += of.Shape[0]
		return nil
	})
}

// Activations implements method.Session.
func (s *session) Activations(ctx context.Context, x tensor.Tensor, layers []string) (map[string]tensor.Tensor, error) {
	s, err := s.many(ctx, x.Shape[0])
	if err != nil {
		return nil, err
	}
	var g gathered
	err = s.m.sessions.with(ctx, s.key("activations", layers...), func() (*runtime.Session, error) {
		return s.build(grad.Forward(s.m.prepared, layers...), []string{s.m.prepared.Input}, layers)
	}, func(r *runtime.Session) error {
		return s.batches(x, func(part tensor.Tensor) error {
			out, err := r.Run(ctx, []tensor.Tensor{part})
			if err != nil {
				return err
			}
			g.add(out)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	values := map[string]tensor.Tensor{}
	for i, l := range layers {
		if values[l], err = s.m.tokens.arrange(l, g.outs[i]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// seed is dScore/dValue for n samples, of's scores.
func (s *session) seed(of func(i int) method.Score, n int) (tensor.Tensor, error) {
	shape := slices.Clone(s.m.prepared.Facts.Shapes[of(0).Value])
	shape[0] = n
	seed := tensor.New(shape...)
	row := seed.Len() / n
	for i := range n {
		for class, w := range of(i).Weights {
			if class < 0 || class >= row {
				return seed, fmt.Errorf("class %d is outside the model's %d classes", class, row)
			}
			seed.Data[i*row+class] = float32(w)
		}
	}
	return seed, nil
}

// gathered joins the outputs of batches.
type gathered struct{ outs []tensor.Tensor }

func (g *gathered) add(out []tensor.Tensor) {
	if g.outs == nil {
		g.outs = out
		return
	}
	for i, t := range out {
		g.outs[i].Data = append(g.outs[i].Data, t.Data...)
		g.outs[i].Shape[0] += t.Shape[0]
	}
}

// answer sorts the outputs: score rows, activations, then gradients in the
// order of the query (the input first).
func (g *gathered) answer(in *tokens, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	a := method.Gradients{Layers: map[string]method.LayerGradient{}}
	for n := range g.outs[0].Shape[0] {
		a.Scores = append(a.Scores, q.Of(score, n).Of(g.outs[0].Sample(n).Data))
	}
	values, grads := g.outs[1:], g.outs[1:]
	if !q.NoValues {
		grads = values[len(q.Layers):]
	}
	if q.Input {
		a.Input, grads = grads[0], grads[1:]
	}
	for i, l := range q.Layers {
		var at method.LayerGradient
		var err error
		if at.G, err = in.arrange(l, grads[i]); err != nil {
			return a, err
		}
		if !q.NoValues {
			if at.A, err = in.arrange(l, values[i]); err != nil {
				return a, err
			}
		}
		a.Layers[l] = at
	}
	return a, nil
}
