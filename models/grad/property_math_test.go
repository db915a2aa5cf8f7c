package grad_test

import (
	"math/rand/v2"
	"slices"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// broadcastable draws two shapes that broadcast.
func broadcastable(r *rand.Rand) (a, b []int) {
	a = anyShape(r, 1, 4)
	b = slices.Clone(a[r.IntN(len(a)):])
	for i := range b {
		if r.IntN(3) == 0 {
			b[i] = 1
		}
	}
	for i := range a {
		if r.IntN(4) == 0 {
			a[i] = 1
		}
	}
	if r.IntN(2) == 0 {
		return b, a
	}
	return a, b
}

func init() {
	for _, op := range []string{"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "PRelu"} {
		properties[op] = func(r *rand.Rand) vjpCase {
			a, b := broadcastable(r)
			draw := away
			switch op {
			case "Div", "Pow":
				draw = positive
			case "Max", "Min":
				draw = distinct()
			case "PRelu":
				// The slope broadcasts to the input, not the other way.
				a = anyShape(r, 1, 4)
				b = slices.Clone(a[r.IntN(len(a)):])
				for i := range b {
					b[i] = pick(r, 1, b[i])
				}
			}
			return vjpCase{node: node(op, nil, "a", "b"), inputs: []input{{"a", a, draw}, {"b", b, draw}}}
		}
	}
	properties["Where"] = func(r *rand.Rand) vjpCase {
		a, b := broadcastable(r)
		c := &onnx.Tensor{Name: "c", Type: onnx.Bool, Dims: dims64(a), Raw: make([]byte, product(a))}
		for i := range c.Raw {
			c.Raw[i] = byte(r.IntN(2))
		}
		return vjpCase{node: node("Where", nil, "c", "a", "b"), inputs: two(a, b), consts: []*onnx.Tensor{c}}
	}
	properties["MatMul"] = func(r *rand.Rand) vjpCase {
		a, b := broadcastable(r)
		m, k, n := between(r, 1, 4), between(r, 1, 4), between(r, 1, 4)
		a, b = append(a, m, k), append(b, k, n)
		switch r.IntN(5) {
		case 0:
			a = []int{k}
		case 1:
			b = []int{k}
		}
		return vjpCase{node: node("MatMul", nil, "a", "b"), inputs: two(a, b)}
	}
	properties["Gemm"] = func(r *rand.Rand) vjpCase {
		m, k, n := between(r, 1, 4), between(r, 1, 4), between(r, 1, 4)
		ta, tb := r.IntN(2), r.IntN(2)
		a, b := []int{m, k}, []int{k, n}
		if ta == 1 {
			slices.Reverse(a)
		}
		if tb == 1 {
			slices.Reverse(b)
		}
		c := pick(r, []int{m, n}, []int{n}, []int{1, n}, []int{m, 1}, []int{1})
		attrs := grad.A{"transA": onnx.Int(int64(ta)), "transB": onnx.Int(int64(tb)), "alpha": onnx.Float(0.7), "beta": onnx.Float(1.3)}
		return vjpCase{node: node("Gemm", attrs, "a", "b", "c"), inputs: append(two(a, b), input{name: "c", shape: c})}
	}
	for _, op := range []string{"ReduceSum", "ReduceMean", "ReduceSumSquare", "ReduceL2", "ReduceL1", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMin", "ReduceProd"} {
		properties[op] = func(r *rand.Rand) vjpCase {
			shape := anyShape(r, 1, 4)
			c := vjpCase{opset: pick(r, int64(17), 18), node: node(op, grad.A{"keepdims": onnx.Int(int64(r.IntN(2)))}, "x")}
			draw := positive
			switch op {
			case "ReduceMax", "ReduceMin":
				draw = distinct()
			case "ReduceProd":
				draw = uniform(0.8, 1.25)
			}
			c.inputs = []input{{"x", shape, draw}}
			axes := someAxes(r, len(shape))
			switch {
			case r.IntN(4) == 0:
				if r.IntN(2) == 0 && (op == "ReduceSum" || c.opset >= 18) {
					c.node.Attrs["noop_with_empty_axes"] = onnx.Int(1)
				}
			case op == "ReduceSum" || c.opset >= 18:
				c.node.In, c.consts = append(c.node.In, "axes"), []*onnx.Tensor{onnx.NewInts("axes", axes...)}
			default:
				c.node.Attrs["axes"] = onnx.Ints(axes...)
			}
			return c
		}
	}
	for _, op := range []string{"Softmax", "LogSoftmax"} {
		properties[op] = func(r *rand.Rand) vjpCase {
			shape := anyShape(r, 1, 4)
			return vjpCase{node: node(op, grad.A{"axis": onnx.Int(anyAxis(r, len(shape)))}, "x"), inputs: x(shape...)}
		}
	}
	properties["LayerNormalization"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		shape[len(shape)-1] += 2
		at := anyAxis(r, len(shape))
		tail := shape[(int(at)+len(shape))%len(shape):]
		n := node("LayerNormalization", grad.A{"axis": onnx.Int(at), "epsilon": onnx.Float(0.01)}, "x", "s", "b")
		return vjpCase{node: n, inputs: []input{{"x", shape, nil}, {"s", tail, nil}, {"b", tail, nil}}}
	}
	properties["RMSNormalization"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		at := anyAxis(r, len(shape))
		tail := shape[(int(at)+len(shape))%len(shape):]
		n := node("RMSNormalization", grad.A{"axis": onnx.Int(at), "epsilon": onnx.Float(0.01)}, "x", "s")
		return vjpCase{opset: 23, node: n, inputs: []input{{"x", shape, nil}, {"s", tail, nil}}}
	}
	properties["InstanceNormalization"] = func(r *rand.Rand) vjpCase {
		shape := spatial(r, between(r, 1, 2), between(r, 1, 3), between(r, 1, 3), 3, 5)
		c := []int64{int64(shape[1])}
		return vjpCase{node: node("InstanceNormalization", grad.A{"epsilon": onnx.Float(0.01)}, "x", "s", "b"), inputs: x(shape...), consts: []*onnx.Tensor{scaling("s", c, r.Uint64()), floats("b", c, 1)}}
	}
	properties["GroupNormalization"] = func(r *rand.Rand) vjpCase {
		groups, per, opset := between(r, 1, 3), between(r, 1, 3), pick(r, int64(18), 21)
		shape := spatial(r, between(r, 1, 2), groups*per, between(r, 1, 2), 2, 4)
		c := []int64{int64(shape[1])}
		if opset < 21 {
			c[0] = int64(groups)
		}
		return vjpCase{opset: opset, node: node("GroupNormalization", grad.A{"epsilon": onnx.Float(0.01), "num_groups": onnx.Int(int64(groups))}, "x", "s", "b"), inputs: x(shape...), consts: []*onnx.Tensor{scaling("s", c, r.Uint64()), floats("b", c, 1)}}
	}
	properties["BatchNormalization"] = func(r *rand.Rand) vjpCase {
		shape := spatial(r, between(r, 1, 2), between(r, 1, 4), r.IntN(4), 1, 4)
		c := []int64{int64(shape[1])}
		v := floats("v", c, r.Uint64())
		f, _ := v.Floats()
		for i := range f {
			f[i] = f[i]*f[i] + 0.5
		}
		return vjpCase{node: node("BatchNormalization", grad.A{"epsilon": onnx.Float(0.01)}, "x", "s", "b", "m", "v"), inputs: x(shape...), consts: []*onnx.Tensor{scaling("s", c, r.Uint64()), floats("b", c, 1), floats("m", c, 2), onnx.NewFloats("v", c, f)}}
	}
	properties["LpNormalization"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		return vjpCase{node: node("LpNormalization", grad.A{"axis": onnx.Int(anyAxis(r, len(shape))), "p": onnx.Int(int64(between(r, 1, 2)))}, "x"), inputs: []input{{"x", shape, away}}}
	}
	properties["Einsum"] = drawEinsum
	properties["Clip"] = func(r *rand.Rand) vjpCase {
		lo := float32(-2 + r.Float64())
		hi := lo + float32(0.5+2*r.Float64())
		in := pick(r, []string{"x", "lo", "hi"}, []string{"x", "", "hi"}, []string{"x", "lo"})
		return vjpCase{node: node("Clip", nil, in...), inputs: []input{{"x", anyShape(r, 1, 4), offKinks(float64(lo), float64(hi))}}, consts: []*onnx.Tensor{scalar("lo", lo), scalar("hi", hi)}}
	}
}

// drawEinsum draws terms over a few letters: repeated, lone and shared ones,
// with an ellipsis at times.
func drawEinsum(r *rand.Rand) vjpCase {
	letters, sizes := []rune("ijkl"), map[rune]int{}
	for _, c := range letters {
		sizes[c] = between(r, 1, 4)
	}
	lead := anyShape(r, 1, 2)
	dots := r.IntN(3) == 0
	var in []input
	equation := ""
	seen := map[rune]bool{}
	for i := range between(r, 1, 3) {
		var term string
		var shape []int
		if dots {
			term, shape = "...", slices.Clone(lead)
		}
		for range between(r, 1, 3) {
			c := letters[r.IntN(len(letters))]
			term, shape, seen[c] = term+string(c), append(shape, sizes[c]), true
		}
		if i > 0 {
			equation += ","
		}
		equation += term
		in = append(in, input{name: string(rune('a' + i)), shape: shape})
	}
	if r.IntN(4) > 0 {
		out := ""
		if dots {
			out = "..."
		}
		for _, c := range letters {
			if seen[c] && r.IntN(2) == 0 {
				out += string(c)
			}
		}
		equation += "->" + out
	}
	var names []string
	for _, i := range in {
		names = append(names, i.name)
	}
	return vjpCase{node: node("Einsum", grad.A{"equation": onnx.Str(equation)}, names...), inputs: in}
}
