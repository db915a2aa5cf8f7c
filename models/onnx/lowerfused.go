package onnx

import (
	"fmt"
	"slices"
)

func init() {
	lowers(microsoft, lowerFusedConv, "FusedConv")
	lowers(microsoft, lowerNhwcConv, "NhwcFusedConv")
	lowers(microsoft, lowerFusedGemm, "FusedGemm")
	lowers(microsoft, lowerFusedMatMul, "FusedMatMul", "TransposeMatMul")
	lowers(microsoft, func(l *lowerer, n *Node) error {
		if l.opset < 16 {
			return fmt.Errorf("opset %d has no GridSample", l.opset)
		}
		a := cloned(n.Attrs)
		if mode := n.AttrString("mode", "bilinear"); l.opset >= 20 && mode != "nearest" {
			a["mode"] = Str(map[string]string{"bilinear": "linear", "bicubic": "cubic"}[mode])
		}
		l.into("GridSample", a, n.Output(0), n.In...)
		return nil
	}, "GridSample")
}

// without gives the attributes but for some.
func without(n *Node, names ...string) attrs {
	out := attrs{}
	for name, a := range n.Attrs {
		if !slices.Contains(names, name) {
			out[name] = a
		}
	}
	return out
}

// lowerFusedConv: Y = activation(Conv(X, W, B) + Z).
func lowerFusedConv(l *lowerer, n *Node) error {
	in := n.In[:min(len(n.In), 3)]
	y := l.op("Conv", without(n, "activation", "activation_params"), in...)
	return l.activated(n.Output(0), l.plus(y, n.Input(3)), n.AttrString("activation", ""), n.Attrs["activation_params"].Floats)
}

// lowerNhwcConv: the same with the channels of X, W, Z and Y last.
func lowerNhwcConv(l *lowerer, n *Node) error {
	shape, err := l.shape(n.Input(0))
	if err != nil {
		return err
	}
	rank := int64(len(shape))
	first, last := []int64{0, rank - 1}, []int64{0}
	for i := int64(1); i < rank-1; i++ {
		first = append(first, i)
		last = append(last, i+1)
	}
	last = append(last, 1)
	in := []string{l.transpose(n.Input(0), first...), l.transpose(n.Input(1), first...)}
	if n.Input(2) != "" {
		in = append(in, n.Input(2))
	}
	y := l.transpose(l.op("Conv", without(n, "activation", "activation_params"), in...), last...)
	return l.activated(n.Output(0), l.plus(y, n.Input(3)), n.AttrString("activation", ""), n.Attrs["activation_params"].Floats)
}

// lowerFusedGemm: Y = activation(Gemm(A, B, C)).
func lowerFusedGemm(l *lowerer, n *Node) error {
	a := without(n, "activation", "activation_alpha", "activation_beta", "activation_gamma")
	var p []float32
	for _, name := range []string{"activation_alpha", "activation_beta"} {
		if v, ok := n.Attrs[name]; ok {
			p = append(p, v.F)
		}
	}
	return l.activated(n.Output(0), l.op("Gemm", a, n.In...), n.AttrString("activation", ""), p)
}

// lowerFusedMatMul: alpha op(A) op(B), each op a transpose of the last two
// axes, or of the first axis behind the batch axes.
func lowerFusedMatMul(l *lowerer, n *Node) error {
	in := make([]string, 2)
	for i, letter := range []string{"A", "B"} {
		in[i] = n.Input(i)
		shape, err := l.shape(in[i])
		if err != nil {
			return err
		}
		rank := len(shape)
		perm := make([]int64, rank)
		for k := range perm {
			perm[k] = int64(k)
		}
		if n.AttrInt("transBatch"+letter, 0) != 0 {
			if rank < 3 {
				return fmt.Errorf("transBatch%s of rank %d", letter, rank)
			}
			// [b.., m, k] is stored as [m, b.., k].
			perm = append(perm[1:rank-1:rank-1], 0, int64(rank-1))
		}
		if n.AttrInt("trans"+letter, 0) != 0 && rank > 1 {
			perm[rank-1], perm[rank-2] = perm[rank-2], perm[rank-1]
		}
		if !slices.IsSorted(perm) {
			in[i] = l.transpose(in[i], perm...)
		}
	}
	alpha := float64(n.AttrFloat("alpha", 1))
	if alpha == 1 {
		l.into("MatMul", nil, n.Output(0), in...)
		return nil
	}
	l.into("Mul", nil, n.Output(0), l.op("MatMul", nil, in...), l.scalar(alpha))
	return nil
}
