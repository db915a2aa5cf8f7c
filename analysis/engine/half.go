package engine

import (
	"errors"
	"fmt"
	"math"

	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// apartInHalf is apartAllowed for a model that is computed in float16, beside
// the CPU in float32: rounding to 10 bits makes 1e-3 of a score; of a gradient
// more, since more activations fall on the other side of their kinks.
const apartInHalf = 0.25

// halved writes a model as it is computed in float16.
func halved(m *onnx.Model) ([]byte, error) {
	h, err := onnx.ToFloat16(m)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", runtime.ErrDevice, err)
	}
	return onnx.Marshal(h)
}

// narrowly adds what may help to the error of a device that refuses a model: it
// may have no float16, or lack kernels that compute in it.
func (s *session) narrowly(err error) error {
	if !s.half || !errors.Is(err, runtime.ErrDevice) || mayPass(err) {
		return err
	}
	return fmt.Errorf("%w; in float32 it may do", err)
}

// Gradients of float16 below 6e-8 are lost, and above 65504 infinite: the seed
// of a backward pass is multiplied by a power of two and the gradients, which
// are linear in it, divided by it again. The largest that leaves all finite is
// looked for, each pass anew, as what follows from one picture is not to depend
// on another.
const (
	largestScale  = 1 << 12
	smallestScale = 1.0 / 64
	scaleStep     = 1.0 / 64
)

// scaled does a backward pass whose last outputs are so many gradients.
func (s *session) scaled(seed tensor.Tensor, gradients int, run func(seed tensor.Tensor) ([]tensor.Tensor, error)) ([]tensor.Tensor, error) {
	if !s.half {
		return run(seed)
	}
	for scale := float32(largestScale); ; scale *= scaleStep {
		out, err := run(times(seed, scale))
		if err != nil {
			return nil, err
		}
		finite := true
		for i := len(out) - gradients; i < len(out); i++ {
			out[i] = times(out[i], 1/scale)
			for _, v := range out[i].Data {
				finite = finite && !math.IsInf(float64(v), 0) && v == v
			}
		}
		switch {
		case finite:
			return out, nil
		case scale <= smallestScale:
			return nil, fmt.Errorf("%w: the gradient leaves the range of float16: compute this model in float32", runtime.ErrDevice)
		}
	}
}

// times is a tensor times a number.
func times(t tensor.Tensor, by float32) tensor.Tensor {
	out := t.Clone()
	for i := range out.Data {
		out.Data[i] *= by
	}
	return out
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
