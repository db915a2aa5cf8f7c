package grad_test

import (
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// affine is y = M x + b with M [out][in], the slow twin's view of a layer:
// found by running the layer on every unit vector.
type affine struct {
	m [][]float64
	b []float64
}

func affineOf(t *testing.T, p *grad.Prepared, x tensor.Tensor) affine {
	t.Helper()
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	shape := single(p.Facts.Shapes["y"])
	run := compile(t, library(t), prog, []string{"x"}, "y")
	at := func(x tensor.Tensor) []float32 {
		y, _ := run([]tensor.Tensor{x}, tensor.New(shape...))
		return y.Data
	}
	var a affine
	for _, v := range at(tensor.New(x.Shape...)) {
		a.b = append(a.b, float64(v))
		a.m = append(a.m, make([]float64, x.Len()))
	}
	for j := range x.Data {
		unit := tensor.New(x.Shape...)
		unit.Data[j] = 1
		for i, v := range at(unit) {
			a.m[i][j] = float64(v) - a.b[i]
			if math.Abs(a.m[i][j]) < 1e-6 {
				a.m[i][j] = 0
			}
		}
	}
	return a
}

// contribution gives, for output i, what input j adds to the denominator and
// what it is paid, and what the bias adds; the twins below are written from
// the papers, contribution by contribution.
type twin func(a affine, x []float64, i, j int) (part, bias float64)

// relevance sums part/sum(parts) R over the outputs.
func (a affine) relevance(f twin, x, r []float64) []float64 {
	out := make([]float64, len(x))
	for i := range a.m {
		sum := 0.0
		parts := make([]float64, len(x))
		for j := range x {
			part, bias := f(a, x, i, j)
			parts[j] = part
			if j == 0 {
				sum += bias
			}
			sum += part
		}
		sum += math.Copysign(1e-6, sum)
		for j := range x {
			out[j] += parts[j] / sum * r[i]
		}
	}
	return out
}

func (a affine) z(x []float64, i int) float64 {
	z := a.b[i]
	for j, v := range x {
		z += a.m[i][j] * v
	}
	return z
}

var twins = map[string]twin{
	"epsilon": func(a affine, x []float64, i, j int) (float64, float64) { return x[j] * a.m[i][j], a.b[i] },
	"plus": func(a affine, x []float64, i, j int) (float64, float64) {
		return max(x[j]*a.m[i][j], 0), max(a.b[i], 0)
	},
	"minus": func(a affine, x []float64, i, j int) (float64, float64) {
		return min(x[j]*a.m[i][j], 0), min(a.b[i], 0)
	},
	"gamma": func(a affine, x []float64, i, j int) (float64, float64) {
		c, g := x[j]*a.m[i][j], 0.25
		if a.z(x, i) > 0 {
			return c + g*max(c, 0), a.b[i] + g*max(a.b[i], 0)
		}
		return c + g*min(c, 0), a.b[i] + g*min(a.b[i], 0)
	},
	"flat": func(a affine, x []float64, i, j int) (float64, float64) {
		if a.m[i][j] != 0 {
			return 1, 0
		}
		return 0, 0
	},
	"wsquare": func(a affine, x []float64, i, j int) (float64, float64) {
		return a.m[i][j] * a.m[i][j], a.b[i] * a.b[i]
	},
	"box": func(a affine, x []float64, i, j int) (float64, float64) {
		return x[j]*a.m[i][j] - boxLow*max(a.m[i][j], 0) - boxHigh*min(a.m[i][j], 0), 0
	},
}

const boxLow, boxHigh = -3.5, 4.5

func boxed(p map[string]float64) map[string]float64 {
	for _, c := range []string{"0", "1", "2", "3"} {
		p["low"+c], p["high"+c] = boxLow, boxHigh
	}
	return p
}

// Each rule, on each kind of layer, gives what the slow twin gives.
func TestRelevanceRulesOnOneLayer(t *testing.T) {
	ints := onnx.Ints
	layers := map[string]*grad.Prepared{
		"conv": small(t, []int{1, 4, 5, 4}, []*onnx.Node{op("y", "Conv", grad.A{"pads": ints(1, 1, 0, 1), "strides": ints(2, 1), "group": onnx.Int(2)}, "x", "w", "b")},
			floats("w", []int64{6, 2, 3, 3}, 1), floats("b", []int64{6}, 2)),
		"conv, bias apart": small(t, []int{1, 3, 4, 4}, []*onnx.Node{op("h", "Conv", grad.A{"pads": ints(1, 1, 1, 1)}, "x", "w"), op("y", "Add", nil, "b", "h")},
			floats("w", []int64{5, 3, 3, 3}, 1), floats("b", []int64{1, 5, 1, 1}, 2)),
		"transposed conv": small(t, []int{1, 4, 3, 3}, []*onnx.Node{op("y", "ConvTranspose", grad.A{"strides": ints(2, 2), "group": onnx.Int(2)}, "x", "w", "b")},
			floats("w", []int64{4, 2, 2, 2}, 1), floats("b", []int64{4}, 2)),
		"gemm": small(t, []int{1, 7}, []*onnx.Node{op("y", "Gemm", grad.A{"transB": onnx.Int(1)}, "x", "w", "b")},
			floats("w", []int64{5, 7}, 1), floats("b", []int64{5}, 2)),
		"matmul": small(t, []int{1, 3, 6}, []*onnx.Node{op("h", "MatMul", nil, "x", "w"), op("y", "Add", nil, "b", "h")},
			floats("w", []int64{6, 5}, 1), floats("b", []int64{5}, 2)),
		"matmul from the left": small(t, []int{1, 3, 6}, []*onnx.Node{op("h", "MatMul", nil, "w", "x"), op("y", "Add", nil, "h", "b")},
			floats("w", []int64{4, 3}, 1), floats("b", []int64{6}, 2)),
	}
	attn := func(gamma float64) grad.Composite {
		return grad.Composite{ID: "attnlrp", Params: map[string]float64{"gamma": gamma, "convgamma": gamma}}
	}
	rules := map[string]struct {
		composite grad.Composite
		// terms are twins and their weights.
		terms map[string]float64
		// convs: the composite has the rule for convolutions only.
		convs bool
	}{
		"epsilon":  {grad.Composite{ID: "lrp-epsilon"}, map[string]float64{"epsilon": 1}, false},
		"z-plus":   {grad.Composite{ID: "lrp-epsilon-plus"}, map[string]float64{"plus": 1}, true},
		"2-1":      {grad.Composite{ID: "lrp-epsilon-alpha2-beta1"}, map[string]float64{"plus": 2, "minus": -1}, true},
		"gamma":    {attn(0.25), map[string]float64{"gamma": 1}, false},
		"flat":     {grad.Composite{ID: "lrp-epsilon-plus-flat"}, map[string]float64{"flat": 1}, false},
		"w-square": {grad.Composite{ID: "lrp-epsilon-plus-wsquare"}, map[string]float64{"wsquare": 1}, false},
		"z-box":    {grad.Composite{ID: "lrp-epsilon-gamma-box", Params: boxed(map[string]float64{})}, map[string]float64{"box": 1}, false},
	}
	for name, p := range layers {
		shape := p.Facts.Shapes["x"]
		x, u := normal(5, shape...), normal(6, single(p.Facts.Shapes["y"])...)
		a := affineOf(t, p, x)
		for rule, c := range rules {
			conv := p.Model.Graph.Nodes[0].Op == "Conv" || p.Model.Graph.Nodes[0].Op == "ConvTranspose"
			if c.convs && !conv || rule == "z-box" && len(shape) != 4 {
				continue
			}
			got := back(t, p, c.composite, x, u)
			xs, r := widen(x.Data), make([]float64, u.Len())
			for i := range r {
				r[i] = a.z(xs, i) * float64(u.Data[i])
			}
			want := make([]float64, len(xs))
			for id, weight := range c.terms {
				for j, v := range a.relevance(twins[id], xs, r) {
					want[j] += weight * v
				}
			}
			// float32 against float64, where a small denominator makes both large.
			same(t, name+", "+rule, got.Data, want, 2e-4)
		}
	}
}

// same compares with a tolerance relative to the largest value.
func same(t *testing.T, what string, got []float32, want []float64, tol float64) {
	t.Helper()
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= tol*largest) {
			t.Errorf("%s: %d is %g, want %g (largest %g)", what, i, got[i], w, largest)
			return
		}
	}
}
