package grad

import (
	"math"

	"seewhy/models/onnx"
)

// Layer-wise relevance propagation, in the composites of Zennit 0.5 (Anders et
// al. 2021): a rule for convolutions, one for dense layers, and where the name
// says so one for the first layer. Batch norms are merged into the layer
// before them. Relevance starts as the score itself.
//
// Ops that Zennit leaves to PyTorch's gradient have rules here, so that
// relevance is conserved on any graph; lrpkinds.go lists them.
func init() {
	epsilon := func(s *scope) linearRule { return epsilonRule(s.params["epsilon"]) }
	plus := func(*scope) linearRule { return zPlusRule(stabiliser) }
	split := func(*scope) linearRule { return alphaBetaRule(2, 1, stabiliser) }
	flat := func(*scope) linearRule { return flatRule(stabiliser) }
	square := func(*scope) linearRule { return wSquareRule(stabiliser) }
	gamma := func(s *scope) linearRule { return gammaRule(s.params["gamma"], stabiliser) }
	for _, c := range []struct {
		id                 string
		conv, dense, first func(s *scope) linearRule
		box                bool
	}{
		{id: "lrp-epsilon", conv: epsilon, dense: epsilon},
		{id: "lrp-epsilon-plus", conv: plus, dense: epsilon},
		{id: "lrp-epsilon-plus-flat", conv: plus, dense: epsilon, first: flat},
		{id: "lrp-epsilon-plus-wsquare", conv: plus, dense: epsilon, first: square},
		{id: "lrp-epsilon-alpha2-beta1", conv: split, dense: epsilon},
		{id: "lrp-epsilon-alpha2-beta1-flat", conv: split, dense: epsilon, first: flat},
		{id: "lrp-epsilon-gamma-box", conv: gamma, dense: epsilon, box: true},
	} {
		r := recipe{id: c.id, defaults: map[string]float64{"epsilon": stabiliser}, rewrite: mergeNorms, start: scoreTimesSeed}
		if c.box {
			r.defaults["gamma"] = 0.25
			for _, id := range boxParams {
				r.defaults[id] = math.NaN()
			}
		}
		r.choose = func(s *scope, n *onnx.Node) (Rule, bool) {
			l, ok := s.linearAt(n)
			if !ok {
				return s.relevanceRule(n)
			}
			rule := c.dense
			if l.convolves() {
				rule = c.conv
			}
			if s.first()[n] && c.first != nil {
				rule = c.first
			}
			if !s.constantWeights(l) {
				rule = epsilon
			}
			if c.box && s.first()[n] {
				return s.boxRule(l), true
			}
			return rule(s).as(s, l), true
		}
		registerComposite(r)
	}
}

// stabiliser is Zennit's: what is added to denominators, and the default
// epsilon.
const stabiliser = 1e-6

// scoreTimesSeed starts relevance propagation: the score's own value, where
// and as the seed weighs it.
func scoreTimesSeed(b *Builder, score, seed Value) Value { return b.Mul(score, seed) }
