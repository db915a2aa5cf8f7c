package method

import (
	"math/rand/v2"
	"slices"
)

// draws is the source of sample i. Each sample has its own, so that the first
// samples are the same whatever their number.
func draws(seed uint64, i int) *rand.Rand {
	// The odd multiplier (2^64 over the golden ratio) keeps neighbouring
	// samples far apart in the generator's orbit.
	return rand.New(rand.NewPCG(seed, uint64(i+1)*0x9e3779b97f4a7c15))
}

// spreadParam is the noise of a method as a share of the input's range.
func spreadParam(def float64, help string) Param {
	return Param{ID: "noise", Title: "Noise", Help: help, Default: def, Min: 0, Max: 1, Step: 0.05}
}

// deviation is the standard deviation that a share of x's range makes.
func deviation(x []float32, share float64) float64 {
	return share * (float64(slices.Max(x)) - float64(slices.Min(x)))
}
