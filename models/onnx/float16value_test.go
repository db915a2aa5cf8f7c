package onnx

import (
	"math"
	"testing"
)

// fromHalf is the slow twin, written from the definition of binary16.
func fromHalf(h uint16) float64 {
	sign := 1.0
	if h&0x8000 != 0 {
		sign = -1
	}
	exponent, mantissa := int(h>>10&31), float64(h&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(mantissa, -24)
	case 31:
		if mantissa != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+mantissa, exponent-25)
}

func TestFloatToHalf(t *testing.T) {
	for h := range 1 << 16 {
		h := uint16(h)
		v := fromHalf(h)
		got := FloatToHalf(float32(v))
		if v != v {
			if got&0x7c00 != 0x7c00 || got&0x3ff == 0 {
				t.Fatalf("NaN %#04x became %#04x", h, got)
			}
			continue
		}
		if got != h {
			t.Fatalf("%#04x = %g became %#04x", h, v, got)
		}
		// Halfway to the next one: ties go to the even neighbour, the next
		// float32 on either side to the nearer one.
		if h&0x7fff >= 0x7bff {
			continue
		}
		middle := float32((v + fromHalf(h+1)) / 2)
		even := h + h&1
		if got := FloatToHalf(middle); got != even {
			t.Fatalf("the tie %g became %#04x, want %#04x", middle, got, even)
		}
		if got := FloatToHalf(math.Nextafter32(middle, 0)); got != h {
			t.Fatalf("just inside the tie %g became %#04x, want %#04x", middle, got, h)
		}
	}
	for v, want := range map[float32]uint16{65519.996: 0x7bff, 65520: 0x7c00, -1e30: 0xfc00, 1e-30: 0, float32(math.Inf(1)): 0x7c00} {
		if got := FloatToHalf(v); got != want {
			t.Errorf("FloatToHalf(%g) = %#04x, want %#04x", v, got, want)
		}
	}
}
