package grad

import (
	"fmt"
	"math"

	"seewhy/models/onnx"
)

// Activations. Where the derivative can be had from the output y, it is: the
// forward op then keeps its fusion with the convolution before it.
func init() {
	register(
		// Relu'(0) = 0
		Rule{Op: "Relu", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			return b.stop(n, d[0], func(y, g Value) (Value, error) { return b.Mul(g, b.Positive(y)), nil })
		}},
		// y' = alpha + (1 - alpha) [x > 0]
		unary("LeakyRelu", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			alpha := float64(n.AttrFloat("alpha", 0.01))
			return b.Add(b.Scale(b.Positive(x), 1-alpha), b.Scalar(alpha)), nil
		}),
		unary("ThresholdedRelu", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			return b.Positive(b.Sub(x, b.Scalar(float64(n.AttrFloat("alpha", 1))))), nil
		}),
		Rule{Op: "PRelu", Broadcasts: true, VJP: vjpPRelu},
		simple("Sigmoid", func(b *Builder, x, y Value) Value { return b.Mul(y, b.Sub(b.Scalar(1), y)) }),
		simple("Tanh", func(b *Builder, x, y Value) Value { return b.Sub(b.Scalar(1), b.Mul(y, y)) }),
		simple("Softplus", func(b *Builder, x, y Value) Value { return b.Op("Sigmoid", x) }),
		// y = x / (1 + |x|):  y' = (1 - |y|)^2
		simple("Softsign", func(b *Builder, x, y Value) Value {
			s := b.Sub(b.Scalar(1), b.Op("Abs", y))
			return b.Mul(s, s)
		}),
		// y' = 1 for x > 0, else y + alpha
		unary("Elu", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			alpha := float64(n.AttrFloat("alpha", 1))
			return b.choose(x, b.Scalar(1), b.Add(y, b.Scalar(alpha))), nil
		}),
		// y' = gamma for x > 0, else y + gamma alpha
		unary("Selu", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			alpha, gamma := float64(n.AttrFloat("alpha", 1.67326319217681884765625)), float64(n.AttrFloat("gamma", 1.05070102214813232421875))
			return b.choose(x, b.Scalar(gamma), b.Add(y, b.Scalar(gamma*alpha))), nil
		}),
		// y' = 1 for x > 0, else y/alpha + 1
		unary("Celu", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			alpha := float64(n.AttrFloat("alpha", 1))
			return b.choose(x, b.Scalar(1), b.Add(b.Scale(y, 1/alpha), b.Scalar(1))), nil
		}),
		// y = clip(alpha x + beta, 0, 1):  y' = alpha inside
		unary("HardSigmoid", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			inside := b.Mul(b.Positive(y), b.Positive(b.Sub(b.Scalar(1), y)))
			return b.Scale(inside, float64(n.AttrFloat("alpha", 0.2))), nil
		}),
		// y = x h, h = clip(x/6 + 1/2, 0, 1):  y' = h + x/6 [0 < h < 1]
		simple("HardSwish", func(b *Builder, x, y Value) Value {
			h := b.Node("HardSigmoid", A{"alpha": onnx.Float(1.0 / 6), "beta": onnx.Float(0.5)}, x)
			inside := b.Mul(b.Positive(h), b.Positive(b.Sub(b.Scalar(1), h)))
			return b.Add(h, b.Mul(b.Scale(x, 1.0/6), inside))
		}),
		// y = x tanh(s), s = softplus(x):  y' = tanh(s) + x (1 - tanh(s)^2) sigmoid(x)
		simple("Mish", func(b *Builder, x, y Value) Value {
			t := b.Op("Tanh", b.Op("Softplus", x))
			slope := b.Mul(b.Sub(b.Scalar(1), b.Mul(t, t)), b.Op("Sigmoid", x))
			return b.Add(t, b.Mul(x, slope))
		}),
		unary("Gelu", gelu),
		Rule{Op: "Clip", VJP: vjpClip},
	)
}

// choose is a where x > 0, else c.
func (b *Builder) choose(x, a, c Value) Value {
	return b.Op("Where", b.Op("Greater", x, b.Scalar(0)), a, c)
}

// vjpPRelu: y = x for x > 0, else s x:  dx = dy (x > 0 ? 1 : s),  ds = dy min(x, 0)
func vjpPRelu(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	x, s := Value(n.In[0]), Value(n.In[1])
	out := []Value{b.Mul(d[0], b.choose(x, b.Scalar(1), s)), ""}
	if b.Wants(n, 1) {
		out[1] = b.Mul(d[0], b.Op("Min", x, b.Scalar(0)))
	}
	return out, nil
}

// gelu, exact:  y' = Phi(x) + x phi(x), with u = x / sqrt 2:
// Phi = (1 + erf u) / 2, which the forward pass computes anyway, and
// x phi(x) = u exp(-u^2) / sqrt pi. Tanh: the derivative of
// x/2 (1 + tanh u), u = sqrt(2/pi)(x + 0.044715 x^3).
func gelu(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
	switch how := n.AttrString("approximate", "none"); how {
	case "none":
		var u, cdf Value
		b.instead(n, func() Value {
			u = b.Scale(x, math.Sqrt(0.5))
			// (1 + e)/2 in one pass: erf stays within [-1, 1].
			cdf = b.Node("HardSigmoid", A{"alpha": onnx.Float(0.5), "beta": onnx.Float(0.5)}, b.Op("Erf", u))
			return b.Mul(x, cdf)
		})
		bell := b.Op("Exp", b.Sub(b.Scalar(-math.Log(math.Pi)/2), b.Mul(u, u)))
		return b.Add(cdf, b.Mul(u, bell)), nil
	case "tanh":
		const c, k = 0.7978845608028654, 0.044715
		x2 := b.Mul(x, x)
		t := b.Op("Tanh", b.Scale(b.Mul(x, b.Add(b.Scale(x2, k), b.Scalar(1))), c))
		du := b.Scale(b.Add(b.Scale(x2, 3*k), b.Scalar(1)), c)
		one := b.Scalar(1)
		slope := b.Mul(b.Mul(x, b.Sub(one, b.Mul(t, t))), du)
		return b.Scale(b.Add(b.Add(t, one), slope), 0.5), nil
	default:
		return "", fmt.Errorf("attribute approximate is %q; none and tanh are known", how)
	}
}

// vjpClip: dx = dy [lo < y < hi]. At a bound the gradient is 0, as for
// PyTorch's ReLU6 and hardtanh, from which nearly every Clip in a vision
// model comes (torch.clamp passes it on there).
func vjpClip(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	return b.stop(n, d[0], func(y, g Value) (Value, error) {
		if mask, ok := b.between(n, y); ok {
			return b.Mul(g, mask), nil
		}
		for i, side := range []float64{1: 1, 2: -1} {
			if side == 0 || n.Input(i) == "" {
				continue
			}
			if b.Const(n.In[i]) == nil {
				// A bound that the runtime computes: side y > side bound.
				g = b.Mul(g, b.Positive(b.Scale(b.Sub(y, Value(n.In[i])), side)))
				continue
			}
			bound, err := b.ConstFloat(n, i, 0)
			if err != nil {
				return "", err
			}
			switch {
			case side*bound <= -math.MaxFloat32:
			case math.Abs(bound) < 1<<27:
				g = b.Mul(g, b.step(y, side*steep, -side*bound*steep))
			default:
				// The products of the form above would be infinite, and their difference NaN.
				g = b.Mul(g, b.Positive(b.Scale(b.Sub(y, b.Scalar(bound)), side)))
			}
		}
		return g, nil
	})
}

// between is the mask [0 < y < hi] of a ReLU6, the output y of n or a phase of
// it, made where the CPU's blocked layout holds y, of depthwise convolutions of a
// single weight that take a sum and a Relu along. With k = 1/ulp, the distance of
// hi to the value below it, and a = k hi:
//
//	low  = Relu(a - 2^126/hi' y)       a at y = 0, else 0      (hi' > hi a power of two, at least 1)
//	ends = Relu(k y + 1 - a + low)     1 at y = 0 and y = hi, else 0
//	mask = 1 - ends
//
// It is exact: k y, a and 1 - a are whole numbers up to 2^24 near y = hi, so the
// sum is 1 there and at most 0 just below, in whatever order it is taken.
func (b *Builder) between(n *onnx.Node, y Value) (mask Value, ok bool) {
	if !b.phases || n.Input(1) == "" || n.Input(2) == "" || b.Const(n.In[1]) == nil || b.Const(n.In[2]) == nil {
		return "", false
	}
	shape, err := b.Shape(n.In[0])
	if err != nil || len(shape) != 4 || shape[1] <= 0 || shape[1]%blockedChannels != 0 {
		return "", false
	}
	low, err := b.ConstFloat(n, 1, 0)
	if err != nil || low != 0 {
		return "", false
	}
	high, err := b.ConstFloat(n, 2, 0)
	// Far from the ends of the range all products are normal numbers, and what
	// is taken for 0 is far below every activation.
	if err != nil || !(high > 0x1p-60 && high < 0x1p30) {
		return "", false
	}
	share, exp := math.Frexp(high)
	perUlp := math.Ldexp(1, 24-exp)
	if share == 0.5 {
		perUlp *= 2
	}
	channels, a := shape[1], perUlp*high
	atLow := b.Op("Relu", b.depthwise(y, channels, -math.Ldexp(1, min(126, 126-exp)), a))
	ends := b.Op("Relu", b.Add(b.depthwise(y, channels, perUlp, 1-a), atLow))
	return b.depthwise(ends, channels, -1, 1), true
}
