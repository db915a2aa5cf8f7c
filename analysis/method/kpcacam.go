package method

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "kpcacam", Title: "KPCA-CAM", Family: FamilyCAM,
			Summary: "Eigen-CAM that bends: the main pattern of a layer's cells under a kernel, whatever the class.",
			Paper:   "Karmani et al., KPCA-CAM, IEEE MMSP 2024, section III",
			Needs:   Needs{Layer: true},
			Params: []Param{
				{ID: "kernel", Title: "Kernel", Help: "How alike two cells are: tanh(a.b / C + 1), or exp(-|a - b|^2 / C), C the number of channels.", Max: 1, Step: 1, Choices: []string{"Sigmoid", "Gaussian"}},
				augSmooth,
			},
		},
		conventions: []convention{pytorchGradCAM},
		OfLayer:     kpcaCAM,
	})
}

// maxKernelCells bounds the kernel's matrix: 4,096 cells squared are 134 MB.
const maxKernelCells = 4096

// kpcaCAM: the cells of A, centred by channel; their kernel matrix K, centred;
// map = sqrt(lambda) v for K's largest eigenvalue and its eigenvector, as
// scikit-learn's KernelPCA, gamma = 1/C.
func kpcaCAM(ctx context.Context, r Request, at LayerGradient) (Attribution, error) {
	cells := at.A.Shape[2] * at.A.Shape[3]
	if cells > maxKernelCells {
		return Attribution{}, fmt.Errorf("the layer's grid of %d x %d cells is too fine for a kernel; choose one of at most %d cells", at.A.Shape[3], at.A.Shape[2], maxKernelCells)
	}
	K, err := kernel(at.A, int(r.Params["kernel"]) == 1)
	if err != nil {
		return Attribution{}, err
	}
	v, value, err := largestEigenvector(ctx, cells, func(dst, v []float64) {
		// (1 - 1/n) K (1 - 1/n) v
		centred := slices.Clone(v)
		floats.AddConst(-floats.Sum(v)/float64(cells), centred)
		mat.NewVecDense(cells, dst).MulVec(K, mat.NewVecDense(cells, centred))
		floats.AddConst(-floats.Sum(dst)/float64(cells), dst)
	})
	if err != nil {
		return Attribution{}, err
	}
	if -slices.Min(v) > slices.Max(v) {
		floats.Scale(-1, v)
	}
	floats.Scale(math.Sqrt(max(value, 0)), v)
	m := mapOf(at.A, v)
	m.ClampNegative = true
	return Attribution{Map: m, Notes: []task.Note{{Key: largestNote}}}, nil
}

// kernel is K_ij of the cells of A, centred by channel.
func kernel(A tensor.Tensor, gaussian bool) (*mat.SymDense, error) {
	channels, cells := A.Shape[1], A.Shape[2]*A.Shape[3]
	means := ChannelMeans(A)
	Y := mat.NewDense(channels, cells, nil)
	for at, v := range A.Data {
		centred := float64(v) - means[at/cells]
		if math.IsNaN(centred) || math.IsInf(centred, 0) {
			return nil, fmt.Errorf("channel %d of the layer is not finite: it has no principal component", at/cells)
		}
		Y.Set(at/cells, at%cells, centred)
	}
	K := mat.NewSymDense(cells, nil)
	K.SymOuterK(1, Y.T())
	gamma := 1 / float64(channels)
	squares := make([]float64, cells)
	for i := range squares {
		squares[i] = K.At(i, i)
	}
	for i := range cells {
		for j := i; j < cells; j++ {
			dot := K.At(i, j)
			if gaussian {
				K.SetSym(i, j, math.Exp(-gamma*max(squares[i]+squares[j]-2*dot, 0)))
			} else {
				K.SetSym(i, j, math.Tanh(gamma*dot+1))
			}
		}
	}
	return K, nil
}
