package runtime

import (
	"os"
	"slices"
	"testing"

	"seewhy/models/tensor"
)

func TestPlacementOnTheCPU(t *testing.T) {
	x := tensor.New(1, probeChannels, probeSide, probeSide)
	got, err := library(t).Placement(t.Context(), probeNet(), []string{"x"}, []string{"y"}, Options{}, []tensor.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	convolutions := 0
	for _, p := range got {
		if p.Device != CPU || p.Name == "" {
			t.Errorf("%+v", p)
		}
		if p.Op == "Conv" {
			convolutions++
		}
	}
	if convolutions != probeLayers {
		t.Errorf("%d convolutions in %+v", convolutions, got)
	}
}

// A device's share and what falls to the CPU are told apart: WebGPU has no
// kernel for float64.
func TestPlacementOnDevice(t *testing.T) {
	if os.Getenv("SEEWHY_TEST_DEVICE") != "webgpu" {
		t.Skip("SEEWHY_TEST_DEVICE is not webgpu")
	}
	nodes := appendNode(nil, "Mul", []string{"x", "x"}, "a")
	nodes = appendNode(nodes, "Cast", []string{"a"}, "d", intAttribute("to", tDouble))
	nodes = appendNode(nodes, "Erf", []string{"a"}, "e")
	nodes = appendNode(nodes, "Neg", []string{"d"}, "n")
	nodes = appendNode(nodes, "Cast", []string{"n"}, "f", intAttribute("to", tFloat))
	nodes = appendNode(nodes, "Add", []string{"f", "e"}, "y")
	m := model(nodes, []value{{"x", tFloat, []int64{8}}}, []value{{"y", tFloat, []int64{8}}})
	got, err := library(t).Placement(t.Context(), m, []string{"x"}, []string{"y"}, Options{Device: "webgpu"}, []tensor.Tensor{tensor.New(8)})
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, p := range got {
		where[p.Op] = p.Device
	}
	if where["Mul"] != "webgpu" || where["Erf"] != "webgpu" || where["Neg"] != CPU {
		t.Errorf("placed %+v", got)
	}
}

func TestParseProfile(t *testing.T) {
	text := `[
{"cat" : "Session","dur" :5,"ts" :1,"ph" : "X","name" :"model_run","args" : {}},
{"cat" : "Node","ts" :9,"name" :"b_kernel_time","args" : {"op_name" : "Softmax","provider" : "CPUExecutionProvider"}},
{"cat" : "Node","ts" :7,"name" :"a_kernel_time","args" : {"op_name" : "Conv","provider" : "DmlExecutionProvider"}},
{"cat" : "Node","ts" :8,"name" :"a_fence_after","args" : {"op_name" : "Conv"}},
{"cat" : "Node","ts" :10,"name" :"c_kernel_time","args" : {"op_name" : "Conv","provider" : "FutureExecutionProvider"}}
]
`
	got, err := parseProfile([]byte(text), CPU)
	want := []Placed{{"a", "Conv", "directml"}, {"b", "Softmax", CPU}, {"c", "Conv", "FutureExecutionProvider"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for provider, id := range map[string]string{
		"CUDAExecutionProvider": "cuda", "TensorrtExecutionProvider": "tensorrt", "MIGraphXExecutionProvider": "migraphx",
		"CoreMLExecutionProvider": "coreml", "OpenVINOExecutionProvider": "openvino", "WebGpuExecutionProvider": "webgpu", "XnnpackExecutionProvider": "xnnpack",
	} {
		if got := providerDevice(provider, CPU); got != id {
			t.Errorf("%s is %s", provider, got)
		}
	}
	if got := providerDevice("OpenVINOExecutionProvider", "openvino-gpu"); got != "openvino-gpu" {
		t.Errorf("a node on Intel's GPU is on %s", got)
	}
	if _, err := parseProfile([]byte("{\"name\" :\"a\"b\"}\n"), CPU); err == nil {
		t.Error("a line that is no JSON passed")
	}
}
