package method

import (
	"context"

	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "eigengradcam", Title: "EigenGrad-CAM", Family: FamilyCAM,
			Summary: "The main pattern of activation times gradient: Eigen-CAM that asks for the class.",
			Paper:   "Gildenblat et al., pytorch-grad-cam, EigenGradCAM; Muhammad and Yeasin, Eigen-CAM, IJCNN 2020, section III",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{augSmooth},
		},
		conventions: []convention{pytorchGradCAM},
		OfLayer:     eigenGradCAM,
	})
}

// eigenGradCAM: the cells of G A, centred by channel, on their first principal
// component, turned to rise with the mean of A.
func eigenGradCAM(ctx context.Context, _ Request, at LayerGradient) (Attribution, error) {
	return mainPattern(ctx, product(at.A, at.G, func(a, g float32) float32 { return g * a }), at.A)
}

// product is f(A, G), element by element.
func product(A, G tensor.Tensor, f func(a, g float32) float32) tensor.Tensor {
	out := tensor.New(A.Shape...)
	for i, a := range A.Data {
		out.Data[i] = f(a, G.Data[i])
	}
	return out
}
