package method

import (
	"context"
	"math"
	"slices"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "segeigencam", Title: "Seg-Eigen-CAM", Family: FamilyCAM,
			Summary: "The main pattern of the activations that the score answers to, for or against.",
			Paper:   "Chung and Ying, Seg-Eigen-CAM, Applied Sciences 15(13) 7562, 2025, eq. 10 to 13",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{augSmooth},
		},
		conventions: []convention{pytorchGradCAM},
		OfLayer:     segEigenCAM,
	})
}

// segEigenCAM: the cells of |G| A, centred by channel, on their first
// principal component, turned so that its largest magnitude is positive.
func segEigenCAM(ctx context.Context, _ Request, at LayerGradient) (Attribution, error) {
	X := product(at.A, at.G, func(a, g float32) float32 { return float32(math.Abs(float64(g))) * a })
	m, err := firstComponent(ctx, X, func(values []float64) bool {
		return -slices.Min(values) > slices.Max(values)
	})
	return Attribution{Map: m, Notes: []task.Note{{Key: largestNote}}}, err
}
