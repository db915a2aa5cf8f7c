package scene

import "math"

// noise is seeded value noise: smooth, in [0, 1], the same function of (x, y) at every picture size.
type noise uint32

func (n noise) at(ix, iy int32) float64 {
	h := uint32(n) ^ uint32(ix)*0x85ebca6b ^ uint32(iy)*0xc2b2ae35
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float64(h) / (1<<32 - 1)
}

func (n noise) value(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int32(fx), int32(fy)
	u, v := x-fx, y-fy
	u, v = u*u*(3-2*u), v*v*(3-2*v)
	a, b := n.at(ix, iy), n.at(ix+1, iy)
	c, d := n.at(ix, iy+1), n.at(ix+1, iy+1)
	return a + (b-a)*u + (c-a)*v + (a-b-c+d)*u*v
}

// fractal sums octaves of halved size and weight; the result stays in [0, 1] with mean one half.
func (n noise) fractal(x, y float64, octaves int) float64 {
	sum, weight, total := 0.0, 1.0, 0.0
	for i := range octaves {
		sum += weight * (n+noise(i)*7919).value(x, y)
		total += weight
		weight /= 2
		x, y = x*2+17.3, y*2+9.1
	}
	return sum / total
}
