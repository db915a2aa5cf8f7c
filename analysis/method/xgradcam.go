package method

func init() {
	Register(Method{
		Spec: Spec{
			ID: "xgradcam", Title: "XGrad-CAM", Family: FamilyCAM,
			Summary: "Grad-CAM whose weights count each gradient by the activation at its place.",
			Paper:   "Fu et al., Axiom-based Grad-CAM, BMVC 2020, section 3",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{evidence, eigenSmooth, augSmooth},
		},
		conventions: []convention{pytorchGradCAM, torchCAM},
		OfLayer:     weightedChannels(xGradCAMWeights),
	})
}

// xGradCAMWeights: w_k = sum_ij G_kij A_kij / (sum_ij A_kij + 1e-7);
// map_ij = sum_k w_k A_kij. The 1e-7 is pytorch-grad-cam's.
func xGradCAMWeights(_ Request, at LayerGradient) []float64 {
	A, G := at.A, at.G
	w, cells := ChannelSums(A), A.Shape[2]*A.Shape[3]
	for k := range w {
		product := 0.0
		for at := k * cells; at < (k+1)*cells; at++ {
			product += float64(G.Data[at]) * float64(A.Data[at])
		}
		w[k] = product / (w[k] + 1e-7)
	}
	return w
}
