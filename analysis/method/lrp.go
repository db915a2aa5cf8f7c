package method

import (
	"context"
	"fmt"
	"math"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "lrp", Title: "Layer-wise relevance propagation (LRP)", Family: FamilyRelevance,
			Summary: "Shares the score out among the neurons of each layer, layer by layer, until it lies on the pixels.",
			Paper:   "Bach et al., On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation, PLOS ONE 2015; Montavon et al., Layer-Wise Relevance Propagation: An Overview, 2019; composites as Zennit 0.5",
			Needs:   Needs{InputGradient: true, Composite: Composite{ID: "lrp-epsilon-plus-flat"}},
			Params:  []Param{compositeParam, epsilonParam, gammaParam, attributionChannels},
		},
		Explain: lrp,
	})
}

// FamilyRelevance: the score itself is shared out, by rules of its own.
const FamilyRelevance = "Relevance"

// lrpComposites are composites of models/grad, in the order of compositeParam.
var lrpComposites = []string{
	"lrp-epsilon-plus-flat", "lrp-epsilon-plus", "lrp-epsilon", "lrp-epsilon-alpha2-beta1", "lrp-epsilon-alpha2-beta1-flat",
	"lrp-epsilon-gamma-box", "lrp-epsilon-plus-wsquare",
}

// lrpBox is the composite that knows the range of pixels.
const lrpBox = "lrp-epsilon-gamma-box"

var compositeParam = Param{
	ID: "composite", Title: "Rules", Help: "What shares relevance out: in convolutions z-plus (positive contributions alone), alpha-beta (positive ones twice, less the negative) or gamma (positive ones favoured); in dense layers always epsilon; flat, w-square or box are for the first layer.",
	Max: 6, Step: 1, Choices: []string{
		"Epsilon + z-plus + flat", "Epsilon + z-plus", "Epsilon alone", "Epsilon + alpha 2 beta 1", "Epsilon + alpha 2 beta 1 + flat",
		"Epsilon + gamma + box", "Epsilon + z-plus + w-square",
	},
}

var epsilonParam = Param{
	ID: "epsilon", Title: "Epsilon", Help: "Added to denominators in dense layers: larger values drop weak contributions and make the map sparser; the sum of relevance shrinks.",
	Default: 1e-6, Max: 10, Step: 0.01,
}

var gammaParam = Param{
	ID: "gamma", Title: "Gamma", Help: "How much positive contributions are favoured where the rules name gamma.", Default: 0.25, Max: 100, Step: 0.05,
}

// What relevance adds up to: FactRelevance, the sum over the input; FactScore,
// the score that was shared out. What lies between them was taken by biases
// and stabilisers.
const (
	FactRelevance = "relevance-sum"
	FactScore     = "score"
)

func lrp(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	c := Composite{ID: lrpComposites[int(r.Params[compositeParam.ID])], Params: map[string]float64{"epsilon": r.Params[epsilonParam.ID]}}
	if c.ID == lrpBox {
		c.Params["gamma"] = r.Params[gammaParam.ID]
		if len(r.Black) == 0 || len(r.Black) != len(r.White) {
			return Attribution{}, fmt.Errorf("the box rule needs to know what black and white become in the input; choose other rules")
		}
		for i := range r.Black {
			c.Params[fmt.Sprintf("low%d", i)] = min(r.Black[i], r.White[i])
			c.Params[fmt.Sprintf("high%d", i)] = max(r.Black[i], r.White[i])
		}
	}
	return relevance(ctx, s, r, c, p)
}

// relevance carries the score back by a composite that conserves it, and says
// how much of it arrived.
func relevance(ctx context.Context, s Session, r Request, c Composite, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Input: true, Composite: c})
	if err != nil {
		return Attribution{}, err
	}
	values, sum := make([]float64, r.Input.Len()), 0.0
	for i, v := range out.Input.Data {
		values[i] = float64(v)
		sum += values[i]
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return Attribution{}, fmt.Errorf("relevance grew beyond all numbers on the way (sum %g): choose a larger epsilon or other rules", sum)
	}
	p.Report(1, "Done")
	score := out.Scores[0]
	a := Attribution{Map: attributionMap(r, values), Facts: []task.Fact{{ID: FactRelevance, Value: sum}, {ID: FactScore, Value: score}}}
	a.Notes = []task.Note{{
		Key:  "The relevance of all pixels adds up to %.4g, the score is %.4g: the difference of %.2g stayed with biases and stabilisers on the way.",
		Args: []any{sum, score, score - sum},
	}}
	return a, nil
}
