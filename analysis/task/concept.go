package task

// Concept is one of the parts that a layer's activation was divided into: a
// pattern of channels, and where it is.
type Concept struct {
	// Map says how much of the concept each place holds.
	Map Map `json:"map"`
	// Share is the concept's part of all concepts' activation, 0 to 1.
	Share float64 `json:"share"`
	// Score is the explained scalar where every place of the layer holds the
	// concept's pattern.
	Score float64 `json:"score"`
}

// LayerNorm tells how strongly the explained score hangs on a layer.
type LayerNorm struct {
	Layer Layer `json:"layer"`
	// Gradient is the length (L2) of the score's gradient at the layer, RMS the
	// root of the mean of its squares, Activation that of the layer's values.
	Gradient   float64 `json:"gradient"`
	RMS        float64 `json:"rms"`
	Activation float64 `json:"activation"`
}

// ShownConcept is the concept that the result's map shows, counted from 0; -1
// where it has none. Unless the task names one it is the first of the highest
// score.
func (r Result) ShownConcept() int {
	if i := int(r.Task.Params["concept"]); i >= 1 && i <= len(r.Concepts) {
		return i - 1
	}
	best := -1
	for i, c := range r.Concepts {
		if best < 0 || c.Score > r.Concepts[best].Score {
			best = i
		}
	}
	return best
}
