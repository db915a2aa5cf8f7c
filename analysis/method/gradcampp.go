package method

import "slices"

func init() {
	Register(Method{
		Spec: Spec{
			ID: "gradcam++", Title: "Grad-CAM++", Family: FamilyCAM,
			Summary: "Grad-CAM whose weights favour the places where a channel counts: it finds several objects of a class better.",
			Paper:   "Chattopadhay et al., Grad-CAM++, WACV 2018, eq. 5 and 19",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params:  []Param{evidence, eigenSmooth, augSmooth},
		},
		conventions: gradCAMPlusPlusConventions,
		OfLayer:     weightedChannels(gradCAMPlusPlusWeights),
	})
}

var gradCAMPlusPlusConventions = []convention{pytorchGradCAM, torchCAM}

// gradCAMPlusPlusWeights: a_kij = G^2 / (2 G^2 + (sum_ij A_k) G^3 + 1e-6), 0 where
// G = 0;  w_k = sum_ij ReLU(G_kij) a_kij;  map_ij = sum_k w_k A_kij.
//
// The paper derives a for exp(score). Its factor exp(score) scales the whole
// map and is left out, as in pytorch-grad-cam, whose 1e-6 this is too.
//
// torch-cam 0.5 has w_k = sum_ij ReLU(G_kij) G_kij^2: the division by the
// denominator of a is done on a copy there, and has no effect.
func gradCAMPlusPlusWeights(r Request, at LayerGradient) []float64 {
	plain := int(r.Params[conventionID])-1 == slices.Index(gradCAMPlusPlusConventions, torchCAM)
	A, G := at.A, at.G
	sums, cells := ChannelSums(A), A.Shape[2]*A.Shape[3]
	w := make([]float64, len(sums))
	for k, sum := range sums {
		for _, v := range G.Data[k*cells : (k+1)*cells] {
			g := float64(v)
			// A gradient that is not positive adds nothing: ReLU(G) = 0.
			switch {
			case g > 0 && plain:
				w[k] += g * g * g
			case g > 0:
				w[k] += g * g * g / (2*g*g + sum*g*g*g + 1e-6)
			}
		}
	}
	return w
}
