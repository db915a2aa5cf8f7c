package grad_test

import (
	"math/rand/v2"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// pick is one of the list.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func between(r *rand.Rand, lo, hi int) int { return lo + r.IntN(hi-lo+1) }

func int64s(n int, draw func(i int) int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(draw(i))
	}
	return out
}

// windowAttrs draws a sliding window over rank axes.
func windowAttrs(r *rand.Rand, rank int, dilations bool) grad.A {
	a := grad.A{
		"kernel_shape": onnx.Ints(int64s(rank, func(int) int { return between(r, 1, 4) })...),
		"strides":      onnx.Ints(int64s(rank, func(int) int { return between(r, 1, 3) })...),
	}
	if dilations && r.IntN(2) == 0 {
		a["dilations"] = onnx.Ints(int64s(rank, func(int) int { return between(r, 1, 2) })...)
	}
	switch r.IntN(4) {
	case 0:
		a["auto_pad"] = onnx.Str(pick(r, "SAME_UPPER", "SAME_LOWER", "VALID"))
	case 1:
	default:
		a["pads"] = onnx.Ints(int64s(2*rank, func(i int) int { return r.IntN(int(a["kernel_shape"].Ints[i%rank])) })...)
	}
	if r.IntN(4) == 0 {
		delete(a, "strides")
	}
	return a
}

// ranked draws numbers at a distance of 0.3 or more, in any order, centred: no
// step of a difference makes two change places.
func ranked(r *rand.Rand, shape []int) func(*rand.Rand) float64 {
	order := r.Perm(product(shape))
	return func(*rand.Rand) float64 {
		k := order[0]
		order = append(order[1:], k)
		return 0.3 * (float64(k) - float64(len(order))/2 + 0.25)
	}
}

// computedWeights makes inputs of the constants in a third of the draws.
func computedWeights(r *rand.Rand, c vjpCase) vjpCase {
	if r.IntN(3) > 0 {
		return c
	}
	for _, k := range c.consts {
		shape := make([]int, len(k.Dims))
		for i, d := range k.Dims {
			shape[i] = int(d)
		}
		c.inputs = append(c.inputs, input{name: k.Name, shape: shape})
	}
	c.consts = nil
	return c
}

func spatial(r *rand.Rand, batch, channels, rank, lo, hi int) []int {
	shape := []int{batch, channels}
	for range rank {
		shape = append(shape, between(r, lo, hi))
	}
	return shape
}

func dims64(shape []int) []int64 { return int64s(len(shape), func(i int) int { return shape[i] }) }

func init() {
	properties["Conv"] = func(r *rand.Rand) vjpCase {
		rank := pick(r, 1, 2, 2, 2, 3)
		a := windowAttrs(r, rank, true)
		group := pick(r, 1, 1, 2, 3)
		in, out := group*between(r, 1, 2), group*between(r, 1, 2)
		a["group"] = onnx.Int(int64(group))
		w := floats("w", append([]int64{int64(out), int64(in / group)}, a["kernel_shape"].Ints...), r.Uint64())
		if r.IntN(2) == 0 {
			delete(a, "kernel_shape")
		}
		n := node("Conv", a, "x", "w")
		consts := []*onnx.Tensor{w}
		if r.IntN(2) == 0 {
			n.In, consts = append(n.In, "b"), append(consts, floats("b", []int64{int64(out)}, 1))
		}
		c := vjpCase{node: n, inputs: x(spatial(r, between(r, 1, 3), in, rank, 4, 9)...), consts: consts}
		return computedWeights(r, c)
	}
	properties["ConvTranspose"] = func(r *rand.Rand) vjpCase {
		rank := pick(r, 1, 2, 2, 3)
		a := windowAttrs(r, rank, true)
		group := pick(r, 1, 1, 2)
		in, each := group*between(r, 1, 2), between(r, 1, 2)
		a["group"] = onnx.Int(int64(group))
		if s, ok := a["strides"]; ok && r.IntN(3) == 0 {
			a["output_padding"] = onnx.Ints(int64s(rank, func(i int) int { return r.IntN(int(s.Ints[i])) })...)
		}
		w := floats("w", append([]int64{int64(in), int64(each)}, a["kernel_shape"].Ints...), r.Uint64())
		return computedWeights(r, vjpCase{node: node("ConvTranspose", a, "x", "w"), inputs: x(spatial(r, between(r, 1, 2), in, rank, 2, 5)...), consts: []*onnx.Tensor{w}})
	}
	pools := func(op string) func(r *rand.Rand) vjpCase {
		return func(r *rand.Rand) vjpCase {
			rank := pick(r, 1, 2, 2, 2, 3)
			opset := pick(r, int64(17), 18, 19, 22)
			a := windowAttrs(r, rank, op == "MaxPool" || op == "AveragePool" && opset >= 19 || op == "LpPool" && opset >= 18)
			if op != "LpPool" || opset >= 18 {
				a["ceil_mode"] = onnx.Int(int64(r.IntN(2)))
			}
			// From 2 on, windows may be larger than what they look at.
			in := x(spatial(r, between(r, 1, 2), between(r, 1, 3), rank, pick(r, 2, 4), 8)...)
			switch op {
			case "AveragePool":
				a["count_include_pad"] = onnx.Int(int64(r.IntN(2)))
			case "LpPool":
				a["p"] = onnx.Int(int64(between(r, 1, 3)))
				in[0].draw = away
			case "MaxPool":
				in[0].draw = ranked(r, in[0].shape)
			}
			return vjpCase{opset: opset, node: node(op, a, "x"), inputs: in}
		}
	}
	for _, op := range []string{"MaxPool", "AveragePool", "LpPool"} {
		properties[op] = pools(op)
	}
	for _, op := range []string{"GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"} {
		properties[op] = func(r *rand.Rand) vjpCase {
			in := x(spatial(r, between(r, 1, 3), between(r, 1, 3), between(r, 1, 3), 1, 5)...)
			switch op {
			case "GlobalMaxPool":
				in = x(spatial(r, between(r, 1, 2), between(r, 1, 3), between(r, 1, 3), 1, 3)...) // fewer, so that ranks stay small numbers
				in[0].draw = ranked(r, in[0].shape)
			case "GlobalLpPool":
				in[0].draw = away // there is no float64 kernel, and the norm of large numbers leaves no digits to differences
			}
			return vjpCase{node: node(op, nil, "x"), inputs: in}
		}
	}
	properties["Resize"] = drawResize
	properties["GridSample"] = func(r *rand.Rand) vjpCase {
		rank, opset := 2, pick(r, int64(16), 20)
		mode := pick(r, "bilinear", "nearest", "bicubic")
		if opset == 20 {
			if mode = pick(r, "linear", "nearest", "cubic"); mode != "cubic" {
				rank = pick(r, 2, 3)
			}
		}
		a := grad.A{"mode": onnx.Str(mode), "padding_mode": onnx.Str(pick(r, "zeros", "border", "reflection")), "align_corners": onnx.Int(int64(r.IntN(2)))}
		batch := between(r, 1, 2)
		grid := spatial(r, batch, 1, rank, 2, 4)
		g := placesIn("g", append(append([]int64{int64(batch)}, dims64(grid[2:])...), int64(rank)))
		return vjpCase{opset: opset, node: node("GridSample", a, "x", "g"), inputs: x(spatial(r, batch, between(r, 1, 2), rank, 3, 6)...), consts: []*onnx.Tensor{g}}
	}
	properties["RoiAlign"] = func(r *rand.Rand) vjpCase {
		count := between(r, 1, 4)
		var boxes []float32
		of := make([]int64, count)
		batch := between(r, 1, 3)
		for i := range count {
			x0, y0 := 10*r.Float64()-2, 10*r.Float64()-2
			boxes = append(boxes, float32(x0), float32(y0), float32(x0+8*r.Float64()), float32(y0+8*r.Float64()))
			of[i] = int64(r.IntN(batch))
		}
		a := grad.A{
			"coordinate_transformation_mode": onnx.Str(pick(r, "half_pixel", "output_half_pixel")), "sampling_ratio": onnx.Int(int64(r.IntN(3))),
			"spatial_scale": onnx.Float(float32(0.3 + r.Float64())), "output_height": onnx.Int(int64(between(r, 1, 4))), "output_width": onnx.Int(int64(between(r, 1, 4))),
		}
		return vjpCase{node: node("RoiAlign", a, "x", "boxes", "of"), inputs: x(spatial(r, batch, between(r, 1, 3), 2, 3, 8)...), consts: []*onnx.Tensor{onnx.NewFloats("boxes", []int64{int64(count), 4}, boxes), onnx.NewInts("of", of...)}}
	}
	properties["Col2Im"] = func(r *rand.Rand) vjpCase {
		// The runtime leaves places of other ranks as they come from memory.
		rank := 2
		block := int64s(rank, func(int) int { return between(r, 1, 2) })
		size := int64s(rank, func(int) int { return between(r, 4, 6) })
		a := windowAttrs(r, rank, true)
		delete(a, "kernel_shape")
		delete(a, "auto_pad")
		count, steps := int64(1), int64(1)
		get := func(name string, i int, def int64) int64 {
			if v := a[name].Ints; v != nil {
				return v[i]
			}
			return def
		}
		for i := range rank {
			room := size[i] + get("pads", i, 0) + get("pads", rank+i, 0) - get("dilations", i, 1)*(block[i]-1) - 1
			count, steps = count*block[i], steps*(room/get("strides", i, 1)+1)
		}
		channels := int64(between(r, 1, 3))
		return vjpCase{opset: 18, node: node("Col2Im", a, "x", "size", "block"), inputs: x(between(r, 1, 2), int(channels*count), int(steps)), consts: []*onnx.Tensor{onnx.NewInts("size", size...), onnx.NewInts("block", block...)}}
	}
	properties["LRN"] = func(r *rand.Rand) vjpCase {
		a := grad.A{"size": onnx.Int(int64(between(r, 1, 6))), "alpha": onnx.Float(0.3), "beta": onnx.Float(0.6), "bias": onnx.Float(1.2)}
		return vjpCase{node: node("LRN", a, "x"), inputs: x(spatial(r, between(r, 1, 2), between(r, 1, 7), 2, 1, 4)...)}
	}
	for _, op := range []string{"DepthToSpace", "SpaceToDepth"} {
		properties[op] = func(r *rand.Rand) vjpCase {
			b := between(r, 1, 3)
			a, shape := grad.A{"blocksize": onnx.Int(int64(b))}, []int{between(r, 1, 2), between(r, 1, 3), b * between(r, 1, 3), b * between(r, 1, 3)}
			if op == "DepthToSpace" {
				a["mode"] = onnx.Str(pick(r, "DCR", "CRD"))
				shape[1] *= b * b
			}
			return vjpCase{node: node(op, a, "x"), inputs: x(shape...)}
		}
	}
}

func drawResize(r *rand.Rand) vjpCase {
	opset := pick(r, int64(17), 18, 19)
	mode := pick(r, "nearest", "linear", "cubic")
	a := grad.A{
		"mode":                           onnx.Str(mode),
		"coordinate_transformation_mode": onnx.Str(pick(r, "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric")),
	}
	if opset < 19 && a["coordinate_transformation_mode"].S == "half_pixel_symmetric" {
		delete(a, "coordinate_transformation_mode")
	}
	switch mode {
	case "nearest":
		a["nearest_mode"] = onnx.Str(pick(r, "round_prefer_floor", "round_prefer_ceil", "floor", "ceil"))
	case "cubic":
		a["cubic_coeff_a"] = onnx.Float(pick(r, float32(-0.75), -0.5))
		a["exclude_outside"] = onnx.Int(int64(r.IntN(2)))
	}
	if opset >= 18 && mode != "nearest" && r.IntN(3) == 0 {
		a["antialias"] = onnx.Int(1)
	}
	shape := spatial(r, between(r, 1, 2), between(r, 1, 2), 2, 2, 8)
	scale := func() float32 { return float32(pick(r, 0.3, 0.5, 0.75, 1, 1.3, 1.5, 2, 2.6)) }
	n := node("Resize", a, "x", "", "how")
	how := onnx.NewFloats("how", []int64{4}, []float32{1, 1, scale(), scale()})
	axes := opset >= 18 && r.IntN(2) == 0
	if axes {
		a["axes"] = onnx.Ints(3, 2)
		how = onnx.NewFloats("how", []int64{2}, []float32{scale(), scale()})
	}
	if r.IntN(2) == 0 {
		n.In = []string{"x", "", "", "how"}
		h, w := int64(between(r, 1, 11)), int64(between(r, 1, 11))
		how = onnx.NewInts("how", int64(shape[0]), int64(shape[1]), h, w)
		if axes {
			how = onnx.NewInts("how", w, h)
			a["keep_aspect_ratio_policy"] = onnx.Str(pick(r, "stretch", "not_larger", "not_smaller"))
		}
	}
	return vjpCase{opset: opset, node: n, inputs: x(shape...), consts: []*onnx.Tensor{how}}
}
