package engine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// apartAllowed is how far a device's outputs may lie from the CPU's, as the
// length of the difference over the length. Rounding makes 1e-6 of it, an
// activation that falls on the other side of its kink up to 1e-2; a kernel
// that computes something else makes 1.
const apartAllowed = 0.05

// errWrong is the ErrDevice of a device that gives other values than the CPU:
// the same graph on the same noise will fare no better.
var errWrong = fmt.Errorf("%w", runtime.ErrDevice)

// checkDevice runs a new session of another device once beside the CPU, on
// noise, before anything is believed of it: drivers and providers have kernels
// that give wrong values for some shapes and strides without any error. It
// costs one pass on the CPU a session. A graph that the CPU cannot run on noise
// (an input tells shapes, or two samples do not fit a cut) is not checked.
func (s *session) checkDevice(r runner, model *onnx.Model, data []byte, inputs, outputs []string, o runtime.Options) error {
	if s.device == runtime.CPU {
		return nil
	}
	o.Device = runtime.CPU
	cpu, err := s.e.lib.NewSession(data, inputs, outputs, o)
	if err != nil {
		return err
	}
	defer cpu.Close()
	feeds, err := noiseFor(model.Graph, inputs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), measureTime)
	defer cancel()
	want, err := cpu.Run(ctx, feeds)
	if err != nil {
		// There is nothing to compare with.
		return nil
	}
	got, err := firstRun(r, s.device, feeds, runtime.BuildLimit(s.device))
	if err != nil {
		return err
	}
	for i, name := range outputs {
		if d := apart(want[i].Data, got[i].Data); s.half && !(d <= apartInHalf) {
			return fmt.Errorf("%w: in float16 %q is %.0f %% off what float32 gives for the same input: compute this model in float32", errWrong, name, 100*d)
		} else if !s.half && !(d <= apartAllowed) {
			return fmt.Errorf("%w: %s computes %q wrongly: it is %.0f %% off what the CPU computes for the same input", errWrong, s.device, name, 100*d)
		}
	}
	return nil
}

// firstRun is a run that a driver may hang in. Nobody's context ends it, since
// several may wait for the session: it is given up after the limit.
func firstRun(r runner, device string, feeds []tensor.Tensor, limit time.Duration) ([]tensor.Tensor, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out, err := r.Run(ctx, feeds)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("%w: %s has not ended its first run in %v", runtime.ErrHung, device, limit)
	}
	return out, err
}

// noiseFor draws a feed for each input. Open dimensions are 2, which serves
// samples that are compared in pairs too; labels name one of two values.
func noiseFor(g *onnx.Graph, inputs []string) ([]tensor.Tensor, error) {
	random := rand.New(rand.NewPCG(1, 2))
	feeds := make([]tensor.Tensor, 0, len(inputs))
	for _, name := range inputs {
		for _, v := range g.FreeInputs() {
			if v.Name != name {
				continue
			}
			shape := v.Dims()
			for i, d := range shape {
				if d < 1 {
					shape[i] = 2
				}
			}
			t := tensor.New(shape...)
			for i := range t.Data {
				t.Data[i] = float32(random.NormFloat64())
				if name == grad.LabelsName {
					t.Data[i] = float32(i % 2)
				}
			}
			feeds = append(feeds, t)
		}
	}
	if len(feeds) != len(inputs) {
		return nil, fmt.Errorf("the graph lacks one of the inputs %v", inputs)
	}
	return feeds, nil
}

// apart is the length of the difference of two lists over the length of the
// first. Places where both are no number agree.
func apart(want, got []float32) float64 {
	if len(want) != len(got) {
		return math.Inf(1)
	}
	var length, difference float64
	for i, w := range want {
		w, g := float64(w), float64(got[i])
		if math.IsNaN(w) && math.IsNaN(g) || w == g {
			if !math.IsNaN(w) && !math.IsInf(w, 0) {
				length += w * w
			}
			continue
		}
		length += w * w
		difference += (w - g) * (w - g)
	}
	if difference == 0 {
		return 0
	}
	// Next to nothing on both sides is rounding.
	return math.Sqrt(difference / max(length, 1e-20))
}
