package method

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// OfLayer is a method that is a function of one layer alone: of its activation
// at.A and, where the method needs it, its gradient at.G, each [1, C, H, W].
type OfLayer = func(ctx context.Context, r Request, at LayerGradient) (Attribution, error)

// evidence is the parameter of the maps that end in a ReLU: the raw map keeps
// its sign, and whether it is shown is the user's choice.
var evidence = Param{
	ID: "signed", Title: "Evidence", Help: "The paper keeps what speaks for the class (a ReLU at the end); both signs show what speaks against it too.",
	Max: 1, Step: 1, Choices: []string{"For the class", "For and against"},
}

// eigenSmooth and augSmooth are pytorch-grad-cam's parameters of those names.
var (
	eigenSmooth = Param{
		ID: "eigen_smooth", Title: "Main pattern only", Help: "Takes the first principal component of the weighted channels in place of their sum: less noise.",
		Max: 1, Step: 1, Choices: []string{"No", "Yes"},
	}
	augSmooth = Param{
		ID: "aug_smooth", Title: "Smooth by variants", Help: "The mean map of six variants of the picture: as it is and mirrored, at 0.9, 1 and 1.1 times its contrast.",
		Max: 1, Step: 1, Choices: []string{"No", "Yes"},
	}
)

// weightedChannels makes the form of a method that weights the channels of a
// layer: map = sum_k w_k A_k.
func weightedChannels(weights func(r Request, at LayerGradient) []float64) OfLayer {
	return func(ctx context.Context, r Request, at LayerGradient) (Attribution, error) {
		return channelSum(ctx, r, at.A, weights(r, at))
	}
}

// channelSum is sum_k w_k A_k, or the main pattern of the w_k A_k.
func channelSum(ctx context.Context, r Request, A tensor.Tensor, w []float64) (Attribution, error) {
	if r.Params[eigenSmooth.ID] == 0 {
		return signed(r, WeightedSum(A, w)), nil
	}
	X, cells := tensor.New(A.Shape...), A.Shape[2]*A.Shape[3]
	for at, v := range A.Data {
		X.Data[at] = float32(w[at/cells] * float64(v))
	}
	return mainPattern(ctx, X, A)
}

// cellSums makes the form of a method that adds f(A, G) over the channels.
func cellSums(f func(a, g float64) float64) OfLayer {
	return func(ctx context.Context, r Request, at LayerGradient) (Attribution, error) {
		if r.Params[eigenSmooth.ID] == 0 {
			return signed(r, SumOver(at.A, at.G, f)), nil
		}
		X := product(at.A, at.G, func(a, g float32) float32 { return float32(f(float64(a), float64(g))) })
		return mainPattern(ctx, X, at.A)
	}
}

// signed leaves the ReLU of the papers to the display, so that the raw map
// keeps its sign.
func signed(r Request, m task.Map) Attribution {
	m.Signed = r.Params[evidence.ID] == 1
	m.ClampNegative = !m.Signed
	return Attribution{Map: m}
}

// mainPattern is the first principal component of X, turned to rise with the
// mean of A.
func mainPattern(ctx context.Context, X, A tensor.Tensor) (Attribution, error) {
	m, err := firstComponent(ctx, X, fallsWith(A))
	return Attribution{Map: m, Notes: []task.Note{{Key: signNote}}}, err
}
