package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// fits refuses windows that lie nowhere in their input, and convolutions whose
// weights are for another number of channels than arrives: the runtime infers a
// shape all the same, and fails when it runs.
func (f Facts) fits(g *onnx.Graph) error {
	for _, n := range g.Nodes {
		if err := f.windowFits(n); err != nil {
			return err
		}
		if n.Domain != "" || n.Op != "Conv" {
			continue
		}
		x, w := f.Shapes[n.Input(0)], f.Shapes[n.Input(1)]
		group := n.AttrInt("group", 1)
		if len(x) < 3 || len(w) != len(x) || x[1] < 1 || w[1] < 1 || int64(x[1]) == int64(w[1])*group {
			continue
		}
		return fmt.Errorf("%s: its weight %q of shape %v is for %d channels in %d groups, and its input %q has %d: export the model again, or check its input's layout", n.Label(), n.Input(1), w, int64(w[1])*group, group, n.Input(0), x[1])
	}
	return nil
}
