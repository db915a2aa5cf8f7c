// The loops of the kernels, compiled once for each kind of processor: TARGET is
// an attribute that names the instructions, NAME(f) a name of its own.
//
// A vector is 16 numbers, whatever the processor's own width. The numbers of a
// row lie one behind the other; what is the same in a whole row is 16 copies of
// it, which a loop reads again and again by a step of 0.

typedef float NAME(vec) __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t NAME(ints) __attribute__((vector_size(64), aligned(4), may_alias));
#define VEC NAME(vec)
#define INTS NAME(ints)
#define INLINE static inline __attribute__((always_inline)) TARGET

// Less 0, as 0 and -0 are 0.
INLINE VEC NAME(all)(float v) { return v - (VEC){0}; }

// pick is a where a mask's bits are set, b elsewhere.
INLINE VEC NAME(pick)(INTS mask, VEC a, VEC b) { return (VEC)((mask & (INTS)a) | (~mask & (INTS)b)); }

// least and most give their first argument where one is NaN.
INLINE VEC NAME(least)(VEC a, VEC b) { return NAME(pick)(b < a, b, a); }
INLINE VEC NAME(most)(VEC a, VEC b) { return NAME(pick)(b > a, b, a); }

// exp by 2^n e^r, |r| <= ln(2)/2, with the polynomial of Cephes' expf: within 2
// units of the last place.
INLINE VEC NAME(exp)(VEC x) {
	x = NAME(most)(NAME(least)(x, NAME(all)(89.0f)), NAME(all)(-104.0f));
	VEC n = x * 1.44269504f + 12582912.0f;
	n = n - 12582912.0f;
	VEC r = x - n * 0.693359375f;
	r = r - n * -2.12194440e-4f;
	VEC y = r * 1.9875691500e-4f + 1.3981999507e-3f;
	y = y * r + 8.3334519073e-3f;
	y = y * r + 4.1665795894e-2f;
	y = y * r + 1.6666665459e-1f;
	y = y * r + 5.0000001201e-1f;
	y = y * (r * r) + r + 1.0f;
	// In two steps, as 2^n alone may be no normal number.
	INTS whole = __builtin_convertvector(n, INTS), half = whole >> 1;
	return y * (VEC)((half + 127) << 23) * (VEC)((whole - half + 127) << 23);
}

// erf as a quotient of polynomials on [-4, 4], beyond which it is 1 in float32.
// The coefficients are those that Eigen uses.
INLINE VEC NAME(erf)(VEC x) {
	x = NAME(most)(NAME(least)(x, NAME(all)(4.0f)), NAME(all)(-4.0f));
	VEC s = x * x;
	VEC p = s * -2.72614225801306e-10f + 2.77068142495902e-08f;
	p = p * s + -2.10102402082508e-06f;
	p = p * s + -5.69250639462346e-05f;
	p = p * s + -7.34990630326855e-04f;
	p = p * s + -2.95459980854025e-03f;
	p = p * s + -1.60960333262415e-02f;
	VEC q = s * -1.45660718464996e-05f + -2.13374055278905e-04f;
	q = q * s + -1.68282697438203e-03f;
	q = q * s + -7.37332916720468e-03f;
	q = q * s + -1.42647390514189e-02f;
	return x * p / q;
}

INLINE VEC NAME(sigmoid)(VEC x) { return 1.0f / (1.0f + NAME(exp)(-x)); }

// tanh by its odd series near 0, where 1 - 2/(1 + e^2x) would lose its digits.
INLINE VEC NAME(tanh)(VEC x) {
	VEC s = x * x;
	VEC near = s * -5.70498872745e-3f + 2.06390887954e-2f;
	near = near * s + -5.37397155531e-2f;
	near = near * s + 1.33314422036e-1f;
	near = near * s + -3.33332819422e-1f;
	near = near * s * x + x;
	VEC far = 1.0f - 2.0f / (1.0f + NAME(exp)(2.0f * x));
	return NAME(pick)(s < 0.390625f, near, far);
}

#define EACH(value)                                     \
	for (size_t i = 0; i < vectors; i++) {          \
		VEC x = a[i * as], y = b[i * bs];       \
		(void)y;                                \
		to[i] = (value);                        \
	}                                               \
	return

// step runs one operation on a number of vectors.
static TARGET void NAME(step)(int operation, float *out, const float *x, size_t as, const float *y, size_t bs, float first, float second, size_t vectors) {
	VEC *to = (VEC *)out;
	const VEC *a = (const VEC *)x, *b = (const VEC *)y;
	const VEC p = NAME(all)(first), q = NAME(all)(second), zero = NAME(all)(0), one = NAME(all)(1);
	switch (operation) {
	case SEEWHY_ADD: EACH(x + y);
	case SEEWHY_SUB: EACH(x - y);
	case SEEWHY_MUL: EACH(x * y);
	case SEEWHY_DIV: EACH(x / y);
	case SEEWHY_AFFINE: EACH(p * x + q);
	case SEEWHY_RELU: EACH(NAME(most)(x, zero));
	case SEEWHY_LEAKY: EACH(NAME(pick)(x < zero, p * x, x));
	case SEEWHY_CLIP: EACH(NAME(most)(NAME(least)(x, q), p));
	case SEEWHY_HARD_SIGMOID: EACH(NAME(most)(NAME(least)(p * x + q, one), zero));
	case SEEWHY_SIGMOID: EACH(NAME(sigmoid)(x));
	case SEEWHY_TANH: EACH(NAME(tanh)(x));
	case SEEWHY_ERF: EACH(NAME(erf)(x));
	case SEEWHY_EXP: EACH(NAME(exp)(x));
	case SEEWHY_RECIPROCAL: EACH(one / x);
	case SEEWHY_ABS: EACH((VEC)((INTS)x & 0x7fffffff));
	case SEEWHY_QUOTIENT: EACH(p / x);
	case SEEWHY_SQRT:
		for (size_t i = 0; i < vectors; i++)
			for (int k = 0; k < 16; k++)
				out[i * 16 + k] = sqrtf(x[i * as * 16 + k]);
	}
}
#undef EACH

// total adds up a row's numbers, the largest of them for SEEWHY_MAXIMUM.
static TARGET float NAME(total)(int operation, const float *x, size_t length) {
	const VEC *a = (const VEC *)x;
	size_t vectors = length / 16;
	float lanes[16], t;
	if (operation == SEEWHY_MAXIMUM) {
		t = -INFINITY;
		VEC m = NAME(all)(t);
		for (size_t i = 0; i < vectors; i++)
			m = NAME(most)(m, a[i]);
		*(VEC *)lanes = m;
		for (int k = 0; k < 16; k++)
			t = lanes[k] > t ? lanes[k] : t;
		for (size_t i = vectors * 16; i < length; i++)
			t = x[i] > t ? x[i] : t;
		return t;
	}
	VEC s = NAME(all)(0), u = s, v = s, w = s;
	size_t i = 0;
	for (; i + 4 <= vectors; i += 4)
		s += a[i], u += a[i + 1], v += a[i + 2], w += a[i + 3];
	for (; i < vectors; i++)
		s += a[i];
	*(VEC *)lanes = (s + u) + (v + w);
	for (int n = 8; n > 0; n /= 2)
		for (int k = 0; k < n; k++)
			lanes[k] += lanes[k + n];
	t = lanes[0];
	for (i = vectors * 16; i < length; i++)
		t += x[i];
	return t;
}

#define LANES 16
#include "kernelpool.h"
#include "kernelweave.h"
#undef LANES
#define LANES 8
#include "kernelpool.h"
#include "kernelweave.h"
#undef LANES
#define LANES 1
#include "kernelpool.h"
#include "kernelweave.h"
#undef LANES

#undef VEC
#undef INTS
#undef INLINE
