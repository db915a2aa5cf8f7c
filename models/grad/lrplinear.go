package grad

import (
	"seewhy/models/onnx"
)

// linearRule is how a linear node hands relevance r to its input.
type linearRule func(b *Builder, s *scope, l linear, r Value) (Value, error)

// as makes a linearRule the rule of a node.
func (f linearRule) as(s *scope, l linear) Rule {
	return Rule{VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		r, err := f(b, s, l, d[0])
		out := make([]Value, len(n.In))
		out[l.x] = r
		return out, err
	}}
}

// epsilonRule (Bach et al. 2015, eq. 58):  R_in = x W^T(R / stabilise(z))
func epsilonRule(epsilon float64) linearRule {
	return func(b *Builder, s *scope, l linear, r Value) (Value, error) {
		g, err := b.transpose(l, b.share(r, Value(l.out), epsilon), Value(l.node.In[l.w]))
		return b.Mul(Value(l.node.In[l.x]), g), err
	}
}

// zPlusRule (Montavon et al. 2017, section 4.1, for inputs of either sign as
// Zennit):  z = x+ W+ + x- W- + b+,  R_in = x+ W+^T(R/z) + x- W-^T(R/z)
func zPlusRule(stabiliser float64) linearRule { return alphaBetaRule(1, 0, stabiliser) }

// alphaBetaRule (Bach et al. 2015, eq. 60): positive contributions
// z+ = x+ W+ + x- W- + b+ and negative ones z- = x+ W- + x- W+ + b- apart,
//
//	R_in = alpha (x+ W+^T g+ + x- W-^T g+) - beta (x+ W-^T g- + x- W+^T g-),  g = R / z
func alphaBetaRule(alpha, beta, stabiliser float64) linearRule {
	return func(b *Builder, s *scope, l linear, r Value) (Value, error) {
		w := l.node.In[l.w]
		wPlus, wMinus := b.mapped(w, "plus", positivePart), b.mapped(w, "minus", negativePart)
		plus, minus := b.parts(s, l.node.In[l.x])
		one, err := b.contributions(l, r, plus, minus, wPlus, wMinus, b.mapped(l.bias, "plus", positivePart), stabiliser)
		if err != nil || beta == 0 {
			return b.Scale(one, alpha), err
		}
		other, err := b.contributions(l, r, plus, minus, wMinus, wPlus, b.mapped(l.bias, "minus", negativePart), stabiliser)
		return b.Sub(b.Scale(one, alpha), b.Scale(other, beta)), err
	}
}

// contributions: z = x+ V + x- U + bias,  x+ V^T(r/z) + x- U^T(r/z)
func (b *Builder) contributions(l linear, r, plus, minus, v, u, bias Value, stabiliser float64) (Value, error) {
	z := b.forward(l, plus, v, bias)
	if minus != "" {
		z = b.Add(z, b.forward(l, minus, u, ""))
	}
	return b.shareOut(l, b.share(r, z, stabiliser), plus, minus, v, u)
}

// shareOut: x+ V^T g + x- U^T g
func (b *Builder) shareOut(l linear, g, plus, minus, v, u Value) (Value, error) {
	back, err := b.transpose(l, g, v)
	if err != nil {
		return "", err
	}
	out := b.Mul(plus, back)
	if minus == "" {
		return out, nil
	}
	if back, err = b.transpose(l, g, u); err != nil {
		return "", err
	}
	return b.Add(out, b.Mul(minus, back)), nil
}

// gammaRule (Montavon et al. 2019, generalised to inputs of either sign by
// Andeol et al. 2021, as Zennit): with V = W + gamma W+, U = W + gamma W-,
//
//	z > 0:  R_in = x+ V^T g + x- U^T g,  g = R / (x+ V + x- U + b + gamma b+)
//	z < 0:  R_in = x+ U^T g + x- V^T g,  g = R / (x+ U + x- V + b + gamma b-)
func gammaRule(gamma, stabiliser float64) linearRule {
	return func(b *Builder, s *scope, l linear, r Value) (Value, error) {
		up := func(v float32) float32 { return v + float32(gamma)*max(v, 0) }
		down := func(v float32) float32 { return v + float32(gamma)*min(v, 0) }
		w, z := l.node.In[l.w], Value(l.out)
		v, u := b.mapped(w, "up", up), b.mapped(w, "down", down)
		plus, minus := b.parts(s, l.node.In[l.x])
		above := b.Mul(r, b.toFloat(b.Op("Greater", z, b.Scalar(0))))
		below := b.Mul(r, b.toFloat(b.Op("Less", z, b.Scalar(0))))
		one, err := b.contributions(l, above, plus, minus, v, u, b.mapped(l.bias, "up", up), stabiliser)
		if err != nil {
			return "", err
		}
		other, err := b.contributions(l, below, plus, minus, u, v, b.mapped(l.bias, "down", down), stabiliser)
		return b.Add(one, other), err
	}
}

// flatRule (Lapuschkin et al. 2019): every input of a node gets the same,
// whatever it holds:  R_in = 1^T(R / 1 1), the bias left out.
func flatRule(stabiliser float64) linearRule {
	return func(b *Builder, s *scope, l linear, r Value) (Value, error) {
		return b.byWeights(l, r, b.mapped(l.node.In[l.w], "ones", func(float32) float32 { return 1 }), "", stabiliser)
	}
}

// wSquareRule (Montavon et al. 2017, section 4.1): as the squared weights say,
// whatever the input holds:  R_in = (W^2)^T(R / (W^2 1 + b^2)), b^2 as Zennit.
func wSquareRule(stabiliser float64) linearRule {
	square := func(v float32) float32 { return v * v }
	return func(b *Builder, s *scope, l linear, r Value) (Value, error) {
		return b.byWeights(l, r, b.mapped(l.node.In[l.w], "square", square), b.mapped(l.bias, "square", square), stabiliser)
	}
}

// byWeights: z = W 1 + bias,  W^T(r / z)
func (b *Builder) byWeights(l linear, r, w, bias Value, stabiliser float64) (Value, error) {
	ones, err := b.filled(l.node.In[l.x], b.Scalar(1))
	if err != nil {
		return "", err
	}
	return b.transpose(l, b.share(r, b.forward(l, ones, w, bias), stabiliser), w)
}

// filled spreads a constant over one sample of the shape of a forward value;
// the runtime folds what is computed from it alone.
func (b *Builder) filled(like string, v Value) (Value, error) {
	shape, err := b.Shape(like)
	if err != nil {
		return "", err
	}
	dims := make([]int64, len(shape))
	for i, d := range shape {
		dims[i] = int64(max(d, 1))
	}
	return b.Op("Expand", v, b.Ints(dims...)), nil
}

// zBoxRule (Montavon et al. 2017, section 4.1) for a first layer whose input
// lies between low and high, the ends of its box:
//
//	R_in = x W^T g - low W+^T g - high W-^T g,  g = R / (x W - low W+ - high W- + b - b+ - b-)
func zBoxRule(box func(b *Builder) (low, high Value, err error), stabiliser float64) linearRule {
	return func(b *Builder, s *scope, l linear, r Value) (Value, error) {
		lo, hi, err := box(b)
		if err != nil {
			return "", err
		}
		w := l.node.In[l.w]
		wPlus, wMinus := b.mapped(w, "plus", positivePart), b.mapped(w, "minus", negativePart)
		// b - b+ - b- is zero: the bias cancels, but for what z holds of it.
		z := b.Sub(Value(l.out), b.forward(l, lo, wPlus, b.mapped(l.bias, "plus", positivePart)))
		z = b.Sub(z, b.forward(l, hi, wMinus, b.mapped(l.bias, "minus", negativePart)))
		g := b.share(r, z, stabiliser)
		out := Value("")
		for _, t := range []struct{ x, w Value }{{Value(l.node.In[l.x]), Value(w)}, {lo, wPlus}, {hi, wMinus}} {
			back, err := b.transpose(l, g, t.w)
			if err != nil {
				return "", err
			}
			if t.x = b.Mul(t.x, back); out == "" {
				out = t.x
			} else {
				out = b.Sub(out, t.x)
			}
		}
		return out, nil
	}
}
