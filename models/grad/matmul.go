package grad

import (
	"seewhy/models/onnx"
)

func init() {
	register(
		Rule{Op: "Gemm", VJP: vjpGemm},
		Rule{Op: "MatMul", VJP: vjpMatMul},
	)
}

// vjpGemm: Y = alpha op(A) op(B) + beta C.
// op(A) = A: dA = alpha dY op(B)^T, else dA = alpha op(B) dY^T; B likewise.
func vjpGemm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	A_, B_ := Value(n.In[0]), Value(n.In[1])
	tA, tB := n.AttrInt("transA", 0), n.AttrInt("transB", 0)
	alpha := onnx.Float(n.AttrFloat("alpha", 1))
	gemm := func(l, r Value, tl, tr int64) Value {
		return b.Node("Gemm", A{"alpha": alpha, "transA": onnx.Int(tl), "transB": onnx.Int(tr)}, l, r)
	}
	out := make([]Value, len(n.In))
	if b.Wants(n, 0) {
		if tA == 0 {
			out[0] = gemm(d[0], B_, 0, 1-tB)
		} else {
			out[0] = gemm(B_, d[0], tB, 1)
		}
	}
	if b.Wants(n, 1) {
		if tB == 0 {
			out[1] = gemm(A_, d[0], 1-tA, 0)
		} else {
			out[1] = gemm(d[0], A_, 1, tA)
		}
	}
	if b.Wants(n, 2) {
		g, err := b.sumTo(b.Scale(d[0], float64(n.AttrFloat("beta", 1))), n.Out[0], n.In[2])
		if err != nil {
			return nil, err
		}
		out[2] = g
	}
	return out, nil
}

// vjpMatMul: dA = dY B^T, dB = A^T dY on the last two axes, summed over
// broadcast batch axes. A vector counts as a row (A) or a column (B).
func vjpMatMul(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	sa, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	sb, err := b.Shape(n.In[1])
	if err != nil {
		return nil, err
	}
	l, r, g := Value(n.In[0]), Value(n.In[1]), d[0]
	var missing []int64
	if len(sa) == 1 {
		l, missing = b.Unsqueeze(l, 0), append(missing, -2)
		sa = []int{1, sa[0]}
	}
	if len(sb) == 1 {
		r, missing = b.Unsqueeze(r, 1), append(missing, -1)
		sb = []int{sb[0], 1}
	}
	if missing != nil {
		g = b.Unsqueeze(g, missing...)
	}
	out := []Value{"", ""}
	if b.Wants(n, 0) {
		full := b.Op("MatMul", g, b.swapLast(r, len(sb)))
		if out[0], err = b.dropBatch(full, sa, sb, n.In[0]); err != nil {
			return nil, err
		}
	}
	if b.Wants(n, 1) {
		full := b.Op("MatMul", b.swapLast(l, len(sa)), g)
		if out[1], err = b.dropBatch(full, sb, sa, n.In[1]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// swapLast transposes the last two axes.
func (b *Builder) swapLast(x Value, rank int) Value {
	perm := make([]int64, rank)
	for i := range perm {
		perm[i] = int64(i)
	}
	perm[rank-1], perm[rank-2] = perm[rank-2], perm[rank-1]
	return b.Node("Transpose", A{"perm": onnx.Ints(perm...)}, x)
}

// dropBatch sums a product over the batch axes that mine lacks and other has,
// and gives it v's shape.
func (b *Builder) dropBatch(x Value, mine, other []int, v string) (Value, error) {
	rank := max(len(mine), len(other))
	var axes []int64
	for i := range rank - 2 {
		m, o := 1, 1
		if j := i - (rank - len(mine)); j >= 0 {
			m = mine[j]
		}
		if j := i - (rank - len(other)); j >= 0 {
			o = other[j]
		}
		if m == 1 && o != 1 {
			axes = append(axes, int64(i))
		}
	}
	shape, err := b.Shape(v)
	if err != nil {
		return "", err
	}
	if len(axes) > 0 {
		x = b.SumAxes(x, true, axes...)
	}
	if len(axes) > 0 || len(shape) != rank {
		return b.ReshapeLike(x, v)
	}
	return x, nil
}
