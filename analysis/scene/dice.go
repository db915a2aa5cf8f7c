package scene

import "math/rand/v2"

// dice is one stream of chance. Each part of a scene has its own, derived from the seed and the part's name,
// so that leaving one part out (a watermark, an object) changes nothing else in the picture.
type dice struct{ *rand.Rand }

// stream derives the dice of the part called name, number i.
func stream(seed uint64, name string, i int) dice {
	const prime = 0x100000001b3 // FNV-1a, 64 bit
	h := uint64(0xcbf29ce484222325)
	for _, c := range []byte(name) {
		h = (h ^ uint64(c)) * prime
	}
	h = (h ^ uint64(i)) * prime
	return dice{rand.New(rand.NewPCG(seed, h))}
}

// between is uniform in [lo, hi).
func (d dice) between(lo, hi float64) float64 { return lo + (hi-lo)*d.Float64() }

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// sign is -1 or 1.
func (d dice) sign() float64 {
	if d.chance(.5) {
		return -1
	}
	return 1
}

// pick takes one of vs.
func pick[T any](d dice, vs ...T) T { return vs[d.IntN(len(vs))] }
