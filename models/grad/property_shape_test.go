package grad_test

import (
	"math/rand/v2"
	"slices"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func anyShape(r *rand.Rand, lo, hi int) []int {
	shape := make([]int, between(r, lo, hi))
	for i := range shape {
		shape[i] = between(r, 1, 5)
	}
	return shape
}

// anyAxis is an axis, negative half of the time.
func anyAxis(r *rand.Rand, rank int) int64 {
	a := r.IntN(rank)
	if r.IntN(2) == 0 {
		a -= rank
	}
	return int64(a)
}

// someAxes are distinct axes of the first rank in any order.
func someAxes(r *rand.Rand, rank int) []int64 {
	list := r.Perm(rank)[:between(r, 1, rank)]
	return int64s(len(list), func(i int) int {
		if r.IntN(2) == 0 {
			return list[i] - rank
		}
		return list[i]
	})
}

func intScalar(name string, v int64) *onnx.Tensor {
	t := onnx.NewInts(name, v)
	t.Dims = nil
	return t
}

// indices are places along an axis of the given size, negative ones too.
func indices(r *rand.Rand, name string, dims []int64, size int) *onnx.Tensor {
	n := 1
	for _, d := range dims {
		n *= int(d)
	}
	t := onnx.NewInts(name, int64s(n, func(int) int { return r.IntN(2*size) - size })...)
	t.Dims = dims
	return t
}

func init() {
	ints := onnx.NewInts
	properties["Transpose"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 5)
		a := grad.A{"perm": onnx.Ints(int64s(len(shape), func(int) int { return 0 })...)}
		for i, p := range r.Perm(len(shape)) {
			a["perm"].Ints[i] = int64(p)
		}
		if r.IntN(4) == 0 {
			a = nil
		}
		return vjpCase{node: node("Transpose", a, "x"), inputs: x(shape...)}
	}
	properties["Reshape"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 2, 4)
		to := slices.Concat(dims64(shape[:1]), []int64{-1}, dims64(shape[2:]))
		switch r.IntN(3) {
		case 0:
			to = []int64{0, -1}
		case 1:
			to = append([]int64{-1}, dims64(shape[1:])...)
			r.Shuffle(len(to), func(i, j int) { to[i], to[j] = to[j], to[i] })
		}
		return vjpCase{node: node("Reshape", nil, "x", "s"), inputs: x(shape...), consts: []*onnx.Tensor{ints("s", to...)}}
	}
	properties["Flatten"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		return vjpCase{node: node("Flatten", grad.A{"axis": onnx.Int(int64(r.IntN(2*len(shape)+1) - len(shape)))}, "x"), inputs: x(shape...)}
	}
	properties["Squeeze"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 2, 5)
		axes := someAxes(r, len(shape))[:1]
		at := axes[0]
		if at < 0 {
			at += int64(len(shape))
		}
		shape[at] = 1
		return vjpCase{node: node("Squeeze", nil, "x", "a"), inputs: x(shape...), consts: []*onnx.Tensor{ints("a", axes...)}}
	}
	properties["Unsqueeze"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 3)
		return vjpCase{node: node("Unsqueeze", nil, "x", "a"), inputs: x(shape...), consts: []*onnx.Tensor{ints("a", someAxes(r, len(shape)+1)[:1]...)}}
	}
	properties["Expand"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		to := int64s(between(r, 1, len(shape)+1), func(int) int { return between(r, 1, 4) })
		return vjpCase{node: node("Expand", nil, "x", "s"), inputs: x(shape...), consts: []*onnx.Tensor{ints("s", to...)}}
	}
	properties["Tile"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		return vjpCase{node: node("Tile", nil, "x", "n"), inputs: x(shape...), consts: []*onnx.Tensor{ints("n", int64s(len(shape), func(int) int { return between(r, 1, 3) })...)}}
	}
	properties["Concat"] = func(r *rand.Rand) vjpCase {
		a := anyShape(r, 2, 4)
		b := slices.Clone(a)
		at := anyAxis(r, len(a))
		b[(int(at)+len(a))%len(a)] = between(r, 1, 4)
		return vjpCase{node: node("Concat", grad.A{"axis": onnx.Int(at)}, "a", "b", "a"), inputs: two(a, b)}
	}
	properties["Split"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		at, parts := anyAxis(r, len(shape)), between(r, 1, 3)
		axis := (int(at) + len(shape)) % len(shape)
		sizes := int64s(parts, func(int) int { return between(r, 1, 3) })
		shape[axis] = 0
		for _, s := range sizes {
			shape[axis] += int(s)
		}
		c := vjpCase{opset: pick(r, int64(17), 18), node: node("Split", grad.A{"axis": onnx.Int(at)}, "x", "sizes"), inputs: x(shape...), consts: []*onnx.Tensor{ints("sizes", sizes...)}}
		c.node.Out = []string{"y", "z", "v"}[:parts]
		if c.opset == 18 && r.IntN(2) == 0 {
			// Parts of one size, the last smaller.
			c.node.In, c.consts, c.node.Attrs["num_outputs"] = c.node.In[:1], nil, onnx.Int(int64(parts))
		}
		r.Shuffle(parts, func(i, j int) { c.node.Out[i], c.node.Out[j] = c.node.Out[j], c.node.Out[i] })
		return c
	}
	properties["Slice"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		axes := someAxes(r, len(shape))
		bound := func(int) int { return r.IntN(15) - 7 }
		steps := int64s(len(axes), func(int) int { return pick(r, 1, 1, 2, 3, -1, -2) })
		in := []string{"x", "starts", "ends", "axes", "steps"}
		c := vjpCase{inputs: x(shape...), consts: []*onnx.Tensor{ints("starts", int64s(len(axes), bound)...), ints("ends", int64s(len(axes), bound)...), ints("axes", axes...), ints("steps", steps...)}}
		c.node = node("Slice", nil, in[:3+r.IntN(3)]...)
		return c
	}
	properties["Pad"] = func(r *rand.Rand) vjpCase {
		shape, opset := anyShape(r, 1, 4), pick(r, int64(17), 18, 19, 21)
		mode := pick(r, "constant", "constant", "reflect", "edge")
		if opset >= 19 {
			mode = pick(r, "constant", "reflect", "edge", "wrap")
		}
		axes := dims64(r.Perm(len(shape)))
		slices.Sort(axes)
		in := []string{"x", "p"}
		c := vjpCase{opset: opset, inputs: x(shape...)}
		if opset >= 18 && r.IntN(2) == 0 {
			axes = someAxes(r, len(shape))
			in = []string{"x", "p", "", "axes"}
			c.consts = append(c.consts, ints("axes", axes...))
		}
		low := 0
		if mode == "constant" {
			low = -1
		}
		c.consts = append(c.consts, ints("p", int64s(2*len(axes), func(i int) int {
			size := shape[(int(axes[i%len(axes)])+len(shape))%len(shape)]
			if mode == "reflect" || mode == "wrap" {
				return between(r, 0, size-1)
			}
			return between(r, low, 3)
		})...))
		c.node = node("Pad", grad.A{"mode": onnx.Str(mode)}, in...)
		return c
	}
	properties["Gather"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		at := anyAxis(r, len(shape))
		dims := dims64(anyShape(r, 0, 2))
		i := indices(r, "i", dims, shape[(int(at)+len(shape))%len(shape)])
		return vjpCase{node: node("Gather", grad.A{"axis": onnx.Int(at)}, "x", "i"), inputs: x(shape...), consts: []*onnx.Tensor{i}}
	}
	properties["GatherElements"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		at := anyAxis(r, len(shape))
		axis := (int(at) + len(shape)) % len(shape)
		dims := int64s(len(shape), func(i int) int { return between(r, 1, shape[i]) })
		return vjpCase{node: node("GatherElements", grad.A{"axis": onnx.Int(at)}, "x", "i"), inputs: x(shape...), consts: []*onnx.Tensor{indices(r, "i", dims, shape[axis])}}
	}
	properties["GatherND"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 2, 4)
		batch := r.IntN(2)
		k := between(r, 1, len(shape)-batch)
		dims := append(append(dims64(shape[:batch]), dims64(anyShape(r, 0, 2))...), int64(k))
		least := slices.Min(shape[batch : batch+k])
		return vjpCase{node: node("GatherND", grad.A{"batch_dims": onnx.Int(int64(batch))}, "x", "i"), inputs: x(shape...), consts: []*onnx.Tensor{indices(r, "i", dims, least)}}
	}
	// Each place at most once unless values are added: what else happens is undefined.
	properties["ScatterElements"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 3)
		at := anyAxis(r, len(shape))
		axis := (int(at) + len(shape)) % len(shape)
		dims := slices.Clone(shape)
		dims[axis] = between(r, 1, shape[axis])
		perm := r.Perm(shape[axis])
		inner := 1
		for _, d := range dims[axis+1:] {
			inner *= d
		}
		total := product(dims)
		i := ints("i", int64s(total, func(k int) int { return perm[k/inner%dims[axis]] })...)
		i.Dims = dims64(dims)
		how := pick(r, "none", "add", "mul", "max", "min")
		draw := distinct()
		return vjpCase{opset: 18, node: node("ScatterElements", grad.A{"axis": onnx.Int(at), "reduction": onnx.Str(how)}, "a", "i", "u"), inputs: []input{{"a", shape, draw}, {"u", dims, draw}}, consts: []*onnx.Tensor{i}}
	}
	properties["ScatterND"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 3)
		count := between(r, 1, shape[0])
		perm := r.Perm(shape[0])
		i := ints("i", int64s(count, func(k int) int { return perm[k] })...)
		i.Dims = []int64{int64(count), 1}
		how := pick(r, "none", "add", "mul", "max", "min")
		draw := distinct()
		return vjpCase{opset: 18, node: node("ScatterND", grad.A{"reduction": onnx.Str(how)}, "a", "i", "u"), inputs: []input{{"a", shape, draw}, {"u", append([]int{count}, shape[1:]...), draw}}, consts: []*onnx.Tensor{i}}
	}
	properties["Trilu"] = func(r *rand.Rand) vjpCase {
		return vjpCase{node: node("Trilu", grad.A{"upper": onnx.Int(int64(r.IntN(2)))}, "x", "k"), inputs: x(anyShape(r, 2, 4)...), consts: []*onnx.Tensor{intScalar("k", int64(r.IntN(7)-3))}}
	}
	properties["TopK"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		at := anyAxis(r, len(shape))
		n := node("TopK", grad.A{"axis": onnx.Int(at), "largest": onnx.Int(int64(r.IntN(2)))}, "x", "k")
		n.Out = []string{"y", "places"}
		return vjpCase{node: n, inputs: []input{{"x", shape, distinct()}}, consts: []*onnx.Tensor{ints("k", int64(between(r, 1, shape[(int(at)+len(shape))%len(shape)])))}}
	}
	for _, op := range []string{"CumSum", "CumProd"} {
		properties[op] = func(r *rand.Rand) vjpCase {
			shape := anyShape(r, 1, 4)
			a := grad.A{"exclusive": onnx.Int(int64(r.IntN(2))), "reverse": onnx.Int(int64(r.IntN(2)))}
			return vjpCase{opset: 26, node: node(op, a, "x", "a"), inputs: []input{{"x", shape, uniform(0.5, 1.5)}}, consts: []*onnx.Tensor{intScalar("a", anyAxis(r, len(shape)))}}
		}
	}
	properties["Compress"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 2, 4)
		at := int64(between(r, 1, len(shape)-1))
		size := shape[at]
		mask := &onnx.Tensor{Name: "c", Type: onnx.Bool, Dims: []int64{int64(size)}, Raw: make([]byte, size)}
		for i := range mask.Raw {
			mask.Raw[i] = byte(r.IntN(2))
		}
		return vjpCase{node: node("Compress", grad.A{"axis": onnx.Int(at)}, "x", "c"), inputs: x(shape...), consts: []*onnx.Tensor{mask}}
	}
	properties["CenterCropPad"] = func(r *rand.Rand) vjpCase {
		shape := anyShape(r, 1, 4)
		axes := someAxes(r, len(shape))
		return vjpCase{opset: 18, node: node("CenterCropPad", grad.A{"axes": onnx.Ints(axes...)}, "x", "s"), inputs: x(shape...), consts: []*onnx.Tensor{ints("s", int64s(len(axes), func(int) int { return between(r, 1, 7) })...)}}
	}
	properties["ReverseSequence"] = func(r *rand.Rand) vjpCase {
		shape := []int{between(r, 1, 4), between(r, 1, 4), between(r, 1, 3)}
		t := int64(r.IntN(2))
		lengths := int64s(shape[1-t], func(int) int { return between(r, 1, shape[t]) })
		return vjpCase{node: node("ReverseSequence", grad.A{"time_axis": onnx.Int(t), "batch_axis": onnx.Int(1 - t)}, "x", "n"), inputs: x(shape...), consts: []*onnx.Tensor{ints("n", lengths...)}}
	}
}
