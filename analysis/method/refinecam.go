package method

import (
	"context"

	"seewhy/analysis/task"
)

// refined are the maps that RefineCAM can multiply, in the order of the
// parameter's choices.
var refined = []string{"gradcam++", "gradcam", "layercam", "hirescam", "xgradcam"}

func init() {
	Register(Method{
		Spec: Spec{
			ID: "refinecam", Title: "RefineCAM", Family: FamilyCAM, Joins: true,
			Summary: "The product of a map over several layers: fine as the early ones, sure as the late ones.",
			Paper:   "RefineCAM, 2026, arXiv 2605.14641; Gildenblat et al., pytorch-grad-cam, RefineCAM",
			Needs:   Needs{Layer: true, LayerGradient: true, Several: true},
			Params: []Param{
				{ID: "base", Title: "Maps", Help: "Whose map of each layer is multiplied.", Max: 4, Step: 1, Choices: []string{"Grad-CAM++", "Grad-CAM", "Layer-CAM", "HiRes-CAM", "XGrad-CAM"}},
				eigenSmooth,
			},
		},
		Explain: refineCAM,
	})
}

// refineCAM: the product over layers of the maps, each with its ReLU, scaled to
// 0..1 and brought to the input's size as pytorch-grad-cam does.
func refineCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	base, err := ByID(refined[int(r.Params["base"])])
	if err != nil {
		return Attribution{}, err
	}
	values, err := base.pass(ctx, s, r, r.Input, p)
	if err != nil {
		return Attribution{}, err
	}
	var out Attribution
	for i, layer := range r.layers() {
		one := r
		one.Layer, one.Layers = layer, nil
		// The base's own parameters are left at what Params lacks: zero.
		a, err := base.OfLayer(ctx, one, sample(values[layer], 0))
		if err != nil {
			return a, err
		}
		if a, err = pytorchGradCAM.join(one, []Attribution{a}, true); err != nil {
			return a, err
		}
		if i == 0 {
			out = a
			continue
		}
		for at, v := range a.Map.Values {
			out.Map.Values[at] *= v
		}
	}
	out.Map = pytorchGradCAM.scale(out.Map)
	out.Facts = append(out.Facts, task.Fact{ID: FactLayers, Value: float64(len(r.layers()))})
	p.Report(1, "Done")
	return out, nil
}

// FactLayers is the number of layers that made a map.
const FactLayers = "layers"
