package method

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// layerPathParams are those of the methods that look at a layer along the
// straight way to the picture.
var layerPathParams = []Param{
	{ID: "steps", Title: "Steps", Help: "Points on the way.", Default: 50, Min: 2, Max: maxSteps, Step: 1},
	ruleParam, baselineParam, attributionChannels,
}

// layerAlong has the layer's activation and gradient at the points of the
// straight way from b to the input, in turn; what take gets is valid until it
// returns.
func layerAlong(ctx context.Context, s Session, r Request, b tensor.Tensor, points []float64, p task.Progress, take func(i int, at LayerGradient)) error {
	size := r.Input.Len()
	for first := 0; first < len(points); first += chunk {
		p.Report(float64(first)/float64(len(points)), "Forward and backward pass")
		x := r.Input.Repeat(min(chunk, len(points)-first))
		for i := range x.Data {
			from := float64(b.Data[i%size])
			x.Data[i] = float32(from + points[first+i/size]*(float64(x.Data[i])-from))
		}
		out, err := s.Gradient(ctx, x, r.Score, GradientQuery{Layers: []string{r.Layer}})
		if err != nil {
			return err
		}
		for i := range x.Shape[0] {
			take(first+i, sample(out.Layers[r.Layer], i))
		}
	}
	p.Report(1, "Done")
	return nil
}

// layerMap folds the channels of a layer's attributions, values in the order
// of A, as the parameter attributionChannels says.
func layerMap(r Request, A tensor.Tensor, values []float64) task.Map {
	magnitudes := r.Params[attributionChannels.ID] == 1
	cells := A.Shape[2] * A.Shape[3]
	sum := make([]float64, cells)
	for at, v := range values {
		if magnitudes && v < 0 {
			v = -v
		}
		sum[at%cells] += v
	}
	m := mapOf(A, sum)
	m.Signed = !magnitudes
	return m
}
