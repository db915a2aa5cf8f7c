package onnx_test

import (
	"os"
	"path/filepath"
	"testing"

	"seewhy/models/onnx"
)

// sharedModels lists the real models, or skips.
func sharedModels(t testing.TB) []string {
	t.Helper()
	files, _ := filepath.Glob("../../../shared/models/*.onnx")
	more, _ := filepath.Glob("../../../shared/models/*/*.onnx")
	if files = append(files, more...); len(files) == 0 {
		t.Skip("shared models are not here")
	}
	return files
}

func TestReadsEveryRealModelAndRoundTrips(t *testing.T) {
	for _, file := range sharedModels(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			m, err := onnx.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data, err := onnx.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			again, err := onnx.Read(data)
			if err != nil {
				t.Fatal(err)
			}
			twice, err := onnx.Marshal(again)
			if err != nil {
				t.Fatal(err)
			}
			if string(data) != string(twice) {
				t.Error("writing, reading and writing again changes the bytes")
			}
			if len(again.Graph.Nodes) != len(m.Graph.Nodes) || again.Opset() != m.Opset() {
				t.Error("nodes or opset are lost")
			}
			if os.Getenv("SEEWHY_OPS") != "" {
				ops := map[string]int{}
				for _, n := range m.Graph.Nodes {
					ops[n.FullOp()]++
				}
				t.Log(m.Opset(), m.Graph.FreeInputs(), m.Graph.Outputs, ops)
			}
		})
	}
}
