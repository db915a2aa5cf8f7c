package engine

import (
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

func TestApart(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		want, got []float32
		apart     float64
	}{
		{[]float32{3, 4}, []float32{3, 4}, 0},
		{[]float32{3, 4}, []float32{3, 4.5}, 0.1},
		{[]float32{0, 0}, []float32{0, 0}, 0},
		{[]float32{nan, 2}, []float32{nan, 2}, 0},
		{[]float32{inf, 2}, []float32{inf, 2}, 0},
		{[]float32{1, 2}, []float32{1}, math.Inf(1)},
	} {
		if got := apart(c.want, c.got); math.Abs(got-c.apart) > 1e-7 && got != c.apart {
			t.Errorf("apart(%v, %v) = %v, want %v", c.want, c.got, got, c.apart)
		}
	}
	if got := apart([]float32{1}, []float32{nan}); got <= apartAllowed {
		t.Errorf("a NaN where the CPU has a number passes: %v", got)
	}
}

// WebGPU of the pinned runtime gives wrong values for a transposed convolution
// of several channels a group with a stride: the session is refused instead of
// believed.
func TestWrongKernelsAreNoticed(t *testing.T) {
	device := os.Getenv(testDevice)
	if device != "webgpu" {
		t.Skip(testDevice + " is not webgpu")
	}
	e := newTestEngine(t, Options{})
	weights := make([]float32, 2*4*3*3)
	for i := range weights {
		weights[i] = float32(i%7) - 3
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
		Name: "transposed", Init: map[string]*onnx.Tensor{"w": onnx.NewFloats("w", []int64{8, 1, 3, 3}, weights)},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 8, 5, 5)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 4, 11, 11)}},
		Values:  map[string]onnx.Value{},
		Nodes: []*onnx.Node{{
			Name: "n", Op: "ConvTranspose", In: []string{"x", "w"}, Out: []string{"y"},
			Attrs: grad.A{"group": onnx.Int(4), "strides": onnx.Ints(2, 2), "kernel_shape": onnx.Ints(3, 3)},
		}},
	}}
	none := &model{file: m, prepared: &grad.Prepared{}}
	s := &session{e: e, m: none, device: device}
	_, err := s.build(m, []string{"x"}, []string{"y"})
	if !errors.Is(err, errWrong) || !errors.Is(err, runtime.ErrDevice) || !strings.Contains(err.Error(), "wrongly") {
		t.Errorf("error %v", err)
	}
	s = &session{e: e, m: none, device: runtime.CPU}
	r, err := s.build(m, []string{"x"}, []string{"y"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Run(context.Background(), must(noiseFor(m.Graph, []string{"x"}))); err != nil {
		t.Error(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A graph that noise cannot be fed to, for an input tells a shape, is believed
// unchecked instead of being refused on every device.
func TestUncheckableGraphsAreNotRefused(t *testing.T) {
	e := newTestEngine(t, Options{})
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
		Name: "reshaped", Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Inputs: []onnx.Value{
			{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 7)},
			{Name: "shape", Type: onnx.Int64, Ranked: true, Shape: onnx.Fixed(2)},
		},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, -1)}},
		Nodes:   []*onnx.Node{{Name: "n", Op: "Reshape", In: []string{"x", "shape"}, Out: []string{"y"}, Attrs: grad.A{}}},
	}}
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	inputs, outputs := []string{"x", "shape"}, []string{"y"}
	r, err := e.lib.NewSession(data, inputs, outputs, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := &session{e: e, device: "another"}
	if err := s.checkDevice(r, m, data, inputs, outputs, runtime.Options{}); err != nil {
		t.Error(err)
	}
}

// hung is a session whose driver returns from no run; as runtime.Session's, a
// run is left at its context's end.
type hung struct{}

func (hung) Run(ctx context.Context, _ []tensor.Tensor) ([]tensor.Tensor, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// A driver that hangs in the first run of a session is given up, and the place
// at the gate is given back.
func TestFirstRunThatHangs(t *testing.T) {
	// The library's goroutines must not be the bubble's.
	e := newTestEngine(t, Options{})
	s := &session{e: e, device: "another"}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
		Name: "plain", Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 7)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 7)}},
		Nodes:   []*onnx.Node{{Name: "n", Op: "Relu", In: []string{"x"}, Out: []string{"y"}, Attrs: grad.A{}}},
	}}
	data := must(onnx.Marshal(m))
	synctest.Test(t, func(t *testing.T) {
		all := newSessions(newGate(func() int64 { return 1 }), 1)
		err := all.with(t.Context(), "k", func() (*runtime.Session, error) {
			return nil, s.checkDevice(hung{}, m, data, []string{"x"}, []string{"y"}, runtime.Options{})
		}, func(*runtime.Session) error { return errors.New("it was believed") })
		if !errors.Is(err, runtime.ErrHung) || !errors.Is(err, runtime.ErrDevice) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want ErrHung", err)
		}
		synctest.Wait()
		if all.gate.inside != 0 || all.gate.bytes != 0 || len(all.entries) != 0 {
			t.Errorf("%d builds of %d bytes are still inside, %d entries are left", all.gate.inside, all.gate.bytes, len(all.entries))
		}
	})
}

// Every kind of prelude can be run on noise: a device that computes one wrongly
// is noticed.
func TestPreludesAreChecked(t *testing.T) {
	s, x, score := small(t, "resnet")
	for _, mix := range mixesOf(x, tensor.Tensor{}, "NCHW") {
		made := newMixed(mix)
		m, err := made.before(grad.Forward(s.m.prepared, score.Value), s.m.prepared.Input)
		if err != nil {
			t.Fatal(err)
		}
		inputs, outputs := made.inputs(), []string{score.Value}
		data := must(onnx.Marshal(m))
		r, err := s.e.lib.NewSession(data, inputs, outputs, runtime.Options{Device: runtime.CPU})
		if err != nil {
			t.Fatal(err)
		}
		on := &session{e: s.e, device: "another"}
		if err := on.checkDevice(r, m, data, inputs, outputs, runtime.Options{}); err != nil {
			t.Errorf("%s: the CPU differs from itself: %v", made.kind(), err)
		}
		if err := on.checkDevice(wrong{r}, m, data, inputs, outputs, runtime.Options{}); !errors.Is(err, errWrong) {
			t.Errorf("%s: a device that computes something else passes: %v", made.kind(), err)
		}
		r.Close()
	}
}

// wrong is a session that computes something else.
type wrong struct{ right runner }

func (w wrong) Run(ctx context.Context, feeds []tensor.Tensor) ([]tensor.Tensor, error) {
	out, err := w.right.Run(ctx, feeds)
	for _, t := range out {
		for i := range t.Data {
			t.Data[i] *= -1
		}
	}
	return out, err
}
