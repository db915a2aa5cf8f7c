package segment

import "math"

// expSteps is the number of steps a unit in the table of exp.
const expSteps = 64

// expTable has e^-(i/expSteps), down to where a term is below 1e-17.
var expTable = func() (t [40*expSteps + 2]float64) {
	for i := range t {
		t[i] = math.Exp(-float64(i) / expSteps)
	}
	return t
}()

// exp is e^x for x <= 0, to a relative 1e-10, several times as fast as
// math.Exp: the nearest step of a table times a short series.
func exp(x float64) float64 {
	at := -x * expSteps
	if at >= 40*expSteps {
		return 0
	}
	i := int(at + 0.5)
	d := (float64(i) - at) / expSteps // at most 1/128 in size
	return expTable[i] * (1 + d*(1+d*(1.0/2+d*(1.0/6+d*(1.0/24)))))
}
