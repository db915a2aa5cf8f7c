package grad_test

import (
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// The mask of a ReLU6 in the CPU's form is [0 < y < hi] to the last value on
// either side of both ends, whatever the upper end: behind a convolution, in
// the runtime's blocked layout, and without one.
func TestMaskBetweenIsExact(t *testing.T) {
	lib := library(t)
	const channels = 32
	identity := make([]float32, channels*channels)
	for c := range channels {
		identity[c*channels+c] = 1
	}
	for _, hi := range []float32{6, 1, 0.5, 3, 0.1, 20, 255, 1e-3, math.Nextafter32(1, 2), math.Nextafter32(1, 0), math.Nextafter32(6, 7), 1e12} {
		at := []float32{-hi, 0, 1e-20, hi / 2, hi, 2 * hi}
		below, above := hi, hi
		for range 8 {
			below, above = math.Nextafter32(below, 0), math.Nextafter32(above, 2*hi)
			at = append(at, below, above)
		}
		for f := float32(0.01); f < 1; f += 0.013 {
			at = append(at, f*hi)
		}
		x := tensor.New(1, channels, 1, len(at))
		u := tensor.New(1, channels, 1, len(at))
		for c := range channels {
			copy(x.Data[c*len(at):], at)
			for i := range at {
				u.Data[c*len(at)+i] = float32(c + 1)
			}
		}
		for name, nodes := range map[string][]*onnx.Node{
			"blocked": {op("h", "Conv", nil, "x", "identity"), op("r", "Clip", nil, "h", "zero", "hi"), op("y", "Conv", nil, "r", "identity")},
			"plain":   {op("y", "Clip", nil, "x", "zero", "hi")},
		} {
			p := small(t, []int{-1, channels, 1, len(at)}, nodes, scalar("zero", 0), scalar("hi", hi),
				onnx.NewFloats("identity", []int64{channels, channels, 1, 1}, identity))
			one := p.One()
			prog, err := grad.Build(one.Model, one.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Phases: true})
			if err != nil {
				t.Fatal(err)
			}
			steps := 0
			for _, n := range prog.Model.Graph.Nodes {
				if n.Op == "HardSigmoid" && n.AttrFloat("alpha", 0) < 0 {
					steps++
				}
			}
			if steps != 0 && hi < 1<<30 {
				t.Fatalf("%s, %v: the upper end has a mask of its own", name, hi)
			}
			_, grads := compile(t, lib, prog, []string{"x"}, "y")([]tensor.Tensor{x}, u)
			for i, got := range grads[0].Data {
				v := x.Data[i]
				want := float32(0)
				if v > 0 && v < hi {
					want = u.Data[i]
				}
				if got != want {
					t.Fatalf("%s, hi %v: gradient at %v is %v, not %v", name, hi, v, got, want)
				}
			}
		}
	}
}
