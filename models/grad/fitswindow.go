package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// windowFits refuses windows that lie nowhere in their input, as those of the
// last stages do where a picture is too small: the runtime infers one window
// all the same, or hands an empty tensor on, and what fails is a node far behind.
//
// A pool whose window passes the input's end by less than a stride has one: the
// runtime's kernels round -room/stride towards zero, in ceil_mode and without.
// A convolution's must lie inside.
func (f Facts) windowFits(n *onnx.Node) error {
	pool := n.Op == "MaxPool" || n.Op == "AveragePool" || n.Op == "LpPool"
	x := f.Shapes[n.Input(0)]
	rank := len(x) - 2
	if n.Domain != "" || !pool && n.Op != "Conv" || rank < 1 {
		return nil
	}
	kernel := n.AttrInts("kernel_shape")
	if w := f.Shapes[n.Input(1)]; kernel == nil && len(w) == len(x) {
		for _, d := range w[2:] {
			kernel = append(kernel, int64(d))
		}
	}
	all := func(name string, count int, otherwise int64) []int64 {
		if v := n.AttrInts(name); v != nil {
			return v
		}
		return slices.Repeat([]int64{otherwise}, count)
	}
	strides, dilations, pads := all("strides", rank, 1), all("dilations", rank, 1), slices.Clone(all("pads", 2*rank, 0))
	same := false
	switch n.AttrString("auto_pad", "NOTSET") {
	case "SAME_UPPER", "SAME_LOWER":
		// A convolution is padded until its window fits, a pool as if its window
		// had no dilation (see onnx.PlacePools).
		if same = true; !pool {
			return nil
		}
	case "VALID":
		pads = make([]int64, 2*rank)
	}
	if len(kernel) != rank || len(strides) != rank || len(dilations) != rank || len(pads) != 2*rank || slices.Min(strides) < 1 {
		return nil
	}
	dilations = slices.Clone(dilations)
	for i, k := range kernel {
		if k == 1 {
			dilations[i] = 1 // of one element there is nothing to spread
		}
	}
	for i, size := range x[2:] {
		if same && size > 0 {
			total := (int64(size)-1)/strides[i]*strides[i] + kernel[i] - int64(size)
			if total < 0 && slices.Max(dilations) > 1 && n.AttrInt("ceil_mode", 0) == 1 {
				return fmt.Errorf("%s: automatic padding of a dilated window in ceil_mode, whose stride %d passes its kernel %d, has no one meaning: export the model with pads in numbers", n.Label(), strides[i], kernel[i])
			}
			pads[i], pads[rank+i] = total/2, total-total/2
		}
		span := dilations[i]*(kernel[i]-1) + 1
		room := int64(size) + pads[i] + pads[rank+i] - span
		if size < 0 || room >= 0 || pool && -room < strides[i] {
			continue
		}
		return fmt.Errorf("%s: no window fits along axis %d: kernel %d with dilation %d spans %d places, and its input %q of shape %v has %d with pads %d and %d: give it a larger picture, or export the model for this size", n.Label(), i+2, kernel[i], dilations[i], span, n.Input(0), x, size, pads[i], pads[rank+i])
	}
	return nil
}
