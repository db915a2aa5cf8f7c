package method

import (
	"context"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "guidedgradcam", Title: "Guided Grad-CAM", Family: FamilyCAM,
			Summary: "Guided backpropagation where Grad-CAM looks: fine lines at the place that counts.",
			Paper:   "Selvaraju et al., Grad-CAM, ICCV 2017, section 3.2",
			Needs:   Needs{Layer: true, LayerGradient: true, InputGradient: true, Composite: GuidedBackprop},
			Params: []Param{gradientChannels, {
				ID: conventionID, Title: "Convention", Help: "How Grad-CAM's map is brought to the picture's size: smoothly, or by repeating cells.",
				Max: 1, Step: 1, Choices: []string{thePaper.title, captum.title},
			}},
		},
		Explain: guidedGradCAM,
	})
}

// guidedGradCAM: map = resize(ReLU(Grad-CAM)) times what guided
// backpropagation brings back to the input. Captum resizes to the nearest cell.
func guidedGradCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	at, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Layers: []string{r.Layer}})
	if err != nil {
		return Attribution{}, err
	}
	layer := at.Layers[r.Layer]
	cam := WeightedSum(layer.A, ChannelMeans(layer.G))
	for i, v := range cam.Values {
		cam.Values[i] = max(v, 0)
	}
	g := gridOf(r.Input, r.Layout)
	fine, err := heatmap.Resize(cam.Values, cam.Width, cam.Height, g.w, g.h, r.Params[conventionID] == 0)
	if err != nil {
		return Attribution{}, err
	}
	p.Report(0.5, "Forward and backward pass")
	a, err := rectified(ctx, s, r, GuidedBackprop, nil)
	if err != nil {
		return a, err
	}
	for i, v := range fine {
		a.Map.Values[i] *= v
	}
	p.Report(1, "Done")
	return a, nil
}
