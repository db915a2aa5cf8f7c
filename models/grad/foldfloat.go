package grad

import (
	"math"
	"slices"

	"seewhy/models/onnx"
)

// foldFloats computes short floats that follow from constants alone: the
// bounds of a Clip that an exporter casts, the scales of a Resize as quotients
// of sizes. foldShapes has made constants of the sizes by then. The arithmetic
// is float32, as the runtime's is.
func foldFloats(p *Prepared) *Prepared {
	g := p.Model.Graph
	found := map[string]*onnx.Tensor{}
	value := func(name string) *onnx.Tensor {
		if t := found[name]; t != nil {
			return t
		}
		return g.Init[name]
	}
	for _, n := range g.Nodes {
		shape, known := p.Facts.Shapes[n.Output(0)]
		if n.Domain != "" || len(n.Out) != 1 || len(n.In) == 0 || p.Facts.Types[n.Out[0]] != onnx.Float32 || !known {
			continue
		}
		if len(shape) > 0 && (slices.Min(shape) < 0 || product(shape) > maxShapeFloats) {
			continue
		}
		in := make([]*onnx.Tensor, len(n.In))
		for i, v := range n.In {
			in[i] = value(v)
		}
		if slices.ContainsFunc(in, func(t *onnx.Tensor) bool { return t == nil || t.Len() > maxShapeFloats }) {
			continue
		}
		v, ok := floatResult(n, in)
		if !ok || len(v) != product(shape) {
			continue
		}
		dims := make([]int64, len(shape))
		for i, d := range shape {
			dims[i] = int64(d)
		}
		found[n.Out[0]] = onnx.NewFloats(n.Out[0], dims, v)
	}
	if len(found) == 0 {
		return p
	}
	out := *p
	out.Model = p.Model.Shallow()
	og := out.Model.Graph
	for name, t := range found {
		og.Init[name] = t
	}
	og.Nodes = slices.DeleteFunc(og.Nodes, func(n *onnx.Node) bool { return found[n.Output(0)] != nil })
	return &out
}

// floatOps are the elementwise functions of one and of two numbers.
var (
	floatUnary = map[string]func(x float64) float64{
		"Sqrt": math.Sqrt, "Exp": math.Exp, "Log": math.Log, "Floor": math.Floor, "Ceil": math.Ceil, "Abs": math.Abs,
		"Neg": func(x float64) float64 { return -x }, "Reciprocal": func(x float64) float64 { return 1 / x },
	}
	floatBinary = map[string]func(x, y float32) float32{
		"Add": func(x, y float32) float32 { return x + y }, "Sub": func(x, y float32) float32 { return x - y },
		"Mul": func(x, y float32) float32 { return x * y }, "Div": func(x, y float32) float32 { return x / y },
		"Pow": func(x, y float32) float32 { return float32(math.Pow(float64(x), float64(y))) },
	}
)

// floatResult is the value of a node of constant inputs; ok is false for ops
// and forms that are left to the runtime.
func floatResult(n *onnx.Node, in []*onnx.Tensor) (v []float32, ok bool) {
	x, err := in[0].Floats()
	if err != nil {
		return nil, false
	}
	switch n.Op {
	case "Cast", "Identity", "Reshape", "Unsqueeze", "Squeeze", "Flatten":
		return x, true
	case "Concat":
		for _, t := range in[1:] {
			more, err := t.Floats()
			if err != nil || len(t.Dims) != 1 {
				return nil, false
			}
			x = append(x, more...)
		}
		return x, len(in[0].Dims) == 1
	}
	if f := floatUnary[n.Op]; f != nil {
		for i := range x {
			x[i] = float32(f(float64(x[i])))
		}
		return x, true
	}
	f := floatBinary[n.Op]
	if f == nil || len(in) != 2 {
		return nil, false
	}
	y, err := in[1].Floats()
	// Of one length, or one of them a single number: other broadcasts are rare here.
	if err != nil || len(x) == 0 || len(y) == 0 || len(x) != len(y) && len(x) != 1 && len(y) != 1 ||
		len(x) == len(y) && len(x) > 1 && !slices.Equal(in[0].Dims, in[1].Dims) {
		return nil, false
	}
	v = make([]float32, max(len(x), len(y)))
	for i := range v {
		v[i] = f(x[i%len(x)], y[i%len(y)])
	}
	return v, true
}
