package grad

import (
	"fmt"
	"math"
	"slices"

	"seewhy/models/onnx"
)

// mergeNorms merges each BatchNormalization in inference mode into the
// convolution or Gemm before it, where that is read by nothing else:
//
//	s (W x + b - mu) / sqrt(var + eps) + beta = (s' W) x + s' (b - mu) + beta,  s' = s / sqrt(var + eps)
//
// The graph computes the same values, and the rules of relevance see one layer,
// as Zennit's canonizer makes it.
func mergeNorms(m *onnx.Model, f Facts, q Query) (Facts, error) {
	g := m.Graph
	keep := slices.Concat(q.Wants, q.Values, []string{q.Score})
	producers, readers := g.Producers(), map[string]int{}
	for _, n := range g.Nodes {
		for _, v := range onnx.Reads(n) {
			readers[v]++
		}
	}
	facts, gone := f.Clone(), map[*onnx.Node]bool{}
	for i, norm := range g.Nodes {
		if norm.Op != "BatchNormalization" || norm.Domain != "" || norm.AttrInt("training_mode", 0) != 0 {
			continue
		}
		layer := producers[norm.In[0]]
		if layer == nil || readers[norm.In[0]] != 1 || slices.Contains(keep, norm.In[0]) {
			continue
		}
		merged, consts, ok := mergeOne(g, layer, norm)
		if !ok {
			continue
		}
		for _, t := range consts {
			t.Name = fmt.Sprintf("seewhy.merged.%d.%s", i, t.Name)
			g.Init[t.Name] = t
			merged.In = append(merged.In, t.Name)
			dims := make([]int, len(t.Dims))
			for j, d := range t.Dims {
				dims[j] = int(d)
			}
			facts.Shapes[t.Name], facts.Types[t.Name] = dims, onnx.Float32
		}
		g.Nodes[i] = merged
		gone[layer] = true
	}
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n *onnx.Node) bool { return gone[n] })
	return facts, nil
}

// mergeOne gives the layer with the norm in it, without its constants, and those.
func mergeOne(g *onnx.Graph, layer, norm *onnx.Node) (merged *onnx.Node, consts []*onnx.Tensor, ok bool) {
	if layer.Domain != "" || len(layer.Out) != 1 {
		return nil, nil, false
	}
	weight, bias := floatInit(g, layer.Input(1)), floatInit(g, layer.Input(2))
	s, beta, mu, variance := floatInit(g, norm.Input(1)), floatInit(g, norm.Input(2)), floatInit(g, norm.Input(3)), floatInit(g, norm.Input(4))
	if weight == nil || s == nil || beta == nil || mu == nil || variance == nil || layer.Input(2) != "" && bias == nil {
		return nil, nil, false
	}
	channels := s.Len()
	fits := func(t *onnx.Tensor) bool { return t == nil || t.Len() == channels }
	if channels == 0 || !fits(bias) || !fits(beta) || !fits(mu) || !fits(variance) || weight.Len() == 0 || len(weight.Dims) < 2 {
		return nil, nil, false
	}
	// of tells the output channel of an element of the weights, made how many
	// channels there are.
	per, made := weight.Len()/int(weight.Dims[0]), int(weight.Dims[0])
	of := func(i int) int { return i / per }
	switch layer.Op {
	case "Conv":
	case "ConvTranspose":
		// W is [C, M/g, k...]: groups of C, and channels within each.
		group := int(layer.AttrInt("group", 1))
		if group < 1 || int(weight.Dims[0])%group != 0 {
			return nil, nil, false
		}
		mg, rows := int(weight.Dims[1]), int(weight.Dims[0])/group
		made = group * mg
		k := weight.Len() / int(weight.Dims[0]*weight.Dims[1])
		of = func(i int) int { return i/(rows*mg*k)*mg + i/k%mg }
	case "Gemm":
		if layer.AttrFloat("alpha", 1) != 1 || layer.AttrFloat("beta", 1) != 1 {
			return nil, nil, false
		}
		if layer.AttrInt("transB", 0) == 0 {
			made = int(weight.Dims[1])
			of = func(i int) int { return i % channels }
		}
	default:
		return nil, nil, false
	}
	if made != channels {
		return nil, nil, false
	}
	eps := float64(norm.AttrFloat("epsilon", 1e-5))
	scale, offset := make([]float64, channels), make([]float32, channels)
	sv, bv, mv, vv := floatsOf(s), floatsOf(beta), floatsOf(mu), floatsOf(variance)
	was := make([]float32, channels)
	if bias != nil {
		was = floatsOf(bias)
	}
	for c := range channels {
		scale[c] = float64(sv[c]) / math.Sqrt(float64(vv[c])+eps)
		offset[c] = float32((float64(was[c])-float64(mv[c]))*scale[c] + float64(bv[c]))
	}
	w := floatsOf(weight)
	for i := range w {
		w[i] = float32(float64(w[i]) * scale[of(i)])
	}
	merged = layer.Clone()
	merged.In, merged.Out = []string{layer.In[0]}, []string{norm.Out[0]}
	return merged, []*onnx.Tensor{onnx.NewFloats("weight", weight.Dims, w), onnx.NewFloats("bias", []int64{int64(channels)}, offset)}, true
}

// floatInit is a float32 constant of the graph, or nil.
func floatInit(g *onnx.Graph, name string) *onnx.Tensor {
	if t := g.Init[name]; t != nil && t.Type == onnx.Float32 {
		return t
	}
	return nil
}
