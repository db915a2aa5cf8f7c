package grad_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// reference runs a forward graph in float64, one sample at a time: the slow
// twin against which gradients are measured. ONNX Runtime has no float64
// convolution on a CPU.
type reference struct {
	t      testing.TB
	p      *grad.Prepared
	output string
	consts map[string]array
}

// array is a float64 tensor of one sample or constant.
type array struct {
	shape []int
	v     []float64
}

func newReference(t testing.TB, p *grad.Prepared, output string) *reference {
	r := &reference{t: t, p: p, output: output, consts: map[string]array{}}
	for name, k := range p.Model.Graph.Init {
		f, err := k.Floats()
		if err != nil {
			continue
		}
		r.consts[name] = array{p.Facts.Shapes[name], widen(f)}
	}
	return r
}

func widen(v []float32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

func (r *reference) forward(x []float64) []float64 {
	values := map[string]array{r.p.Input: {single(r.p.Facts.Shapes[r.p.Input]), x}}
	get := func(name string) array {
		if a, ok := values[name]; ok {
			return a
		}
		return r.consts[name]
	}
	for _, n := range r.p.Model.Graph.Nodes {
		if n.Op == "Split" {
			in, start := get(n.In[0]), 0
			for _, o := range n.Out {
				shape := single(r.p.Facts.Shapes[o])
				size := product(shape)
				values[o] = array{shape, in.v[start : start+size]} // along channels of one sample
				start += size
			}
			continue
		}
		in := make([]array, len(n.In))
		for i, name := range n.In {
			in[i] = get(name)
		}
		out := single(r.p.Facts.Shapes[n.Out[0]])
		if len(r.p.Facts.Shapes[n.Out[0]]) > 0 && r.p.Facts.Shapes[n.Out[0]][0] > 1 {
			out[0] = r.p.Facts.Shapes[n.Out[0]][0] // a reshaped constant
		}
		values[n.Out[0]] = array{out, r.apply(n, in, out)}
		if n.Out[0] == r.output {
			break
		}
	}
	return values[r.output].v
}

func product(d []int) int {
	p := 1
	for _, x := range d {
		p *= x
	}
	return p
}

func (r *reference) apply(n *onnx.Node, in []array, out []int) []float64 {
	x := in[0]
	switch n.Op {
	case "Conv":
		return refConv(n, in, out)
	case "Relu":
		return each(x.v, func(v float64) float64 { return max(v, 0) })
	case "MaxPool", "AveragePool":
		return refPool(n, x, out)
	case "GlobalAveragePool", "ReduceMean":
		return refMean(x)
	case "LRN":
		return refLRN(n, x)
	case "Concat":
		var all []float64
		for _, a := range in {
			all = append(all, a.v...)
		}
		return all
	case "Add":
		return refAdd(in[0], in[1], out)
	case "BatchNormalization":
		y, per := make([]float64, len(x.v)), len(x.v)/x.shape[1]
		for i, v := range x.v {
			c := i / per
			y[i] = in[1].v[c]*(v-in[3].v[c])/math.Sqrt(in[4].v[c]+float64(n.AttrFloat("epsilon", 1e-5))) + in[2].v[c]
		}
		return y
	case "Gemm", "MatMul":
		return refGemm(n, in, out)
	case "Reshape", "Flatten", "Identity", "Dropout", "Squeeze", "Unsqueeze":
		return x.v
	case "Transpose":
		return refTranspose(x, n.AttrInts("perm"))
	}
	r.t.Fatalf("the float64 reference has no %s", n.Op)
	return nil
}

func each(v []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = f(x)
	}
	return out
}

type frame struct{ kh, kw, sh, sw, ph, pw int }

func frameOf(n *onnx.Node, in, out []int, kh, kw int) frame {
	f := frame{kh: kh, kw: kw, sh: 1, sw: 1}
	if s := n.AttrInts("strides"); s != nil {
		f.sh, f.sw = int(s[0]), int(s[1])
	}
	if p := n.AttrInts("pads"); p != nil {
		f.ph, f.pw = int(p[0]), int(p[1])
	}
	if n.AttrString("auto_pad", "NOTSET") == "SAME_UPPER" {
		f.ph, f.pw = max(0, (out[2]-1)*f.sh+kh-in[2])/2, max(0, (out[3]-1)*f.sw+kw-in[3])/2
	}
	return f
}

func refConv(n *onnx.Node, in []array, out []int) []float64 {
	x, w := in[0], in[1]
	group := int(n.AttrInt("group", 1))
	M, Cg, kh, kw := w.shape[0], w.shape[1], w.shape[2], w.shape[3]
	f := frameOf(n, x.shape, out, kh, kw)
	H, W, oh, ow := x.shape[2], x.shape[3], out[2], out[3]
	y, K, P := make([]float64, product(out)), Cg*kh*kw, oh*ow
	cols := make([]float64, K*P)
	for g := range group {
		for k := range K {
			c, a, b := g*Cg+k/(kh*kw), k/kw%kh, k%kw
			for i := range oh {
				for j := range ow {
					h, v := i*f.sh-f.ph+a, j*f.sw-f.pw+b
					cols[k*P+i*ow+j] = 0
					if h >= 0 && h < H && v >= 0 && v < W {
						cols[k*P+i*ow+j] = x.v[(c*H+h)*W+v]
					}
				}
			}
		}
		Mg := M / group
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1,
			blas64.General{Rows: Mg, Cols: K, Stride: K, Data: w.v[g*Mg*K:]},
			blas64.General{Rows: K, Cols: P, Stride: P, Data: cols}, 0,
			blas64.General{Rows: Mg, Cols: P, Stride: P, Data: y[g*Mg*P:]})
	}
	if len(in) > 2 && in[2].v != nil {
		for i := range y {
			y[i] += in[2].v[i/P]
		}
	}
	return y
}

func refPool(n *onnx.Node, x array, out []int) []float64 {
	k := n.AttrInts("kernel_shape")
	f := frameOf(n, x.shape, out, int(k[0]), int(k[1]))
	H, W := x.shape[2], x.shape[3]
	var y []float64
	for c := range out[1] {
		for i := range out[2] {
			for j := range out[3] {
				best, sum, count := math.Inf(-1), 0.0, 0.0
				for a := range f.kh {
					for b := range f.kw {
						h, v := i*f.sh-f.ph+a, j*f.sw-f.pw+b
						if h >= 0 && h < H && v >= 0 && v < W {
							e := x.v[(c*H+h)*W+v]
							best, sum, count = max(best, e), sum+e, count+1
						}
					}
				}
				if n.Op == "MaxPool" {
					y = append(y, best)
				} else {
					y = append(y, sum/count)
				}
			}
		}
	}
	return y
}

func refMean(x array) []float64 {
	per := x.shape[2] * x.shape[3]
	y := make([]float64, x.shape[1])
	for i, v := range x.v {
		y[i/per] += v / float64(per)
	}
	return y
}

func refLRN(n *onnx.Node, x array) []float64 {
	size := int(n.AttrInt("size", 5))
	per, C := x.shape[2]*x.shape[3], x.shape[1]
	y := make([]float64, len(x.v))
	for i, v := range x.v {
		sum := 0.0
		for c := max(0, i/per-(size-1)/2); c <= min(C-1, i/per+size/2); c++ {
			e := x.v[c*per+i%per]
			sum += e * e
		}
		y[i] = v * math.Pow(float64(n.AttrFloat("bias", 1))+float64(n.AttrFloat("alpha", 0))/float64(size)*sum, -float64(n.AttrFloat("beta", 0.75)))
	}
	return y
}

func refAdd(a, b array, out []int) []float64 {
	at := func(s array, i int) float64 {
		index, step := 0, 1
		for d := len(out) - 1; d >= 0; d-- {
			if k := d - (len(out) - len(s.shape)); k >= 0 {
				if s.shape[k] > 1 {
					index += i % out[d] * step
				}
				step *= s.shape[k]
			}
			i /= out[d]
		}
		return s.v[index]
	}
	y := make([]float64, product(out))
	for i := range y {
		y[i] = at(a, i) + at(b, i)
	}
	return y
}

func refGemm(n *onnx.Node, in []array, out []int) []float64 {
	K, N := len(in[0].v), product(out)
	y := make([]float64, N)
	for j := range N {
		for k := range K {
			if n.AttrInt("transB", 0) == 1 {
				y[j] += in[0].v[k] * in[1].v[j*K+k]
			} else {
				y[j] += in[0].v[k] * in[1].v[k*N+j]
			}
		}
		if len(in) > 2 {
			y[j] += in[2].v[j%len(in[2].v)]
		}
	}
	return y
}

func refTranspose(x array, perm []int64) []float64 {
	shape := make([]int, len(perm))
	stride := make([]int, len(perm))
	for i, p := range perm {
		shape[i] = x.shape[p]
		stride[i] = product(x.shape[p+1:])
	}
	y := make([]float64, len(x.v))
	index := make([]int, len(perm))
	for i := range y {
		at := 0
		for d, k := range index {
			at += k * stride[d]
		}
		y[i] = x.v[at]
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return y
}
