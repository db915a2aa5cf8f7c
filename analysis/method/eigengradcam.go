package method

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "eigengradcam", Title: "EigenGrad-CAM", Family: FamilyCAM,
			Summary: "The main pattern of activation times gradient: Eigen-CAM that asks for the class.",
			Paper:   "Gildenblat et al., pytorch-grad-cam, EigenGradCAM; Muhammad and Yeasin, Eigen-CAM, IJCNN 2020, section III",
			Needs:   Needs{Layer: true, LayerGradient: true},
		},
		Explain: eigenGradCAM,
	})
}

// eigenGradCAM: the cells of G A, centred by channel, on their first principal
// component, turned to rise with the mean of A.
func eigenGradCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Layers: []string{r.Layer}})
	if err != nil {
		return Attribution{}, err
	}
	layer := out.Layers[r.Layer]
	X := product(layer.A, layer.G, func(a, g float32) float32 { return g * a })
	m, err := firstComponent(ctx, X, fallsWith(layer.A))
	if err != nil {
		return Attribution{}, err
	}
	p.Report(1, "Done")
	return Attribution{Map: m, Notes: []task.Note{{Key: signNote}}}, nil
}

// product is f(A, G), element by element.
func product(A, G tensor.Tensor, f func(a, g float32) float32) tensor.Tensor {
	out := tensor.New(A.Shape...)
	for i, a := range A.Data {
		out.Data[i] = f(a, G.Data[i])
	}
	return out
}
