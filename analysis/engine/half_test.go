package engine

import (
	"errors"
	"math"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// In float16 scores are right to 1e-2, and gradients about as far off as float32's
// move when each value of the picture changes by a thousandth, float16's
// rounding: activations fall on the other side of their kinks. And it is float16:
// the values are not float32's.
func TestHalfIsNearFloat32(t *testing.T) {
	e := newTestEngine(t, Options{})
	for _, net := range []string{"resnet", "vit"} {
		p := openPeer(t, e, net)
		half := &session{e: p.on.e, m: p.on.m, device: p.on.device, half: true}
		q := method.GradientQuery{Input: true}
		want, err := p.on.Gradient(t.Context(), p.x, p.score, q)
		if err != nil {
			t.Fatal(err)
		}
		got, err := half.Gradient(t.Context(), p.x, p.score, q)
		if err != nil {
			t.Fatal(err)
		}
		score := math.Abs(got.Scores[0]-want.Scores[0]) / math.Abs(want.Scores[0])
		gradient := apart(want.Input.Data, got.Input.Data)
		near := p.x.Clone()
		for i, v := range near.Data {
			near.Data[i] = v * (1 + 1e-3*float32(math.Sin(float64(i))))
		}
		moved, err := p.on.Gradient(t.Context(), near, p.score, q)
		if err != nil {
			t.Fatal(err)
		}
		moves := apart(want.Input.Data, moved.Input.Data)
		t.Logf("%s: score off by %.2g, gradient by %.2g, where a thousandth of the picture moves it by %.2g", net, score, gradient, moves)
		if !(score <= 1e-2) || !(gradient <= 3*moves) || gradient == 0 {
			t.Errorf("%s: score off by %.2g, gradient by %.2g, moved by %.2g", net, score, gradient, moves)
		}
	}
}

// The seed is scaled so that small gradients are not lost, and large ones stay finite.
func TestGradientsAreScaled(t *testing.T) {
	s := &session{half: true}
	seed := tensor.Tensor{Shape: []int{1}, Data: []float32{1}}
	toHalf := func(v float32) float32 { return onnx.HalfToFloat(onnx.FloatToHalf(v)) }
	for _, slope := range []float32{1e-8, 1, 100, 60000, 1e6} {
		score := tensor.Tensor{Shape: []int{1}, Data: []float32{7}}
		out, err := s.scaled(seed, 1, func(seed tensor.Tensor) ([]tensor.Tensor, error) {
			g := tensor.Tensor{Shape: []int{1}, Data: []float32{toHalf(seed.Data[0] * slope)}}
			return []tensor.Tensor{score, g}, nil
		})
		if err != nil {
			t.Fatal(slope, err)
		}
		if got := out[1].Data[0]; math.Abs(float64(got/slope-1)) > 1e-2 || out[0].Data[0] != 7 {
			t.Errorf("a gradient of %g came out as %g beside the score %g", slope, got, out[0].Data[0])
		}
	}
	if _, err := s.scaled(seed, 1, func(tensor.Tensor) ([]tensor.Tensor, error) {
		return []tensor.Tensor{{Shape: []int{1}, Data: []float32{float32(math.NaN())}}}, nil
	}); err == nil {
		t.Error("NaN passes for a gradient")
	}
	gone := errors.New("gone")
	if _, err := s.scaled(seed, 1, func(tensor.Tensor) ([]tensor.Tensor, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}

// What the products take is float16, what leaves the graph and what squares
// numbers is not.
func TestHalfGraph(t *testing.T) {
	e := newTestEngine(t, Options{})
	p := openPeer(t, e, "vit")
	input := p.on.m.prepared.Input
	program, err := grad.Build(p.on.m.prepared.Model, p.on.m.prepared.Facts, grad.Query{Score: p.score.Value, Wants: []string{input}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.ToFloat16(program.Model)
	if err != nil {
		t.Fatal(err)
	}
	made := m.Graph.Producers()
	isHalf := func(name string) bool {
		if c := m.Graph.Init[name]; c != nil {
			return c.Type == onnx.Float16
		}
		n := made[name]
		return n != nil && (n.Op == "Cast" && onnx.Type(n.AttrInt("to", 0)) == onnx.Float16 || n.Op != "Cast" && name == "seewhy.half."+name[min(len(name), len("seewhy.half.")):])
	}
	products := 0
	for _, n := range m.Graph.Nodes {
		switch n.Op {
		case "MatMul", "Gemm", "Conv":
			products++
			for _, in := range n.In {
				if in != "" && !isHalf(in) {
					t.Errorf("%s takes %q, which is not float16", n.Label(), in)
				}
			}
		case "Softmax", "ReduceMean", "ReduceSum", "Erf", "Mul", "Exp":
			for _, in := range n.In {
				if isHalf(in) {
					t.Errorf("%s takes %q in float16", n.Label(), in)
				}
			}
		}
	}
	for _, v := range append(m.Graph.Inputs, m.Graph.Outputs...) {
		if isHalf(v.Name) {
			t.Errorf("%q of the graph is float16", v.Name)
		}
	}
	if products < 20 {
		t.Errorf("%d products", products)
	}
	if _, err := e.lib.NewSession(must(onnx.Marshal(m)), []string{input, grad.SeedName}, []string{p.score.Value, grad.GradientName(input)}, runtime.Options{}); err != nil {
		t.Error(err)
	}
}
