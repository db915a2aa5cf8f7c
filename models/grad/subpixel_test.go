package grad_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// The gradient of a network's first convolution from the phases of the pool
// behind it is the one by ConvTranspose, over drawn geometries of both: of whole
// numbers, so that sums are exact and the comparison too.
func TestSubPixel(t *testing.T) {
	lib := library(t)
	r := rand.New(rand.NewPCG(41, 42))
	draws, taken := 60, 0
	if testing.Short() {
		draws = 12
	}
	for range draws {
		channels, s, ps := int64(1+r.IntN(4)), int64(2+r.IntN(3)), int64(2+r.IntN(2))
		k, pk := []int64{int64(1 + r.IntN(7)), int64(1 + r.IntN(7))}, []int64{ps + int64(r.IntN(2)), ps + int64(r.IntN(2))}
		in, pads, ppads := []int{-1, int(channels)}, make([]int64, 4), make([]int64, 4)
		for i := range 2 {
			in = append(in, int(k[i]+s*(pk[i]+int64(r.IntN(9)))+int64(r.IntN(3))))
			pads[i], pads[2+i] = int64(r.IntN(int(k[i]))), int64(r.IntN(int(k[i])))
			ppads[i], ppads[2+i] = int64(r.IntN(int(pk[i]))), int64(r.IntN(int(pk[i])))
		}
		nodes := []*onnx.Node{
			op("h", "Conv", grad.A{"strides": onnx.Ints(s, s), "pads": onnx.Ints(pads...)}, "x", "w"),
			op("r", "Relu", nil, "h"),
			op("y", "MaxPool", grad.A{"kernel_shape": onnx.Ints(pk...), "strides": onnx.Ints(ps, ps), "pads": onnx.Ints(ppads...)}, "r"),
		}
		t.Run(fmt.Sprint(in, k, s, pads, pk, ps, ppads), func(t *testing.T) {
			p := small(t, in, nodes, whole(r, "w", 32, channels, k[0], k[1]))
			x, u := wholeSamples(r, in, p.Facts.Shapes["y"])
			grads, progs := allForms(t, lib, p, x, u)
			if !slices.ContainsFunc(progs[1].Model.Graph.Nodes, func(n *onnx.Node) bool { return n.Op == "ConvTranspose" }) {
				taken++
			}
			if !slices.Equal(grads[0], grads[1]) || !slices.Equal(grads[0], grads[2]) {
				t.Error("they differ")
			}
		})
	}
	if taken < draws/2 {
		t.Errorf("only %d of %d came from phases", taken, draws)
	}
	t.Logf("%d of %d came from phases", taken, draws)
}
