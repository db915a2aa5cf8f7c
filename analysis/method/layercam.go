package method

func init() {
	Register(Method{
		Spec: Spec{
			ID: "layercam", Title: "Layer-CAM", Family: FamilyCAM,
			Summary: "Activations where raising them raises the score: sharp at early layers too.",
			Paper:   "Jiang et al., LayerCAM, IEEE Transactions on Image Processing 2021, section III",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{evidence, eigenSmooth, augSmooth},
		},
		conventions: []convention{pytorchGradCAM, torchLayerCAM},
		OfLayer:     cellSums(layerCAM),
	})
}

// torchLayerCAM is torch-cam's convention with its LayerCAM._scale_cams.
var torchLayerCAM = func() convention {
	c := torchCAM
	c.steep = 2
	return c
}()

// layerCAM: map_ij = sum_k ReLU(G_kij) A_kij. It has negative values only
// where A has (a layer without ReLU).
func layerCAM(a, g float64) float64 { return max(g, 0) * a }
