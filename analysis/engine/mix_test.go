package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// mixesOf are mixes of every kind over x.
func mixesOf(x, off tensor.Tensor, layout string) []method.Mix {
	h, w := x.Shape[2], x.Shape[3]
	if layout == "NHWC" {
		h, w = x.Shape[1], x.Shape[2]
	}
	labels := make([]int32, h*w)
	for i := range labels {
		labels[i] = int32(i * 7 % 5)
	}
	numbers := func(i int, cells, rows, columns []float32) {
		for k := range cells {
			cells[k] = float32(math.Sin(float64(3*k+i)))/2 + 0.5
		}
		for k := range rows {
			rows[k] = 2 * float32(k) / float32(h)
		}
		for k := range columns {
			columns[k] = 3 * float32(k) / float32(w)
		}
	}
	return []method.Mix{
		{X: x, Off: off, Layout: layout, CellRows: 3, CellColumns: 4, Describe: numbers},
		{X: x, Off: off, Layout: layout, Masks: method.ScaledGridMask, CellRows: 3, CellColumns: 4, Describe: numbers},
		{X: x, Off: off, Layout: layout, Masks: method.LookupMask, Labels: labels, Values: 5, Describe: numbers},
		{X: x, Off: off, Layout: layout, Masks: method.ShareMask, Describe: numbers},
	}
}

// What the prelude's nodes make is what a mix is defined to make, to 1e-6 of
// values up to 2: for every kind of mask, layout and baseline.
func TestPreludeIsFill(t *testing.T) {
	e := newTestEngine(t, Options{})
	for _, layout := range []string{"NCHW", "NHWC"} {
		shape := []int{1, 3, 10, 13}
		if layout == "NHWC" {
			shape = []int{1, 10, 13, 3}
		}
		x, base := tensor.New(shape...), tensor.New(shape...)
		for i := range x.Data {
			x.Data[i], base.Data[i] = 2*float32(math.Sin(float64(i))), float32(math.Cos(float64(i)))
		}
		for _, off := range []tensor.Tensor{{}, base} {
			for _, mix := range mixesOf(x, off, layout) {
				on := newMixed(mix)
				value := func(name string) onnx.Value {
					return onnx.Value{Name: name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, shape[1], shape[2], shape[3])}
				}
				for _, opset := range []int64{17, 18} {
					m, err := on.before(&onnx.Model{IR: 8, Opsets: map[string]int64{"": opset}, Graph: &onnx.Graph{
						Name: "same", Inputs: []onnx.Value{value("x")}, Outputs: []onnx.Value{value("y")},
						Nodes: []*onnx.Node{{Name: "same", Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
					}}, "x")
					if err != nil {
						t.Fatal(err)
					}
					data, err := onnx.Marshal(m)
					if err != nil {
						t.Fatal(err)
					}
					r, err := e.lib.NewSession(data, on.inputs(), []string{"y"}, runtime.Options{})
					if err != nil {
						t.Fatal(err)
					}
					for _, n := range []int{1, 3} {
						own := tensor.New(n, on.size())
						for i := range n {
							_ = on.describe(i, own.Sample(i).Data)
						}
						out, err := r.Run(context.Background(), on.feeds(own.Data, n))
						if err != nil {
							t.Fatal(err)
						}
						want := make([]float32, x.Len())
						for i := range n {
							mix.Fill(i, want)
							for at, v := range out[0].Sample(i).Data {
								if d := math.Abs(float64(v - want[at])); !(d <= 1e-6) {
									t.Fatalf("%s, %s, sample %d of %d, value %d: %g, want %g", layout, on.kind(), i, n, at, v, want[at])
								}
							}
						}
					}
					r.Close()
				}
			}
		}
	}
}

// outside is a session that makes all samples outside the model's graph, inside
// one that makes them inside on the CPU too.
type (
	outside struct{ method.Session }
	inside  struct{ *session }
)

func (s inside) Mixed(ctx context.Context, n int, mix method.Mix, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	return s.mixed(ctx, n, mix, fill, score, each)
}

func (s inside) MixedGradient(ctx context.Context, from, n int, mix method.Mix, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	return s.mixedGradient(ctx, from, n, mix, score, q)
}

// A map is the same whether its samples are made inside the graph or outside,
// to 1e-5 of its largest value, and inside it is the same bit for bit again.
func TestMixedIsStreamed(t *testing.T) {
	for _, net := range []string{"resnet", "vit"} {
		s, x, score := small(t, net)
		s.batch.Store(4)
		layer := s.m.info.Layers[s.m.info.Natural].Value
		for _, c := range []struct {
			id    string
			given map[string]float64
		}{
			{"rise", map[string]float64{"samples": 40}},
			{"rise", map[string]float64{"samples": 40, "baseline": 3}},
			{"sobol", map[string]float64{"design": 4, "grid": 3}},
			{"hsic", map[string]float64{"samples": 30, "grid": 4}},
			{"occlusion", map[string]float64{"window": 7, "baseline": 3}},
			{"aise", map[string]float64{"samples": 10}},
			{"lime", map[string]float64{"samples": 40, "segmentation": 3}},
			{"kernelshap", map[string]float64{"samples": 60, "segmentation": 3, "segments": 12, "off": 1}},
			{"scorecam", map[string]float64{"channels": 10}},
			{"integratedgradients", map[string]float64{"steps": 9}},
			{"integratedgradients", map[string]float64{"steps": 9, "baseline": 3}},
		} {
			how, err := method.ByID(c.id)
			if err != nil {
				t.Fatal(err)
			}
			r := method.Request{Input: x, Layout: string(s.m.info.Layout), Score: score, Layer: layer, Seed: 5}
			if r.Params, err = how.Resolve(c.given); err != nil {
				t.Fatal(err)
			}
			ask := func(on method.Session) []float32 {
				a, err := how.Explain(context.Background(), on, r, nil)
				if err != nil {
					t.Fatalf("%s %s: %v", net, c.id, err)
				}
				return a.Map.Values
			}
			a, again, b := ask(inside{s}), ask(inside{s}), ask(outside{s})
			largest, furthest := 0.0, 0.0
			for i, v := range b {
				largest = max(largest, math.Abs(float64(v)))
				furthest = max(furthest, math.Abs(float64(v-a[i])))
				if a[i] != again[i] {
					t.Fatalf("%s %s: value %d is %g and then %g", net, c.id, i, a[i], again[i])
				}
			}
			t.Logf("%s %s: %.1e", net, c.id, furthest/largest)
			if !(furthest <= 1e-5*largest) {
				t.Errorf("%s %s: %.1e of the largest value apart", net, c.id, furthest/largest)
			}
		}
	}
}

// Where no prelude can be built the samples are made outside, and the session
// does not try again.
func TestNoPrelude(t *testing.T) {
	s, x, score := small(t, "resnet")
	mix := mixesOf(x, tensor.Tensor{}, "NCHW")[3]
	shape := s.m.prepared.Facts.Shapes[s.m.prepared.Input]
	for range 2 {
		// A rank that no prelude is made for.
		s.m.prepared.Facts.Shapes[s.m.prepared.Input] = shape[:3]
		_, err := s.mixedGradient(context.Background(), 0, 2, mix, score, method.GradientQuery{Input: true})
		s.m.prepared.Facts.Shapes[s.m.prepared.Input] = shape
		if err == nil {
			t.Fatal("a gradient through an input of three dimensions passes")
		}
	}
	if _, err := (grad.Prelude{}).Before(&onnx.Model{Graph: &onnx.Graph{Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3, 8)}}}}, "x"); err == nil {
		t.Error("a prelude for three dimensions passes")
	}
	key := s.key("forward", score.Value, newMixed(mix).kind())
	s.e.batching.goWithout(key)
	var got []float64
	err := s.Mixed(context.Background(), 3, mix, func(i int, dst []float32) error {
		mix.Fill(i, dst)
		return nil
	}, score, func(_ int, v float64) { got = append(got, v) })
	if err != nil || len(got) != 3 {
		t.Errorf("%v, %v", got, err)
	}
	if err := fmt.Errorf("%w: why", errPrelude); !errors.Is(err, errPrelude) {
		t.Error(err)
	}
}

// A device on which the session with the prelude cannot be built does without:
// the samples of gradients and of scores are made outside.
func TestNoPreludeOnADevice(t *testing.T) {
	s, x, score := small(t, "resnet")
	mix := mixesOf(x, tensor.Tensor{}, "NCHW")[0]
	if _, err := s.many(context.Background(), 2); err != nil {
		t.Fatal(err)
	}
	bad := &session{e: s.e, m: s.m, device: "none such"}
	_, err := bad.MixedGradient(context.Background(), 0, 2, mix, score, method.GradientQuery{Input: true})
	if !errors.Is(err, method.ErrNoMix) {
		t.Errorf("a gradient on a device that builds no session: %v, want ErrNoMix", err)
	}
	if !s.e.batching.without(bad.key("gradient", newMixed(mix).kind())) {
		t.Error("it is not remembered")
	}
	hung, short := fmt.Errorf("a: %w", runtime.ErrHung), fmt.Errorf("b: %w", runtime.ErrMemory)
	for _, c := range []struct {
		err     error
		prelude bool
	}{{nil, false}, {hung, false}, {short, false}, {fmt.Errorf("c: %w", runtime.ErrDevice), true}, {errWrong, true}} {
		got := noPrelude(c.err)
		if errors.Is(got, errPrelude) != c.prelude || !errors.Is(got, c.err) {
			t.Errorf("%v became %v", c.err, got)
		}
	}
}

// Short memory and a driver that hangs, in the building of a session with a
// prelude, may pass: it is tried again.
func TestPreludeThatMayPass(t *testing.T) {
	s, x, score := small(t, "resnet")
	mix := mixesOf(x, tensor.Tensor{}, "NCHW")[0]
	wide, err := s.many(context.Background(), 3)
	if err != nil {
		t.Fatal(err)
	}
	key := wide.key("forward", score.Value, newMixed(mix).kind())
	for _, c := range []struct {
		fails error
		given int
	}{{runtime.ErrMemory, 3}, {runtime.ErrHung, 0}, {runtime.ErrClosed, 0}} {
		ready := make(chan struct{})
		close(ready)
		wide.m.sessions.mutex.Lock()
		wide.m.sessions.entries[key] = &entry{ready: ready, err: fmt.Errorf("a build: %w", c.fails)}
		wide.m.sessions.mutex.Unlock()
		given := 0
		err := s.Mixed(context.Background(), 3, mix, func(i int, dst []float32) error {
			mix.Fill(i, dst)
			return nil
		}, score, func(int, float64) { given++ })
		if given != c.given || (err == nil) != (c.given > 0) || err != nil && !errors.Is(err, c.fails) {
			t.Errorf("%v: %d samples, %v", c.fails, given, err)
		}
		if s.e.batching.without(key) {
			t.Errorf("%v is remembered as a prelude that cannot be built", c.fails)
		}
	}
}
