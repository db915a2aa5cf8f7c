package grad_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	ints := onnx.NewInts
	for _, op := range []string{"ReduceSum", "ReduceMean", "ReduceSumSquare", "ReduceL2", "ReduceL1", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMin", "ReduceProd"} {
		for _, keep := range []int64{0, 1} {
			for _, axes := range [][]int64{{1}, {-1, 0}, nil} {
				if axes == nil && keep == 0 {
					continue // a scalar: the runtime's binding cannot hand it out
				}
				in := []input{{"x", []int{3, 4, 5}, positive}}
				switch op {
				case "ReduceMax", "ReduceMin":
					in[0].draw = distinct()
				case "ReduceProd":
					in[0].draw = uniform(0.8, 1.25)
				}
				n := node(op, grad.A{"keepdims": onnx.Int(keep)}, "x")
				c := vjpCase{name: fmt.Sprintf("axes %v keep %d", axes, keep), node: n, inputs: in}
				switch {
				case axes == nil:
				case op == "ReduceSum":
					n.In = append(n.In, "axes")
					c.consts = []*onnx.Tensor{ints("axes", axes...)}
				default:
					n.Attrs["axes"] = onnx.Ints(axes...)
				}
				addCases(op, c)
			}
		}
	}

	one := func(op string, attrs grad.A, shape []int, consts ...*onnx.Tensor) vjpCase {
		in := []string{"x"}
		for _, c := range consts {
			in = append(in, c.Name)
		}
		return vjpCase{node: node(op, attrs, in...), inputs: x(shape...), consts: consts}
	}
	addCases("Reshape", one("Reshape", nil, []int{2, 3, 4}, ints("s", 6, -1)), one("Reshape", nil, []int{2, 3, 4}, ints("s", 0, 4, 3)))
	addCases("Flatten", one("Flatten", grad.A{"axis": onnx.Int(2)}, []int{2, 3, 4}), one("Flatten", nil, []int{2, 3, 4}))
	addCases("Squeeze", one("Squeeze", nil, []int{2, 1, 4, 1}, ints("a", 1, -1)), one("Squeeze", nil, []int{2, 1, 4}))
	addCases("Unsqueeze", one("Unsqueeze", nil, []int{2, 4}, ints("a", 0, -1)))
	addCases("Transpose", one("Transpose", nil, []int{2, 3, 4}), one("Transpose", grad.A{"perm": onnx.Ints(2, 0, 1)}, []int{2, 3, 4}))
	addCases("Expand", one("Expand", nil, []int{3, 1}, ints("s", 2, 1, 4)))
	addCases("Tile", one("Tile", nil, []int{2, 3}, ints("r", 2, 3)))
	addCases("Concat", vjpCase{node: node("Concat", grad.A{"axis": onnx.Int(-2)}, "a", "k", "b"), inputs: two([]int{2, 3, 4}, []int{2, 1, 4}), consts: []*onnx.Tensor{floats("k", []int64{2, 2, 4}, 5)}})
	split := func(attrs grad.A, outs []string, in ...string) *onnx.Node {
		n := node("Split", attrs, in...)
		n.Out = outs
		return n
	}
	addCases("Split",
		vjpCase{name: "sizes", node: split(grad.A{"axis": onnx.Int(1)}, []string{"y", "z"}, "x", "s"), inputs: x(2, 5), consts: []*onnx.Tensor{ints("s", 2, 3)}},
		vjpCase{name: "even", node: split(grad.A{"axis": onnx.Int(-1)}, []string{"w", "y"}, "x"), inputs: x(2, 6)})
	for _, mode := range []string{"DCR", "CRD"} {
		addCases("DepthToSpace", vjpCase{name: mode, node: node("DepthToSpace", grad.A{"blocksize": onnx.Int(2), "mode": onnx.Str(mode)}, "x"), inputs: x(2, 8, 3, 2)})
	}
	addCases("SpaceToDepth", one("SpaceToDepth", grad.A{"blocksize": onnx.Int(2)}, []int{2, 3, 4, 6}))
	for _, s := range []struct {
		name                     string
		starts, ends, axes, step []int64
	}{
		{"plain", []int64{1, 0}, []int64{3, 2}, []int64{1, 2}, nil},
		{"negative", []int64{-3}, []int64{-1}, []int64{-1}, nil},
		{"to the end", []int64{2}, []int64{1 << 40}, []int64{1}, nil},
		{"steps", []int64{0, 1}, []int64{7, 6}, []int64{2, 1}, []int64{3, 2}},
		{"backwards", []int64{-1}, []int64{-1 << 40}, []int64{2}, []int64{-1}},
		{"backwards by two", []int64{5}, []int64{0}, []int64{2}, []int64{-2}},
	} {
		c := one("Slice", nil, []int{2, 6, 7}, ints("starts", s.starts...), ints("ends", s.ends...), ints("axes", s.axes...))
		if s.step != nil {
			c.consts = append(c.consts, ints("steps", s.step...))
			c.node.In = append(c.node.In, "steps")
		}
		c.name = s.name
		addCases("Slice", c)
	}
	addCases("Pad",
		one("Pad", nil, []int{2, 3, 4}, ints("p", 0, 1, 2, 1, 0, 3), scalar("v", 5)),
		one("Pad", nil, []int{2, 3, 4}, ints("p", 0, 1, -1, 0, -1, 2), scalar("v", 5)))
	for _, mode := range []string{"reflect", "edge", "wrap"} {
		addCases("Pad", vjpCase{name: mode, opset: 19, node: node("Pad", grad.A{"mode": onnx.Str(mode)}, "x", "p"), inputs: x(2, 3, 4), consts: []*onnx.Tensor{ints("p", 0, 1, 2, 0, 2, 3)}})
	}
	addCases("Pad", vjpCase{name: "axes", opset: 18, node: node("Pad", nil, "x", "p", "", "axes"), inputs: x(2, 3, 4), consts: []*onnx.Tensor{ints("p", 1, 2), ints("axes", -1)}})
	addCases("ReduceMean", vjpCase{name: "axes as input", opset: 18, node: node("ReduceMean", nil, "x", "axes"), inputs: x(2, 3, 4), consts: []*onnx.Tensor{ints("axes", 2, 0)}})
	addCases("ReduceMax", vjpCase{name: "axes as input", opset: 18, node: node("ReduceMax", nil, "x", "axes"), inputs: []input{{"x", []int{2, 3, 4}, distinct()}}, consts: []*onnx.Tensor{ints("axes", 1)}})
	index := func(v ...int64) *onnx.Tensor { return ints("i", v...) }
	single := index(2)
	single.Dims = nil
	last := index(-1)
	grid := index(0, 2, 2, 1)
	grid.Dims = []int64{2, 2}
	// alone is one index of a higher rank.
	alone := func(rank int) *onnx.Tensor {
		t := index(-2)
		t.Dims = slices.Repeat([]int64{1}, rank)
		return t
	}
	addCases("Gather",
		one("Gather", grad.A{"axis": onnx.Int(1)}, []int{2, 3, 4}, single),
		one("Gather", grad.A{"axis": onnx.Int(-1)}, []int{2, 3, 4}, last),
		one("Gather", grad.A{"axis": onnx.Int(1)}, []int{2, 3, 4}, index(2, 0, 2, -1)),
		one("Gather", grad.A{"axis": onnx.Int(1)}, []int{2, 3, 4}, grid),
		one("Gather", grad.A{"axis": onnx.Int(1)}, []int{2, 3, 4}, alone(2)),
		one("Gather", grad.A{"axis": onnx.Int(0)}, []int{4}, alone(3)))
}

// Parts of an open batch of which the runtime infers one size for any batch are
// no answer: of two and three samples, three parts hold one each.
func TestSplitOfAnOpenBatch(t *testing.T) {
	lib := library(t)
	for parts, want := range map[int64]string{1: "", 2: `its part "z" is said to have 1 of it`, 3: `node "n" (Split): it splits axis 0, whose size follows the batch, and its part "y" is said to have 1 of it: fix the batch`} {
		n := node("Split", grad.A{"num_outputs": onnx.Int(parts)}, "x")
		n.Out = []string{"y", "z", "v"}[:parts]
		m, wants := drawnModel(vjpCase{opset: 18, node: n, inputs: x(6, 2)}, true)
		m, facts, err := placed(lib, m)
		if err != nil {
			t.Fatal(err)
		}
		_, err = grad.Build(m, facts, grad.Query{Score: "y", Wants: wants})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d parts of shape %v: %v", parts, facts.Shapes["y"], err)
		}
	}
}
