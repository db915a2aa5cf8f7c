package method

import "context"

func init() {
	Register(Method{
		Spec: Spec{
			ID: "eigencam", Title: "Eigen-CAM", Family: FamilyCAM,
			Summary: "The main pattern of a layer's activations, whatever the class: its first principal component.",
			Paper:   "Muhammad and Yeasin, Eigen-CAM, IJCNN 2020, section III",
			Needs:   Needs{Layer: true},
			Params:  []Param{augSmooth},
		},
		conventions: []convention{pytorchGradCAM},
		OfLayer:     eigenCAM,
	})
}

// eigenCAM: the cells of A, centred by channel, on their first principal component.
func eigenCAM(ctx context.Context, _ Request, at LayerGradient) (Attribution, error) {
	return mainPattern(ctx, at.A, at.A)
}
