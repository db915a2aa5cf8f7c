package grad_test

import (
	"os"
	"path/filepath"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
)

// TestOrdinaryModelsRunHere: models as exporters write them, made ready and with
// their gradient, hold nothing for which they would run in a process of their
// own. Those of integers are written out before any runtime sees them.
func TestOrdinaryModelsRunHere(t *testing.T) {
	lib := library(t)
	var found []string
	for _, folder := range []string{
		"testdata/small", "testdata/fused", "../library/builtin", "../../analysis/method/testdata/peers",
		"../../../shared/models", "../../../shared/models/*", os.Getenv("SEEWHY_ARCHITECTURES"),
	} {
		list, _ := filepath.Glob(filepath.Join(folder, "*.onnx"))
		found = append(found, list...)
	}
	here := func(t *testing.T, what string, m *onnx.Model) {
		t.Helper()
		data, err := onnx.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if names, err := runtime.Unproven(data); err != nil || len(names) > 0 {
			t.Errorf("%s would run apart for %v (%v)", what, names, err)
		}
	}
	for _, path := range found {
		t.Run(filepath.Base(path), func(t *testing.T) {
			m, err := onnx.ReadFile(path)
			if err != nil {
				t.Skip(err)
			}
			in := m.Graph.FreeInputs()[0]
			shape := in.Dims()
			for i := range shape {
				if i > 1 && shape[i] < 1 {
					shape[i] = 224
				}
			}
			p, err := grad.Prepare(m, in.Name, shape, oracle{lib})
			if err != nil {
				t.Skip(err)
			}
			here(t, "the model made ready", p.Model)
			s, err := grad.FindScores(p.Model.Graph, p.Facts)
			if err != nil {
				return
			}
			prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}})
			if err != nil {
				t.Fatal(err)
			}
			here(t, "its gradient", prog.Model)
		})
	}
}
