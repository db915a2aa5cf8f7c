package method

func init() {
	Register(Method{
		Spec: Spec{
			ID: "elementwisecam", Title: "ElementWise-CAM", Family: FamilyCAM,
			Summary: "HiRes-CAM without the channels that speak against the class at a place.",
			Paper:   "Gildenblat et al., pytorch-grad-cam, GradCAMElementWise",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{eigenSmooth, augSmooth},
		},
		conventions: []convention{pytorchGradCAM},
		OfLayer:     cellSums(elementWiseCAM),
	})
}

// elementWiseCAM: map_ij = sum_k ReLU(G_kij A_kij).
func elementWiseCAM(a, g float64) float64 { return max(g*a, 0) }
