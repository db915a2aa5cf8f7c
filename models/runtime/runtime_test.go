package runtime

import (
	"testing"

	ort "github.com/yalue/onnxruntime_go"
)

// library opens the real library, or skips the test.
func library(t testing.TB) *Library {
	t.Helper()
	path, err := Find("")
	if err != nil {
		t.Skipf("needs the ONNX Runtime library: %v", err)
	}
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// value declares an input or output of a test model; a nil shape is left open.
type value struct {
	name string
	elem int64
	dims []int64
}

// model writes a graph of nodes, each made by appendNode, with inputs and outputs.
func model(nodes []byte, inputs, outputs []value) []byte {
	graph := appendText(nil, graphName, "test")
	graph = append(graph, nodes...)
	for _, v := range inputs {
		graph = appendBytes(graph, graphInput, valueInfo(v.name, v.elem, v.dims))
	}
	for _, v := range outputs {
		graph = appendBytes(graph, graphOutput, valueInfo(v.name, v.elem, v.dims))
	}
	return wrapModel(graph)
}

// session makes one on the CPU and closes it with the test.
func session(t testing.TB, model []byte, inputs, outputs []string) *Session {
	t.Helper()
	s, err := library(t).NewSession(model, inputs, outputs, Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// The binding gives a nil tensor for an output that it cannot take.
func TestDestroyPassesNilTensors(t *testing.T) {
	destroy([]ort.Value{nil, (*ort.Tensor[float32])(nil)})
}
