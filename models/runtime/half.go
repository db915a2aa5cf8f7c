package runtime

import "math"

// toHalf rounds a float32 to IEEE 754 binary16, ties to even. Values beyond
// 65504 become infinite, as in numpy and in ONNX Runtime's own Cast; NaN
// stays NaN.
func toHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign := uint16(bits >> 16 & 0x8000)
	abs := bits & 0x7fffffff
	switch {
	case abs > 0x7f800000:
		return sign | 0x7e00
	case abs >= 0x477ff000: // 65520, the first value that rounds past 65504
		return sign | 0x7c00
	case abs < 0x38800000: // below 2^-14: subnormal, in units of 2^-24
		units := math.RoundToEven(float64(math.Float32frombits(abs)) * (1 << 24))
		return sign | uint16(units)
	}
	// Rebias the exponent from 127 to 15, then round the 13 bits that go.
	// A carry out of the mantissa raises the exponent, which is right.
	h := abs - (127-15)<<23
	h += 0x0fff + h>>13&1
	return sign | uint16(h>>13)
}
