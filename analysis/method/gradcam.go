package method

func init() {
	Register(Method{
		Spec: Spec{
			ID: "gradcam", Title: "Grad-CAM", Family: FamilyCAM,
			Summary: "Which places of a layer raise the score: its channels, weighted by their mean gradient.",
			Paper:   "Selvaraju et al., Grad-CAM, ICCV 2017, eq. 1 and 2",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{evidence, eigenSmooth, augSmooth},
		},
		conventions: []convention{pytorchGradCAM, captum, torchCAM},
		OfLayer:     weightedChannels(gradCAMWeights),
	})
}

// gradCAMWeights: w_k = mean_ij G_kij;  map_ij = sum_k w_k A_kij.
func gradCAMWeights(_ Request, at LayerGradient) []float64 { return ChannelMeans(at.G) }
