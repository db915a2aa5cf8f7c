package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// sizedBy remembers the values whose size follows the picture's content, by the
// node that decides it: the places that are not zero, the boxes that are kept.
// Their shapes were measured on zeros and hold for no other picture. unsure are
// the values of which inference told no whole shape.
func (f *Facts) sizedBy(g *onnx.Graph, unsure []string) {
	f.content = map[string]string{}
	measured := map[string]bool{}
	for _, v := range unsure {
		measured[v] = true
	}
	for _, n := range g.Nodes {
		by := ""
		switch {
		case n.Domain == "" && (n.Op == "NonZero" || n.Op == "NonMaxSuppression" || n.Op == "Unique"):
			by = n.Label()
		case n.Domain == "" && n.Op == "Compress" && g.Init[n.Input(1)] == nil:
			by = n.Label()
		default:
			for _, v := range n.In {
				if by = f.content[v]; by != "" {
					break
				}
			}
		}
		if by == "" {
			continue
		}
		for _, o := range n.Out {
			// Sizes travel through integers too, whose own shape is known.
			if measured[o] || f.Types[o] != onnx.Float32 {
				f.content[o] = by
			}
		}
	}
}

// steady refuses a node on the path of which a value's size follows the picture.
func (f Facts) steady(n *onnx.Node) error {
	for _, list := range [][]string{n.Out, n.In} {
		for _, v := range list {
			if by := f.content[v]; by != "" && f.Types[v] == onnx.Float32 {
				return fmt.Errorf("the size of %q follows the picture's content, by %s; a gradient through it is not offered", v, by)
			}
		}
	}
	return nil
}
