package grad

// Trigonometric and hyperbolic functions beside Sin, Cos and Tanh.
func init() {
	register(
		// tan' = 1 + tan^2
		simple("Tan", func(b *Builder, x, y Value) Value { return b.Add(b.Mul(y, y), b.Scalar(1)) }),
		simple("Sinh", func(b *Builder, x, y Value) Value { return b.Op("Cosh", x) }),
		simple("Cosh", func(b *Builder, x, y Value) Value { return b.Op("Sinh", x) }),
		// asin' = 1 / sqrt(1 - x^2), acos' = -asin'
		simple("Asin", func(b *Builder, x, y Value) Value { return b.Op("Reciprocal", b.rootOf(1, -1, x)) }),
		simple("Acos", func(b *Builder, x, y Value) Value { return b.Neg(b.Op("Reciprocal", b.rootOf(1, -1, x))) }),
		// atan' = 1 / (1 + x^2)
		simple("Atan", func(b *Builder, x, y Value) Value {
			return b.Op("Reciprocal", b.Add(b.Mul(x, x), b.Scalar(1)))
		}),
		// asinh' = 1 / sqrt(1 + x^2), acosh' = 1 / sqrt(x^2 - 1)
		simple("Asinh", func(b *Builder, x, y Value) Value { return b.Op("Reciprocal", b.rootOf(1, 1, x)) }),
		simple("Acosh", func(b *Builder, x, y Value) Value { return b.Op("Reciprocal", b.rootOf(-1, 1, x)) }),
		// atanh' = 1 / (1 - x^2)
		simple("Atanh", func(b *Builder, x, y Value) Value {
			return b.Op("Reciprocal", b.Sub(b.Scalar(1), b.Mul(x, x)))
		}),
	)
}

// rootOf is sqrt(c + s x^2).
func (b *Builder) rootOf(c, s float64, x Value) Value {
	return b.Op("Sqrt", b.Add(b.Scale(b.Mul(x, x), s), b.Scalar(c)))
}
