package grad_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// TestMaxPoolFirstOfTies draws geometries of one to three dimensions and
// inputs of few values, so that nearly every window has several maxima, and
// compares the gradient with a plain loop that gives it to the first in
// row-major order. The seeds are small integers: sums are exact, so is the
// comparison.
func TestMaxPoolFirstOfTies(t *testing.T) {
	lib := library(t)
	r := rand.New(rand.NewPCG(11, 12))
	draws := 120
	if testing.Short() {
		draws = 25
	}
	list := []poolDraw{
		// Too long for comparisons written out: the form by indices.
		{in: []int{230}, kernel: []int{100}, stride: []int{30}, dilation: []int{1}, begin: []int{40}, end: []int{0}, auto: "NOTSET"},
		{in: []int{300, 2}, kernel: []int{2, 2}, stride: []int{100, 1}, dilation: []int{1, 1}, begin: []int{0, 1}, end: []int{0, 1}, auto: "NOTSET"},
	}
	for range draws {
		list = append(list, drawPool(r))
	}
	for _, p := range list {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			n := node("MaxPool", p.attrs(), "x")
			m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
				Name: "pool", Nodes: []*onnx.Node{n}, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
				Outputs: []onnx.Value{{Name: "y"}},
				Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(append([]int{-1, p.channels()}, p.in...)...)}},
			}}
			facts, err := grad.InferFacts(m, oracle{lib})
			if err != nil {
				t.Skip("the runtime does not take this geometry:", err)
			}
			prog, err := grad.Build(m, facts, grad.Query{Score: "y", Wants: []string{"x"}, Phases: p.blocked})
			if err != nil && p.gaps() {
				t.Skip("automatic padding of windows with gaps between them is refused:", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			run := compile(t, lib, prog, []string{"x"}, "y")
			x := tensor.New(append([]int{3, p.channels()}, p.in...)...)
			for i := range x.Data {
				x.Data[i] = float32(r.IntN(4)) - 2
			}
			out := slices.Clone(facts.Shapes["y"])
			out[0] = 3
			for i := range p.in {
				if (out[2+i]-1)*p.stride[i]-p.begin[i] >= p.in[i] {
					t.Skip("the runtime's shape inference counts a window that its kernel drops")
				}
			}
			u := tensor.New(out...)
			for i := range u.Data {
				u.Data[i] = float32(r.IntN(9) - 4)
			}
			y, g := run([]tensor.Tensor{x}, u)
			want, top := p.slow(x.Data, u.Data, out[2:])
			if !slices.Equal(y.Data, top) {
				t.Fatal("the twin pools otherwise than the runtime")
			}
			if !slices.Equal(g[0].Data, want) {
				t.Errorf("gradient %v, want %v", g[0].Data, want)
			}
		})
	}
}

// poolDraw is a geometry; pads are those that apply, whatever they came from.
type poolDraw struct {
	in, kernel, stride, dilation, begin, end []int
	auto                                     string
	ceil                                     bool
	// blocked asks for the forms that suit a CPU's blocked layout.
	blocked bool
}

func (p poolDraw) channels() int {
	if p.blocked {
		return 16
	}
	return 2
}

func (p poolDraw) String() string {
	return fmt.Sprintf("in %v kernel %v stride %v dilation %v pads %v %v %s ceil %v blocked %v", p.in, p.kernel, p.stride, p.dilation, p.begin, p.end, p.auto, p.ceil, p.blocked)
}

func drawPool(r *rand.Rand) poolDraw {
	p := poolDraw{auto: []string{"NOTSET", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}[r.IntN(6)]}
	p.ceil = p.auto == "NOTSET" && r.IntN(2) == 0
	p.blocked = r.IntN(2) == 0
	for range 1 + r.IntN(3) {
		k, d := 1+r.IntN(4), 1+r.IntN(2)
		if p.auto == "SAME_UPPER" || p.auto == "SAME_LOWER" {
			d = 1
		}
		span := d*(k-1) + 1
		in, s := span+r.IntN(6), 1+r.IntN(4)
		var begin, end int
		switch p.auto {
		case "NOTSET":
			begin, end = r.IntN(k), r.IntN(k)
		case "SAME_UPPER", "SAME_LOWER":
			out := (in + s - 1) / s
			total := (out-1)*s + span - in
			begin = total / 2
			if p.auto == "SAME_LOWER" {
				begin = (total + 1) / 2
			}
			end = total - begin
		}
		p.in, p.kernel, p.stride, p.dilation = append(p.in, in), append(p.kernel, k), append(p.stride, s), append(p.dilation, d)
		p.begin, p.end = append(p.begin, begin), append(p.end, end)
	}
	return p
}

// gaps says that padding is automatic and a stride is beyond the window.
func (p poolDraw) gaps() bool {
	for i := range p.in {
		if p.auto != "NOTSET" && p.stride[i] > p.kernel[i] {
			return true
		}
	}
	return false
}

func (p poolDraw) attrs() grad.A {
	list := func(v []int) onnx.Attr {
		var out []int64
		for _, x := range v {
			out = append(out, int64(x))
		}
		return onnx.Ints(out...)
	}
	a := grad.A{"kernel_shape": list(p.kernel), "strides": list(p.stride), "dilations": list(p.dilation)}
	if p.auto == "NOTSET" {
		a["pads"] = list(slices.Concat(p.begin, p.end))
	} else {
		a["auto_pad"] = onnx.Str(p.auto)
	}
	if p.ceil {
		a["ceil_mode"] = onnx.Int(1)
	}
	return a
}

// slow pools and scatters plane by plane, window by window.
func (p poolDraw) slow(x, u []float32, out []int) (dx, y []float32) {
	size := func(dims []int) int {
		n := 1
		for _, d := range dims {
			n *= d
		}
		return n
	}
	plane := size(p.in)
	dx = make([]float32, len(x))
	for base := 0; base < len(x); base += plane {
		for o := range size(out) {
			best, at := float32(math.Inf(-1)), -1
			for k := range size(p.kernel) {
				place, inside := 0, true
				ro, rk := o, k
				scale := 1
				for i := len(p.in) - 1; i >= 0; i-- {
					pos := ro%out[i]*p.stride[i] + rk%p.kernel[i]*p.dilation[i] - p.begin[i]
					ro, rk = ro/out[i], rk/p.kernel[i]
					inside = inside && pos >= 0 && pos < p.in[i]
					place += pos * scale
					scale *= p.in[i]
				}
				if inside && x[base+place] > best {
					best, at = x[base+place], base+place
				}
			}
			y = append(y, best)
			dx[at] += u[len(y)-1]
		}
	}
	return dx, y
}
