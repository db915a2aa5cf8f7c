package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// weighted are samples near x, with weights of both signs.
func weighted(x tensor.Tensor, n int) (tensor.Tensor, []float64) {
	many, weights := x.Repeat(n), make([]float64, n)
	for i := range many.Data {
		many.Data[i] *= 1 + 0.3*float32(math.Sin(float64(i)*0.37))
	}
	for i := range weights {
		weights[i] = math.Cos(float64(i)) / 7
	}
	return many, weights
}

// byHand is the sum of single gradients, and the scores.
func byHand(t *testing.T, s *session, x tensor.Tensor, score method.Score, weights []float64) (sum, scores []float64) {
	t.Helper()
	all, err := s.Gradient(t.Context(), x, score, method.GradientQuery{Input: true})
	if err != nil {
		t.Fatal(err)
	}
	sum = make([]float64, x.Len()/x.Shape[0])
	for i, w := range weights {
		for at, g := range all.Input.Sample(i).Data {
			sum[at] += w * float64(g)
		}
	}
	return sum, all.Scores
}

// rowsOff adds up the rows of an answer and says how far they are from a sum, as
// a share of its largest value.
func rowsOff(got tensor.Tensor, want []float64) float64 {
	total := make([]float64, len(want))
	for i, g := range got.Data {
		total[i%len(want)] += float64(g)
	}
	largest, furthest := 0.0, 0.0
	for i, w := range want {
		largest, furthest = max(largest, math.Abs(w)), max(furthest, math.Abs(w-total[i]))
	}
	return furthest / largest
}

// Sums made inside the graph are those of single gradients, to 1e-5 of their
// largest value: float32 rounds the sum of eight at 1e-6, and convolutions add in
// another order in batches of another size. Of each batch one row comes back, and
// the scores are not weighted.
func TestSummedGradients(t *testing.T) {
	for _, net := range []string{"resnet", "vit"} {
		s, x, score := small(t, net)
		many, weights := weighted(x, 8)
		want, scores := byHand(t, s, many, score, weights)
		for batch, rows := range map[int32]int{2: 5, 3: 4, 8: 2} {
			s.batch.Store(batch)
			got, err := s.Gradient(t.Context(), many, score, method.GradientQuery{Input: true, Weights: weights})
			if err != nil {
				t.Fatal(err)
			}
			off := rowsOff(got.Input, want)
			t.Logf("%s, batches of %d: %.1e", net, batch, off)
			if got.Input.Shape[0] != rows || !(off <= 1e-5) {
				t.Errorf("%s, batches of %d: %d rows, want %d, %.1e off", net, batch, got.Input.Shape[0], rows, off)
			}
			for i, v := range got.Scores {
				if math.Abs(v-scores[i]) > 1e-4 {
					t.Errorf("%s: score %d is %g, want %g", net, i, v, scores[i])
				}
			}
		}
		// One alone needs no node.
		got, err := s.Gradient(t.Context(), many.Sample(0), score, method.GradientQuery{Input: true, Weights: weights[:1]})
		one, _ := byHand(t, s, many.Sample(0), score, weights[:1])
		if off := rowsOff(got.Input, one); err != nil || !(off <= 1e-5) {
			t.Errorf("%s: one sample is %.1e off, %v", net, off, err)
		}
	}
}

// In float16 a sum is as near as a gradient is (see TestHalfIsNearFloat32), and
// its scale is found as for one.
func TestSummedInHalf(t *testing.T) {
	s, x, score := small(t, "vit")
	many, weights := weighted(x, 5)
	want, _ := byHand(t, s, many, score, weights)
	half := &session{e: s.e, m: s.m, device: s.device, half: true}
	got, err := half.Gradient(t.Context(), many, score, method.GradientQuery{Input: true, Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	if off := rowsOff(got.Input, want); !(off <= 0.02) || off == 0 {
		t.Errorf("%.1e off", off)
	}
}

// shortOf is a session that has no memory for so many samples at once.
type shortOf struct {
	runner
	most int
	ran  []int
}

func (s *shortOf) Run(ctx context.Context, feeds []tensor.Tensor) ([]tensor.Tensor, error) {
	n := feeds[0].Shape[0]
	if n > s.most {
		return nil, fmt.Errorf("a test: %w", runtime.ErrMemory)
	}
	s.ran = append(s.ran, n)
	return s.runner.Run(ctx, feeds)
}

// A batch for which memory is short is halved: each sample has its own weight
// all the same, and is added once.
func TestSummedOutOfMemory(t *testing.T) {
	s, x, score := small(t, "resnet")
	many, weights := weighted(x, 8)
	want, _ := byHand(t, s, many, score, weights)
	wide, err := s.many(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	input := wide.m.prepared.Input
	p, err := grad.Build(wide.m.prepared.Model, wide.m.prepared.Facts, grad.Query{Score: score.Value, Wants: []string{input}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := grad.Summed(p.Model, input)
	if err != nil {
		t.Fatal(err)
	}
	r, err := wide.build(m, []string{input, grad.SeedName}, []string{score.Value, grad.SumName(input)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	wide.setBatch(7)
	short := &shortOf{runner: r, most: 3}
	var g gathered
	q := method.GradientQuery{Input: true, Weights: weights}
	if err := wide.gradients(t.Context(), short, "k", false, many, score, q, nil, &g); err != nil {
		t.Fatal(err)
	}
	got, err := g.answer(&wide.m.tokens, score, q)
	if off := rowsOff(got.Input, want); err != nil || !(off <= 1e-5) || len(got.Scores) != 8 {
		t.Errorf("%.1e off, %d scores, %v", off, len(got.Scores), err)
	}
	if fmt.Sprint(short.ran) != "[1 3 3 1]" {
		t.Errorf("ran %v", short.ran)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Gradient(ctx, many, score, q); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, bad := range []method.GradientQuery{
		{Input: true, Weights: weights[:3]},
		{Input: true, Layers: []string{s.m.info.Layers[s.m.info.Natural].Value}, Weights: weights},
		{Layers: []string{s.m.info.Layers[s.m.info.Natural].Value}, Weights: weights},
	} {
		if _, err := s.Gradient(t.Context(), many, score, bad); err == nil {
			t.Errorf("weights for %+v pass", bad)
		}
	}
	if _, err := grad.Summed(p.Model, "no such value"); err == nil {
		t.Error("the sum of a gradient that is not there passes")
	}
}
