package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// Forward is the model reduced to what the given values need.
func Forward(p *Prepared, outputs ...string) *onnx.Model {
	out := p.Model.Shallow()
	g := out.Graph
	g.Inputs, g.Outputs, g.Values = g.FreeInputs(), nil, map[string]onnx.Value{}
	for _, o := range outputs {
		g.Outputs = append(g.Outputs, p.Facts.declare(o, o))
	}
	prune(g)
	return out
}

// ProbabilitiesName is the value that WithProbabilities adds.
const ProbabilitiesName = "seewhy.probabilities"

// WithProbabilities appends a Softmax where the model ends in logits, so that
// a probability can be explained too.
func WithProbabilities(p *Prepared, s Scores) (*Prepared, Scores, error) {
	if s.Probabilities != "" {
		return p, s, nil
	}
	shape, ok := p.Facts.Shapes[s.Logits]
	if !ok {
		return nil, s, fmt.Errorf("the shape of %q is not known", s.Logits)
	}
	ax := classAxis(shape)
	out := *p
	out.Model, out.Facts = p.Model.Shallow(), p.Facts.Clone()
	out.Model.Graph.Nodes = append(out.Model.Graph.Nodes, &onnx.Node{
		Name: ProbabilitiesName, Op: "Softmax", In: []string{s.Logits}, Out: []string{ProbabilitiesName}, Attrs: A{"axis": onnx.Int(int64(ax))},
	})
	out.Facts.Shapes[ProbabilitiesName], out.Facts.Types[ProbabilitiesName] = shape, onnx.Float32
	if one, ok := out.Facts.single[s.Logits]; ok {
		out.Facts.single[ProbabilitiesName] = one
	}
	s.Probabilities = ProbabilitiesName
	return &out, s, nil
}
