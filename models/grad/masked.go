package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// MaskName is the first input of a MaskedTail, of the layer's shape.
const MaskName = "seewhy.mask"

// MaskedTail is Tail with the layer's own value under a mask: the input
// MaskName times that value takes its place. Where the layer is one of tokens
// and a normalisation of each token follows on its way into attention, which
// would undo a mask, its output is masked in the same way (as OpenVINO XAI does
// in ViT-ReciproCAM). names are the values that the further inputs hold, in
// their order, the layer first; Forward gives them.
func MaskedTail(p *Prepared, layer string, outputs ...string) (m *onnx.Model, names []string, err error) {
	layers := []string{layer}
	if norm := normAfter(p, layer); norm != "" {
		layers = append(layers, norm)
	}
	m, sides, err := cutAt(p, layers, outputs)
	if err != nil {
		return nil, nil, err
	}
	g := m.Graph
	var masks []*onnx.Node
	for i, l := range layers {
		own := l + ".seewhy.own"
		g.Inputs[i].Name = own
		masks = append(masks, &onnx.Node{Name: own + ".masked", Op: "Mul", In: []string{MaskName, own}, Out: []string{l}})
	}
	g.Nodes = append(masks, g.Nodes...)
	g.Inputs = append([]onnx.Value{p.Facts.declare(MaskName, layer)}, g.Inputs...)
	return m, append(layers, sides...), nil
}

// normAfter finds what a layer of tokens becomes before it is first multiplied
// with weights; empty where it goes there as it is.
func normAfter(p *Prepared, layer string) string {
	shape := p.Facts.Shapes[layer]
	if len(shape) != 3 {
		return ""
	}
	producers := p.Model.Graph.Producers()
	reach := map[string]bool{layer: true}
	for _, n := range p.Model.Graph.Nodes {
		if !slices.ContainsFunc(n.In, func(v string) bool { return reach[v] }) {
			continue
		}
		if n.Op != "MatMul" && n.Op != "Gemm" {
			for _, v := range n.Out {
				reach[v] = true
			}
			continue
		}
		v := n.In[0]
		for v != layer {
			if slices.Equal(p.Facts.Shapes[v], shape) {
				return v
			}
			from := producers[v]
			if from == nil || !slices.Contains([]string{"Reshape", "Transpose", "Identity", "Flatten", "Squeeze", "Unsqueeze", "Cast"}, from.Op) {
				return ""
			}
			v = from.In[0]
		}
		return ""
	}
	return ""
}
