package grad_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// testDevice is the execution provider that TestVJPOnDevice compares with the
// CPU; scripts/test.sh sets it where a driver is at hand.
const testDevice = "SEEWHY_TEST_DEVICE"

// TestVJPOnDevice runs the backward graph of every case of the tables on
// another device and compares gradients with the CPU's, whose rightness
// TestVJP shows. The bound is 1e-4 of the largest value: float32 with another
// order of sums, and shader built-ins (exp, tanh) of a few units in the last
// place.
func TestVJPOnDevice(t *testing.T) {
	device := os.Getenv(testDevice)
	if device == "" {
		t.Skip(testDevice + " names no device")
	}
	lib := library(t)
	compared, first := 0, os.Getenv("SEEWHY_TEST_DEVICE_ALL") == ""
	for _, op := range grad.Ops() {
		list := cases[op]
		if first && len(list) > 1 {
			// One form of each op keeps the run within a minute or two on a software driver.
			list = list[:1]
		}
		t.Run(op, func(t *testing.T) {
			for i, c := range list {
				t.Run(fmt.Sprint(i, " ", c.name), func(t *testing.T) {
					for _, key := range []string{device + " " + op, device + " " + op + " " + c.name} {
						if why := deviceLacks[key]; why != "" {
							t.Skip(why)
						}
					}
					compareOnDevice(t, lib, c, device, max(1e-4, deviceTolerance[device+" "+op]))
					compared++
				})
			}
		})
	}
	t.Logf("%d cases on %s agree with the CPU", compared, device)
}

// deviceLacks names what a provider of the pinned runtime, or of Intel's 1.24.1,
// gets wrong or dies of, by device and op or case, and why that is not ours to mend. The engine
// compares every new session of a device with the CPU and falls back, so that
// nobody is shown such a value.
var deviceLacks = map[string]string{
	"webgpu Conv depthwise multiplier, stride": "its ConvTranspose gives wrong values for several channels a group with a stride",
	"webgpu Slice backwards by two":            "its Slice takes wrong elements for steps below -1",

	"openvino LRN":                              "its LRN cuts the bias to a whole number",
	"openvino CumProd":                          "its library knows opset 25, this is of 26",
	"openvino Dropout":                          "it refuses a mask that the graph gives out",
	"openvino GatherND":                         "it refuses the ScatterND of the gradient",
	"openvino GridSample":                       "it refuses the forms of opset 20",
	"openvino AveragePool ceil, padding counts": "its AveragePool divides by what hangs over the edge",
	"openvino Min one":                          "its Min of one operand gives other values",
	"openvino Pad wrap":                         "it has no Pad by wrapping",
	"openvino ReduceL1 axes [1] keep 1":         "its ReduceL1 reduces all axes",
	"openvino ReduceL1 axes [-1 0] keep 1":      "its ReduceL1 reduces all axes",
	"openvino Resize not_larger":                "its Resize knows no keep_aspect_ratio_policy",
	"openvino Resize not_smaller":               "its Resize knows no keep_aspect_ratio_policy",
}

// deviceTolerance widens the bound where the device's own arithmetic is
// coarser: Vulkan allows sine and cosine an absolute error of 2^-11.
var deviceTolerance = map[string]float64{"webgpu Sin": 1. / (1 << 11), "webgpu Cos": 1. / (1 << 11)}

func compareOnDevice(t *testing.T, lib *runtime.Library, c vjpCase, device string, tolerance float64) {
	t.Helper()
	m, facts, p, wants := c.built(t, lib)
	data, err := onnx.Marshal(p.Model)
	if err != nil {
		t.Fatal(err)
	}
	feeds := map[string]tensor.Tensor{p.Seed: tensor.New(facts.Shapes["y"]...)}
	r := rand.New(rand.NewPCG(1, 7))
	for i := range feeds[p.Seed].Data {
		feeds[p.Seed].Data[i] = float32(r.NormFloat64())
	}
	for _, in := range c.inputs {
		x := tensor.New(in.shape...)
		draw := in.draw
		if draw == nil {
			draw = (*rand.Rand).NormFloat64
		}
		for i := range x.Data {
			x.Data[i] = float32(draw(r))
		}
		feeds[in.name] = x
	}
	var names []string
	var values []tensor.Tensor
	for _, v := range p.Model.Graph.FreeInputs() {
		names, values = append(names, v.Name), append(values, feeds[v.Name])
	}
	outputs := []string{"y"}
	for _, w := range wants {
		outputs = append(outputs, p.Gradients[w])
	}
	run := func(device string, data []byte, outputs ...string) ([]tensor.Tensor, error) {
		s, err := lib.NewSession(data, names, outputs, runtime.Options{Device: device})
		if err != nil {
			return nil, err
		}
		defer s.Close()
		return s.Run(context.Background(), values)
	}
	want, err := run(runtime.CPU, data, outputs...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := run(device, data, outputs...)
	if err != nil {
		// What the device cannot run forwards is no matter of gradients.
		names, values = slices.DeleteFunc(names, func(n string) bool { return n == p.Seed }), slices.DeleteFunc(values, func(v tensor.Tensor) bool {
			return &v.Data[0] == &feeds[p.Seed].Data[0]
		})
		forward, marshalError := onnx.Marshal(m)
		if marshalError != nil {
			t.Fatal(marshalError)
		}
		if _, plain := run(device, forward, "y"); plain != nil {
			t.Skipf("%s cannot run the op itself: %v", device, plain)
		}
		t.Fatal(err)
	}
	for i := range want {
		if !slices.Equal(want[i].Shape, got[i].Shape) {
			t.Fatalf("%s has shape %v, on the CPU %v", outputs[i], got[i].Shape, want[i].Shape)
		}
		var largest, apart float64
		for j, v := range want[i].Data {
			largest = max(largest, math.Abs(float64(v)))
			apart = max(apart, math.Abs(float64(v)-float64(got[i].Data[j])))
		}
		if !(apart <= tolerance*max(largest, 1e-3)) {
			t.Errorf("%s differs by %.3g of at most %.3g", outputs[i], apart, largest)
		}
	}
}
