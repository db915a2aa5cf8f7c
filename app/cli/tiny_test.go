package cli_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"seewhy/models/onnx"
)

// tiny is a small convolutional classifier of five classes, seeded, so that
// the scripts run anywhere. It knows nothing, which does not matter here.
type tiny struct{ model, sidecar []byte }

func tinyModel(t *testing.T) tiny {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	weights := func(name string, dims ...int64) *onnx.Tensor {
		n := int64(1)
		for _, d := range dims {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(random.NormFloat64()) * 0.3
		}
		return onnx.NewFloats(name, dims, v)
	}
	node := func(op, in, weight, out string, attrs map[string]onnx.Attr) *onnx.Node {
		n := &onnx.Node{Op: op, Name: out, In: []string{in}, Out: []string{out}, Attrs: attrs}
		if weight != "" {
			n.In = append(n.In, weight)
		}
		return n
	}
	same := map[string]onnx.Attr{"pads": onnx.Ints(1, 1, 1, 1)}
	g := &onnx.Graph{
		Name: "tiny",
		Nodes: []*onnx.Node{
			node("Conv", "image", "w1", "first", same), node("Relu", "first", "", "first_relu", nil),
			node("MaxPool", "first_relu", "", "pooled", map[string]onnx.Attr{"kernel_shape": onnx.Ints(2, 2), "strides": onnx.Ints(2, 2)}),
			node("Conv", "pooled", "w2", "second", same), node("Relu", "second", "", "second_relu", nil),
			node("GlobalAveragePool", "second_relu", "", "mean", nil), node("Flatten", "mean", "", "flat", nil),
			node("Gemm", "flat", "w3", "scores", nil),
		},
		Inputs:  []onnx.Value{{Name: "image", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3, 32, 32)}},
		Outputs: []onnx.Value{{Name: "scores", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 5)}},
		Init:    map[string]*onnx.Tensor{"w1": weights("w1", 8, 3, 3, 3), "w2": weights("w2", 8, 8, 3, 3), "w3": weights("w3", 8, 5)},
	}
	data, err := onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 13}, Graph: g})
	if err != nil {
		t.Fatal(err)
	}
	sidecar, err := json.Marshal(map[string]any{
		"seewhy": 1, "title": "Tiny",
		"labels": []string{"tabby, tabby cat", "tiger cat", "tiger shark", "crane", "crane"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return tiny{data, sidecar}
}

func (m tiny) write(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "tiny.onnx"), m.model, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "tiny.json"), m.sidecar, 0o644)
}

// pick walks into JSON by field names and gives what is there as text.
func pick(data []byte, path []string) (string, error) {
	if len(path) == 0 {
		return string(data), nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return "", err
	}
	inner, ok := object[path[0]]
	if !ok {
		return "", fmt.Errorf("no field %q", path[0])
	}
	return pick(inner, path[1:])
}
