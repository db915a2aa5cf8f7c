package grad

import "seewhy/models/onnx"

// PeakBytes estimates the memory that one sample's values need while a graph
// runs in its order: the most that is alive at once, at four bytes an element.
// A value whose shape the facts do not tell counts as much as the largest that
// it is made from. Weights, and what the runtime adds for its own work, are
// not in it.
func PeakBytes(g *onnx.Graph, f Facts) int64 {
	last := map[string]int{}
	for i, n := range g.Nodes {
		for _, v := range onnx.Reads(n) {
			last[v] = i
		}
	}
	for _, o := range g.Outputs {
		last[o.Name] = len(g.Nodes)
	}
	guessed := map[string]int64{}
	size := func(v string) int64 {
		shape, ok := f.Shapes[v]
		if _, weight := g.Init[v]; weight || v == "" {
			return 0
		}
		if !ok {
			return guessed[v]
		}
		return sampleBytes(shape)
	}
	var alive, peak int64
	for _, v := range g.Inputs {
		alive += size(v.Name)
	}
	for i, n := range g.Nodes {
		for _, v := range n.Out {
			for _, from := range n.In {
				guessed[v] = max(guessed[v], size(from))
			}
			alive += size(v)
		}
		peak = max(peak, alive)
		seen := map[string]bool{}
		for _, v := range onnx.Reads(n) {
			if last[v] == i && !seen[v] {
				seen[v] = true
				alive -= size(v)
			}
		}
		for _, v := range n.Out {
			if _, read := last[v]; !read {
				alive -= size(v)
			}
		}
	}
	return max(peak, alive)
}

// AllBytes is what one sample's values take together, at four bytes an element.
func AllBytes(g *onnx.Graph, f Facts) int64 {
	var all int64
	for _, n := range g.Nodes {
		for _, v := range n.Out {
			if shape, known := f.Shapes[v]; known {
				all += sampleBytes(shape)
			}
		}
	}
	return all
}

// sampleBytes is the size of a float32 value of a shape for one sample.
func sampleBytes(shape []int) int64 {
	bytes := int64(4)
	for _, d := range shape {
		bytes *= int64(max(d, 1))
	}
	return bytes
}
