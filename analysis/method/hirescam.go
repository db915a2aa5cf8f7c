package method

func init() {
	Register(Method{
		Spec: Spec{
			ID: "hirescam", Title: "HiRes-CAM", Family: FamilyCAM,
			Summary: "Activation times gradient at each place: it shows only places that the model used.",
			Paper:   "Draelos and Carin, Use HiResCAM instead of Grad-CAM, 2020, section 3",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{evidence, eigenSmooth, augSmooth},
		},
		conventions: []convention{pytorchGradCAM},
		OfLayer:     cellSums(hiResCAM),
	})
}

// hiResCAM: map_ij = sum_k G_kij A_kij.
func hiResCAM(a, g float64) float64 { return g * a }
