package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/fuse"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// Random graphs of what can be fused, with shapes that broadcast, give what the
// library gives without, be they fused as they are or once it optimised them.
func TestFusedGraphs(t *testing.T) {
	for seed := range uint64(100) {
		m, feeds := randomGraph(rand.New(rand.NewPCG(seed, 5)))
		f, _, err := fuse.Fuse(m, 16)
		if err != nil {
			t.Fatal(err)
		}
		want := resultsOf(t, seed, m, feeds, Options{Device: CPU, DisableOptimization: true})
		closeTo(t, seed, resultsOf(t, seed, f, feeds, Options{Device: CPU, optimised: true}), want)
		closeTo(t, seed, resultsOf(t, seed, m, feeds, Options{Device: CPU}), want)
	}
}

// So do random convolutional networks, in the blocked layout of channels.
func TestFusedNetworks(t *testing.T) {
	for seed := range uint64(60) {
		m, feeds := randomNetwork(rand.New(rand.NewPCG(seed, 6)))
		want := resultsOf(t, seed, m, feeds, Options{Device: CPU, DisableOptimization: true})
		closeTo(t, seed, resultsOf(t, seed, m, feeds, Options{Device: CPU}), want)
	}
}

func resultsOf(t *testing.T, seed uint64, m *onnx.Model, feeds []tensor.Tensor, o Options) []tensor.Tensor {
	t.Helper()
	out, err := runModel(t, m, feeds, o)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return out
}

func closeTo(t *testing.T, seed uint64, got, want []tensor.Tensor) {
	t.Helper()
	for i, w := range want {
		if !slices.Equal(got[i].Shape, w.Shape) {
			t.Fatalf("seed %d: shape %v, want %v", seed, got[i].Shape, w.Shape)
		}
		for k, v := range w.Data {
			// Values stay around 1; their roundings add up over twenty nodes.
			if d := math.Abs(float64(got[i].Data[k] - v)); !(d <= 2e-5*(1+math.Abs(float64(v)))) {
				t.Fatalf("seed %d: output %d at %d is %v, want %v", seed, i, k, got[i].Data[k], v)
			}
		}
	}
}

// randomNetwork draws convolutions and pools with what may be fused between them,
// on maps of two sizes that gates of one place go for.
func randomNetwork(r *rand.Rand) (*onnx.Model, []tensor.Tensor) {
	const channels = 16
	h, w := 3+r.IntN(9), 3+r.IntN(9)
	feeds := []tensor.Tensor{tensor.New(1, channels, h, w)}
	for k := range feeds[0].Data {
		feeds[0].Data[k] = float32(r.NormFloat64())
	}
	m := kernelModel(nil, feeds)
	delete(m.Opsets, fuse.Domain)
	m.Graph.Inputs[0].Shape = onnx.Fixed(feeds[0].Shape...)
	m.Graph.Init = map[string]*onnx.Tensor{"half": onnx.NewFloats("half", nil, []float32{0.5})}
	weights := func(name string, dims ...int64) string {
		size := int64(1)
		for _, d := range dims {
			size *= d
		}
		v := make([]float32, size)
		for i := range v {
			v[i] = float32(r.NormFloat64() / math.Sqrt(float64(size/channels)))
		}
		if dims[1] == 1 && r.IntN(2) == 0 {
			// A single number, as gradients in the layout have it.
			v = slices.Repeat(v[:1], len(v))
		}
		m.Graph.Init[name] = onnx.NewFloats(name, dims, v)
		return name
	}
	type known struct {
		name string
		h, w int
	}
	values := []known{{"x0", h, w}}
	for i := range 10 + r.IntN(15) {
		a, b := values[r.IntN(len(values))], values[r.IntN(len(values))]
		v := known{fmt.Sprint("v", i), a.h, a.w}
		n := op(v.name, "", map[string]onnx.Attr{}, a.name)
		switch k := r.IntN(12); {
		case k < 3 && (a.h == b.h && a.w == b.w || b.h == 1 && b.w == 1):
			n.Op, n.In = []string{"Add", "Sub", "Mul"}[r.IntN(3)], []string{a.name, b.name}
		case k < 6:
			n.Op = []string{"Sigmoid", "Tanh", "Relu", "HardSigmoid", "LeakyRelu", "Neg", "HardSwish"}[r.IntN(7)]
		case k < 7:
			n.Op, n.In = "Mul", []string{a.name, "half"}
		case k < 8:
			n.Op, n.In = "Conv", append(n.In, weights(v.name+"/w", channels, 1, 1, 1))
			n.Attrs["group"] = onnx.Int(channels)
		case k < 9:
			n.Op, v.h, v.w = "GlobalAveragePool", 1, 1
		case k < 10 && a.h > 2 && a.w > 2:
			n.Op, v.h, v.w = "MaxPool", (a.h-1)/2+1, (a.w-1)/2+1
			n.Attrs["kernel_shape"], n.Attrs["strides"], n.Attrs["pads"] = onnx.Ints(3, 3), onnx.Ints(2, 2), onnx.Ints(1, 1, 1, 1)
		default:
			n.Op, n.In = "Conv", append(n.In, weights(v.name+"/w", channels, channels, 3, 3))
			n.Attrs["pads"] = onnx.Ints(1, 1, 1, 1)
		}
		m.Graph.Nodes = append(m.Graph.Nodes, n)
		values = append(values, v)
	}
	for i, v := range values[1:] {
		if r.IntN(4) == 0 || i == len(values)-2 {
			m.Graph.Outputs = append(m.Graph.Outputs, onnx.Value{Name: v.name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, channels, v.h, v.w)})
		}
	}
	return m, feeds
}

// lengths are those of last axes: shorter, as long and longer than vectors and
// tiles are, and than what a thread is given.
var lengths = []int{1, 2, 7, 8, 15, 16, 17, 33, 70, 1023, 1025}

// randomGraph draws a graph of elementwise nodes and reductions with a few that
// no group takes between them. Inputs may be of shapes that do not fit each other.
func randomGraph(r *rand.Rand) (*onnx.Model, []tensor.Tensor) {
	long := lengths[r.IntN(len(lengths))]
	sizes := [][]int{{1 + r.IntN(3), 1 + r.IntN(4), long}, {1 + r.IntN(3), 2, lengths[r.IntN(9)]}}
	if r.IntN(4) == 0 {
		// Rows for more than one thread, which end around a border between them.
		sizes[0] = []int{1<<14/long + r.IntN(3), 1 + r.IntN(2), long}
	}
	var feeds []tensor.Tensor
	type known struct {
		name  string
		shape []int
	}
	var values []known
	for i := range 4 {
		shape := slices.Clone(sizes[i%2])[r.IntN(3):]
		for k := range shape {
			if r.IntN(4) == 0 {
				shape[k] = 1
			}
		}
		if i == 0 {
			shape = slices.Clone(sizes[0])
		}
		x := tensor.New(shape...)
		for k := range x.Data {
			x.Data[k] = float32(r.Float64()*1.8 - 0.9)
		}
		feeds, values = append(feeds, x), append(values, known{fmt.Sprint("x", i), shape})
	}
	m := kernelModel(nil, feeds)
	for i := range m.Graph.Inputs {
		m.Graph.Inputs[i].Shape = onnx.Fixed(feeds[i].Shape...)
	}
	half := onnx.NewFloats("half", nil, []float32{0.5})
	m.Graph.Init = map[string]*onnx.Tensor{"half": half}
	add := func(n *onnx.Node) { m.Graph.Nodes = append(m.Graph.Nodes, n) }
	for i := range 8 + r.IntN(14) {
		name := fmt.Sprint("v", i)
		a, b := values[r.IntN(len(values))], values[r.IntN(len(values))]
		both, fit := broadcast(a.shape, b.shape)
		n := op(name, "", map[string]onnx.Attr{}, a.name)
		shape := slices.Clone(a.shape)
		switch k := r.IntN(13); {
		case k < 4 && fit:
			n.Op, n.In, shape = []string{"Add", "Sub", "Mul"}[r.IntN(3)], []string{a.name, b.name}, both
		case k < 6:
			n.Op, n.In = []string{"Add", "Mul", "Sub"}[r.IntN(3)], []string{"half", a.name}
		case k < 9:
			n.Op = []string{"Sigmoid", "Tanh", "Erf", "Relu", "HardSigmoid", "Neg", "Abs"}[r.IntN(7)]
		case k < 11:
			n.Op = "ReduceMean"
			n.Attrs["axes"] = onnx.Ints(-1)
			shape[len(shape)-1] = 1
		case k < 12 && fit:
			// A value that is no float32, which no group takes.
			add(op(name+"/no", "Greater", nil, a.name, a.name))
			n.Op, n.In, shape = "Where", []string{name + "/no", b.name, a.name}, both
		default:
			// No group takes it, and it is as smooth as the others.
			n.Op = "Sin"
		}
		add(n)
		values = append(values, known{name, shape})
	}
	for i, v := range values[len(feeds):] {
		if r.IntN(4) == 0 || i == len(values)-len(feeds)-1 {
			m.Graph.Outputs = append(m.Graph.Outputs, onnx.Value{Name: v.name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(v.shape...)})
		}
	}
	return m, feeds
}

// broadcast is the shape that two have together, where they fit each other.
func broadcast(a, b []int) (both []int, fit bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	both = slices.Clone(a)
	for i, d := range b {
		at := len(a) - len(b) + i
		if both[at] != d && both[at] != 1 && d != 1 {
			return nil, false
		}
		both[at] = max(both[at], d)
	}
	return both, true
}
