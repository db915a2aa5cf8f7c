package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// small opens one of the peers' networks and makes a picture for it.
func small(t testing.TB, name string) (*session, tensor.Tensor, method.Score) {
	t.Helper()
	e := newTestEngine(t, Options{})
	info, err := e.OpenModel(context.Background(), peersDir+name+".onnx", nil)
	if err != nil {
		t.Fatal(err)
	}
	m := e.opened(info.Ref.SHA256)
	x := tensor.New(single(m.prepared.Facts.Shapes[m.prepared.Input])...)
	for i := range x.Data {
		x.Data[i] = float32(math.Sin(float64(i)))
	}
	return &session{e: e, m: m, device: runtime.CPU}, x, method.Score{Value: m.scores.Logits, Weights: map[int]float64{3: 1}}
}

// A stream gives what single runs give, in order, at every size of the batch:
// to 1e-5, because kernels sum in another order for other batches.
func TestStreamIsRun(t *testing.T) {
	s, x, score := small(t, "resnet")
	const n = 37
	sample := func(i int, dst []float32) error {
		for at, v := range x.Data {
			dst[at] = v * float32(i) / n
		}
		return nil
	}
	var want []float64
	for i := range n {
		one := tensor.New(x.Shape...)
		_ = sample(i, one.Data)
		v, err := s.Run(context.Background(), one, score)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, v[0])
	}
	for _, batch := range []int{0, 1, 2, 5, 8, 36, 37, 64} {
		s.batch.Store(int32(batch))
		at := 0
		err := s.Stream(context.Background(), n, sample, score, func(i int, v float64) {
			if i != at {
				t.Fatalf("batch %d: sample %d comes where %d should", batch, i, at)
			}
			at++
			if math.Abs(v-want[i]) > 1e-5*(1+math.Abs(want[i])) {
				t.Errorf("batch %d: sample %d is %g, want %g", batch, i, v, want[i])
			}
		})
		if err != nil || at != n {
			t.Errorf("batch %d: %d of %d samples, %v", batch, at, n, err)
		}
	}
}

// A tail fed with the layer's own activation answers as the whole model, at
// every layer with a grid: what goes round the cut is fed too, and so are class
// tokens. To 1e-4, because the optimiser fuses the two graphs otherwise.
func TestTailIsTheModel(t *testing.T) {
	valuesAlone(t)
	for _, name := range []string{"resnet", "vit", "swin"} {
		s, x, score := small(t, name)
		whole, err := s.Run(context.Background(), x, score)
		if err != nil {
			t.Fatal(err)
		}
		cut, bypassed, folded := 0, 0, 0
		for i, l := range s.m.info.Layers {
			// A few of many layers are as good as all.
			if !l.Mappable() || i%2 > 0 && name == "resnet" || i%9 > 0 && name != "resnet" {
				continue
			}
			a, err := s.Activations(context.Background(), x, []string{l.Value})
			if err != nil {
				t.Fatal(err)
			}
			A := a[l.Value]
			answers := 0
			err = s.Tail(context.Background(), x, l.Value, 3, func(_ int, dst []float32) error {
				copy(dst, A.Data)
				return nil
			}, score, func(i int, v float64) {
				answers++
				if math.Abs(v-whole[0]) > 1e-4*(1+math.Abs(whole[0])) {
					t.Errorf("%s: layer %s: the tail says %g, the model %g", name, l.Name, v, whole[0])
				}
			})
			if err != nil || answers != 3 {
				t.Errorf("%s: layer %s: %d answers, %v", name, l.Name, answers, err)
			}
			err = s.Masked(context.Background(), x, l.Value, 2, func(_ int, cells []float32) error {
				for i := range cells {
					cells[i] = 1
				}
				return nil
			}, score, func(_ int, v float64) {
				answers++
				if math.Abs(v-whole[0]) > 1e-4*(1+math.Abs(whole[0])) {
					t.Errorf("%s: layer %s: under no mask it says %g, the model %g", name, l.Name, v, whole[0])
				}
			})
			if err != nil || answers != 5 {
				t.Errorf("%s: layer %s, masked: %d answers, %v", name, l.Name, answers, err)
			}
			cut++
			if _, sides, err := grad.Tail(s.m.prepared, l.Value, score.Value); err == nil && len(sides) > 0 {
				bypassed++
			}
			if l.Kind == "tokens" {
				folded++
			}
		}
		t.Logf("%s: %d layers cut, %d with values round the cut, %d of tokens", name, cut, bypassed, folded)
		if cut < 4 || bypassed == 0 || name != "resnet" && folded == 0 {
			t.Errorf("%s: %d layers were cut, %d of them inside a skip connection, %d of tokens", name, cut, bypassed, folded)
		}
	}
}

func TestStreamStops(t *testing.T) {
	s, _, score := small(t, "resnet")
	s.batch.Store(4)
	plain := func(int, []float32) error { return nil }
	wrong := errors.New("wrong")
	err := s.Stream(context.Background(), 100, func(i int, _ []float32) error {
		if i == 20 {
			return wrong
		}
		return nil
	}, score, func(i int, _ float64) {
		if i >= 20 {
			t.Errorf("sample %d was handed out", i)
		}
	})
	if !errors.Is(err, wrong) {
		t.Errorf("an error of fill gives %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var ended time.Time
	err = s.Stream(ctx, 1<<20, plain, score, func(i int, _ float64) {
		if i == 50 {
			ended = time.Now()
			cancel()
		}
	})
	if took := time.Since(ended); !errors.Is(err, context.Canceled) || took > 100*time.Millisecond {
		t.Errorf("cancelled: %v after %v", err, took)
	}
	if err := s.Stream(context.Background(), 0, plain, score, nil); err != nil {
		t.Errorf("no samples: %v", err)
	}
}

// scarce is a session whose memory holds so many samples.
type scarce struct {
	holds int
	tried []int
}

func (r *scarce) Run(_ context.Context, feeds []tensor.Tensor) ([]tensor.Tensor, error) {
	n := feeds[0].Shape[0]
	r.tried = append(r.tried, n)
	if n > r.holds {
		return nil, fmt.Errorf("a batch of %d: %w", n, runtime.ErrMemory)
	}
	out := tensor.New(n, 1)
	for i := range n {
		out.Data[i] = feeds[0].Sample(i).Data[0]
	}
	return []tensor.Tensor{out}, nil
}

func TestStreamShrinksWhereMemoryRunsOut(t *testing.T) {
	for _, c := range []struct {
		holds int
		ok    bool
	}{{3, true}, {1, true}, {0, false}} {
		r := &scarce{holds: c.holds}
		s := &session{e: &Engine{batching: newBatchSizes()}, m: &model{}}
		s.m.info.DynamicBatch = true
		s.batch.Store(16)
		var got []float64
		f := flow{
			session: s, run: r, key: "k", graph: func() *onnx.Graph { return &onnx.Graph{} }, shape: []int{1, 1}, n: 20,
			score: method.Score{Weights: map[int]float64{0: 1}},
			fill:  func(i int, dst []float32) error { dst[0] = float32(i); return nil },
			each:  func(_ int, v float64) { got = append(got, v) },
		}
		err := f.flow(context.Background())
		if !c.ok {
			if !errors.Is(err, runtime.ErrMemory) {
				t.Errorf("memory for none: %v", err)
			}
			continue
		}
		var want []float64
		for i := range 20 {
			want = append(want, float64(i))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("memory for %d: %v, %v", c.holds, got, err)
		}
		if next, _ := s.e.batching.get("k"); next > c.holds {
			t.Errorf("memory for %d: the next stream would start with %d", c.holds, next)
		}
	}
}

func TestMeasureTakesTheSmallestGoodBatch(t *testing.T) {
	ctx := context.Background()
	cost := func(fixed, per time.Duration) func(int) (time.Duration, error) {
		return func(n int) (time.Duration, error) { return fixed + time.Duration(n)*per, nil }
	}
	for _, c := range []struct {
		name    string
		most    int
		allowed time.Duration
		run     func(int) (time.Duration, error)
		want    int
	}{
		{"no gain", 64, time.Hour, cost(0, time.Millisecond), 1},
		{"gain to the end", 64, time.Hour, cost(time.Second, time.Millisecond), 64},
		{"bounded by memory", 4, time.Hour, cost(time.Second, time.Millisecond), 4},
		{"bounded by time", 64, 100 * time.Millisecond, cost(30*time.Millisecond, time.Millisecond), 1},
		{"memory runs out", 64, time.Hour, func(n int) (time.Duration, error) {
			if n > 10 {
				return 0, runtime.ErrMemory
			}
			return time.Second, nil
		}, 8},
	} {
		if got, err := measure(ctx, c.most, c.allowed, c.run); err != nil || got != c.want {
			t.Errorf("%s: %d, %v; want %d", c.name, got, err, c.want)
		}
	}
	if n := fitting(100, 30); n != 3 {
		t.Errorf("100 bytes hold %d samples of 30", n)
	}
	if n := fitting(1, 30); n != 1 {
		t.Errorf("less than one sample fits: %d", n)
	}
}
