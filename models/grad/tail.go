package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Tail is the model cut behind a value: layer is its first input, and only
// what lies between it and the outputs is computed. What goes round the layer
// (a skip connection that starts before it) becomes an input too: sides names
// those, in the order of the model's further inputs; Forward gives their values.
func Tail(p *Prepared, layer string, outputs ...string) (m *onnx.Model, sides []string, err error) {
	return cutAt(p, []string{layer}, outputs)
}

// cutAt is Tail at several values, the first inputs of the model.
func cutAt(p *Prepared, layers, outputs []string) (m *onnx.Model, sides []string, err error) {
	m = p.Model.Shallow()
	g := m.Graph
	// From the picture, and behind the layers.
	fed, behind := map[string]bool{}, map[string]bool{}
	for _, layer := range layers {
		if _, ok := p.Facts.Shapes[layer]; !ok {
			return nil, nil, fmt.Errorf("the model has no value %q to cut it at", layer)
		}
		behind[layer] = true
	}
	for _, v := range g.FreeInputs() {
		fed[v.Name] = true
	}
	var nodes, rest []*onnx.Node
	for _, n := range g.Nodes {
		from, after := false, false
		for _, v := range onnx.Reads(n) {
			from, after = from || fed[v], after || behind[v]
		}
		for _, v := range n.Out {
			fed[v] = fed[v] || from
			behind[v] = behind[v] || after
		}
		switch {
		case slices.ContainsFunc(n.Out, func(v string) bool { return slices.Contains(layers, v) }):
			// Its value is an input now.
		case after:
			nodes = append(nodes, n)
		case !from:
			rest = append(rest, n)
		}
	}
	for _, o := range outputs {
		if !behind[o] {
			return nil, nil, fmt.Errorf("%q does not depend on %q: nothing to cut", o, layers[0])
		}
	}
	// What is computed from constants alone goes along; it stands before all
	// that reads it.
	g.Nodes = append(rest, nodes...)
	g.Inputs, g.Outputs, g.Values = nil, nil, map[string]onnx.Value{}
	for _, o := range outputs {
		g.Outputs = append(g.Outputs, p.Facts.declare(o, o))
	}
	prune(g)
	seen := map[string]bool{}
	g.Inputs = nil
	for _, layer := range layers {
		g.Inputs = append(g.Inputs, p.Facts.declare(layer, layer))
		seen[layer] = true
	}
	for _, n := range g.Nodes {
		for _, v := range onnx.Reads(n) {
			if v == "" || seen[v] || behind[v] || !fed[v] {
				continue
			}
			seen[v] = true
			sides = append(sides, v)
			g.Inputs = append(g.Inputs, p.Facts.declare(v, v))
		}
	}
	return m, sides, nil
}
