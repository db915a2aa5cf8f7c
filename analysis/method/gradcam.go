package method

import (
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "gradcam", Title: "Grad-CAM", Family: FamilyCAM,
			Summary: "Which places of a layer raise the score: its channels, weighted by their mean gradient.",
			Paper:   "Selvaraju et al., Grad-CAM, ICCV 2017, eq. 1 and 2",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{evidence},
		},
		Explain: fromLayer(gradCAM),
	})
}

// gradCAM: w_k = mean_ij G_kij;  map_ij = sum_k w_k A_kij.
func gradCAM(A, G tensor.Tensor) task.Map { return WeightedSum(A, ChannelMeans(G)) }
