package runtime

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"seewhy/models/fuse"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// A file that holds nodes of our own is refused, as one with any unknown node
// is; functions of such names are the file's own, and run as it says.
func TestNodesOfOurOwnInFiles(t *testing.T) {
	feeds := drawn([]int{2, 7}, []int{2, 7})
	m := kernelModel([]*onnx.Node{fused(2, []int64{int64(fuse.Add), 0, 1, 0}, []float32{0, 0}, 0)}, feeds, 2)
	if out, err := runModel(t, m, feeds, Options{Device: CPU}); err == nil {
		t.Errorf("a file's own Fused gives %v", out)
	}
	m = kernelModel([]*onnx.Node{{Op: "Fused", Domain: fuse.Domain, In: []string{"x0", "x1"}, Out: []string{"s"}}, op("y0", "Sigmoid", nil, "s")}, feeds, 2)
	m.Functions = []*onnx.Function{{
		Domain: fuse.Domain, Name: "Fused", Inputs: []string{"a", "b"}, Outputs: []string{"c"}, Opsets: map[string]int64{"": 17},
		Nodes: []*onnx.Node{op("c", "Sub", nil, "a", "b")},
	}}
	out, err := runModel(t, m, feeds, Options{Device: CPU})
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range feeds[0].Data {
		if want := float32(1 / (1 + math.Exp(float64(feeds[1].Data[i]-a)))); !near(out[0].Data[i], want, 1e-6) {
			t.Fatalf("at %d the function gives %v, want %v", i, out[0].Data[i], want)
		}
	}
}

// forged has stand-ins for a pool's gradient and for phases between the inputs,
// as a file may hold them, with code for the pool.
func forged(feeds []tensor.Tensor, p fuse.Pool, size []int) *onnx.Model {
	m := kernelModel(nil, feeds, 4, 4)
	m.Graph.Init = map[string]*onnx.Tensor{}
	delete(m.Opsets, fuse.Domain)
	e := fuse.Emit{
		Constant: func(c *onnx.Tensor) string {
			c.Name = fmt.Sprint("c", len(m.Graph.Init))
			m.Graph.Init[c.Name] = c
			return c.Name
		},
		Node: func(kind string, attrs map[string]onnx.Attr, in ...string) string {
			n := op(fmt.Sprint("n", len(m.Graph.Nodes)), kind, attrs, in...)
			m.Graph.Nodes = append(m.Graph.Nodes, n)
			return n.Name
		},
	}
	x, g := feeds[0].Shape, feeds[1].Shape
	dx := fuse.PoolGrad(p, x[1], x[2:], g[2:], "x0", "x1", e)
	m.Graph.Nodes = append(m.Graph.Nodes, op("y0", "Identity", nil, dx))
	if v, ok := fuse.Weave([]string{"x0", "", "x0", "x0"}, []int64{2, 2}, x[1], x[2:], size, 1, e); ok {
		m.Graph.Nodes = append(m.Graph.Nodes, op("y1", "Identity", nil, v))
	} else {
		m.Graph.Outputs = m.Graph.Outputs[:1]
	}
	return m
}

// Stand-ins in a file become kernels, which refuse what does not fit.
func TestForgedStandIns(t *testing.T) {
	fits := fuse.Pool{Kernel: [2]int64{2, 2}, Stride: [2]int64{2, 2}}
	feeds := drawn([]int{1, 16, 6, 6}, []int{1, 16, 3, 3})
	out, err := runModel(t, forged(feeds, fits, []int{12, 11}), feeds, Options{Device: CPU})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out[1].Shape, []int{1, 16, 12, 11}) {
		t.Errorf("the phases have the shape %v", out[1].Shape)
	}
	for _, p := range []fuse.Pool{
		{Kernel: [2]int64{2, 2}, Stride: [2]int64{4, 2}},
		{Kernel: [2]int64{1 << 15, 1 << 15}, Stride: [2]int64{1 << 15, 1}, Pad: [2]int64{0, 1}},
	} {
		if out, err := runModel(t, forged(feeds, p, []int{12, 11}), feeds, Options{Device: CPU}); err == nil {
			t.Errorf("%+v gives %v", p, out[0].Shape)
		}
	}
	// Channels that no layout holds, and sizes that are not those of the phases.
	odd := drawn([]int{1, 9, 6, 6}, []int{1, 9, 3, 3})
	if _, err := runModel(t, forged(odd, fits, []int{12, 11}), odd, Options{Device: CPU}); err != nil {
		t.Error(err)
	}
	larger := drawn([]int{1, 16, 7, 6}, []int{1, 16, 3, 3})
	if out, err := runModel(t, forged(feeds, fits, []int{12, 11}), larger, Options{Device: CPU}); err == nil {
		t.Errorf("phases of another size give %v", out[1].Shape)
	}
}

// Values that no step reads or that never meet, and numbers beyond memory, leave no
// output unwritten and take no longer than they are.
func TestFusedBeyondMemory(t *testing.T) {
	const side = 1 << 22
	three, one, column, row := tensor.New(3), tensor.New(1), tensor.New(side, 1), tensor.New(1, side)
	three.Data[2], column.Data[side-1] = 1, -1
	relu, abs := int64(fuse.Relu), int64(fuse.Abs)
	run := func(first tensor.Tensor, steps []int64, outputs ...int64) ([]tensor.Tensor, error) {
		feeds := []tensor.Tensor{first, column, row}
		return runKernels(t, kernelModel([]*onnx.Node{fused(3, steps, make([]float32, len(steps)/2), outputs...)}, feeds, []int{1, 2}[:len(outputs)]...), feeds)
	}
	for _, first := range []tensor.Tensor{three, one} {
		out, err := run(first, []int64{relu, 0, 0, 0, abs, 1, 1, 0, abs, 2, 2, 1}, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(out[0].Data, first.Data) || !slices.Equal(out[1].Shape, column.Shape) || out[1].Data[0] != 0 || out[1].Data[side-1] != 1 {
			t.Errorf("with %v the column ends with %v", first.Shape, out[1].Data[side-1])
		}
	}
	// 2^44 numbers within, 2^22 at the end.
	if _, err := run(three, []int64{relu, 0, 0, 0, int64(fuse.Add), 1, 2, 0, int64(fuse.Sum), 33, 33, 1}, 0, 2); !errors.Is(err, ErrMemory) {
		t.Errorf("a plane of such sides: %v", err)
	}
}

// fuzzedInts has most bytes be small numbers, and some the large ones.
func fuzzedInts(bytes []byte) []int64 {
	out := make([]int64, len(bytes))
	for i, b := range bytes {
		switch v := int64(int8(b)); v {
		case 127:
			out[i] = math.MaxInt64
		case 126:
			out[i] = 1 << 40
		case 125:
			out[i] = 1 << 15
		case -128:
			out[i] = math.MinInt64
		default:
			out[i] = v
		}
	}
	return out
}

// fuzzedShapes reads a number of axes and their lengths, again and again. Axes
// that would make a tensor large have the length 1.
func fuzzedShapes(bytes []byte) (shapes [][]int) {
	for len(bytes) > 0 && len(shapes) < 40 {
		rank := min(int(bytes[0]%10), len(bytes)-1)
		shape, all := make([]int, rank), 1
		for k := range shape {
			shape[k] = 1
			if d := int(bytes[1+k]); d > 0 && all*d <= 1<<13 {
				shape[k] = d
				all *= d
			}
		}
		shapes, bytes = append(shapes, shape), bytes[1+rank:]
	}
	return shapes
}

// FuzzKernels runs nodes of our own with whatever attributes and shapes: it is
// their kernels that see to it that no memory is touched that is not theirs. With
// -asan the compiler looks, too; sessions that keep no arena let it see every
// tensor's end.
func FuzzKernels(f *testing.F) {
	shapes := []byte{3, 2, 3, 17, 1, 17, 2, 3, 1}
	f.Add(uint8(0), uint8(3), []byte{0, 0, 1, 0, 17, 32, 32, 1, 2, 33, 2, 2}, make([]byte, 6), []byte{0, 2}, shapes)
	f.Add(uint8(0), uint8(1), []byte{9, 0, 0, 0, 2, 0, 32, 1}, make([]byte, 4), []byte{1}, []byte{4, 1, 16, 5, 5})
	f.Add(uint8(0), uint8(3), []byte{9, 0, 0, 0, 2, 32, 1, 1, 2, 32, 2, 2}, make([]byte, 6), []byte{1, 2}, []byte{2, 3, 1, 2, 3, 17, 2, 3, 40})
	f.Add(uint8(1), uint8(16), []byte{3, 3}, []byte{2, 2}, []byte{1, 0}, []byte{4, 1, 16, 5, 5, 4, 1, 16, 3, 2})
	f.Add(uint8(2), uint8(8), []byte{2, 2}, []byte{10, 9}, []byte{0, 3}, []byte{4, 1, 8, 5, 5, 4, 1, 8, 5, 5})
	f.Fuzz(func(t *testing.T, kind, one uint8, a, b, c, shapes []byte) {
		list := fuzzedShapes(shapes)
		if len(list) == 0 || len(c) > 20 || len(a) > 600 || len(b) > 300 {
			return
		}
		feeds := drawn(list...)
		n := &onnx.Node{Domain: fuse.Domain, Out: []string{"v0"}}
		ints := func(b []byte) onnx.Attr { return onnx.Ints(fuzzedInts(b)...) }
		switch kind % 3 {
		case 0:
			numbers := make([]float32, len(b))
			for i, v := range fuzzedInts(b) {
				numbers[i] = float32(v) / 4
			}
			n.Op, n.Out = "Fused", nil
			n.Attrs = map[string]onnx.Attr{"steps": ints(a), "numbers": {Kind: onnx.KindFloats, Floats: numbers}, "outputs": ints(c), "inputs": onnx.Int(int64(int8(one)))}
			for i := range c {
				n.Out = append(n.Out, fmt.Sprint("v", i))
			}
		case 1:
			n.Op, n.Attrs = "MaxPoolGrad", map[string]onnx.Attr{"kernel": ints(a), "stride": ints(b), "pad": ints(c), "block": onnx.Int(int64(int8(one)))}
		case 2:
			n.Op, n.Attrs = "Weave", map[string]onnx.Attr{"stride": ints(a), "size": ints(b), "place": ints(c), "block": onnx.Int(int64(int8(one)))}
		}
		m := kernelModel([]*onnx.Node{n}, feeds)
		m.Graph.Init = map[string]*onnx.Tensor{"flat": onnx.NewInts("flat", -1)}
		for i := range feeds {
			n.In = append(n.In, fmt.Sprint("x", i))
		}
		for i, v := range n.Out {
			y := fmt.Sprint("y", i)
			m.Graph.Nodes = append(m.Graph.Nodes, op(y, "Reshape", nil, v, "flat"))
			m.Graph.Outputs = append(m.Graph.Outputs, onnx.Value{Name: y, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1)})
		}
		if len(n.Out) > 0 {
			// Refused or run, both are well.
			_, _ = runModel(t, m, feeds, Options{Device: CPU, Threads: 1, Frugal: true, optimised: true})
		}
	})
}
