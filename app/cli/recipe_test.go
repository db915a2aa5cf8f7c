package cli

import (
	"testing"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

// A task file comes from anywhere: whatever it holds is a task that can be
// tried, or an error.
func FuzzParseTask(f *testing.F) {
	f.Add([]byte(`{"schema":1,"method":"gradcam","target":{"kind":"logit","class":3},"layer":"auto"}`))
	f.Add([]byte(`{"task":{"schema":1,"method":"saliency","preprocess":{"channels":"RGB","scale":1,"resize":{"mode":"squash","width":8,"height":8}}},"map":{"width":1}}`))
	f.Add([]byte(`{"schema":2,"method":"gradcam"}`))
	f.Add([]byte(`{"task":{"schema":1,"method":"gradcam","edits":[{"kind":"mask","width":2,"height":2,"runs":[1,2,1],"fill":"blur"}]},"regions":[{"name":"a","shapes":[{"kind":"box","points":[{"x":0,"y":0},{"x":1,"y":1}]}]}]}`))
	f.Add([]byte(`[1,2]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, regions, err := parseTask(data)
		if err == nil && (got.Method == "" || got.Schema != task.Schema) {
			t.Errorf("%q was taken for a task", data)
		}
		if err == nil && (edit.Check(got.Edits) != nil || edit.CheckRegions(regions) != nil) {
			t.Errorf("the edits or regions of %q were taken", data)
		}
	})
}

func TestParseTask(t *testing.T) {
	got, _, err := parseTask([]byte(`{"schema":1,"method":"gradcam"}`))
	if err != nil || got.Target.Class != task.AutoClass {
		t.Errorf("%+v, %v: a class that is left out means auto", got, err)
	}
	for _, bad := range []string{``, `{}`, `null`, `{"schema":1}`, `{"schema":9,"method":"gradcam"}`, `{"schema":1,"method":"gradcam","preprocess":{"channels":"CMYK"}}`} {
		if _, _, err := parseTask([]byte(bad)); err == nil {
			t.Errorf("%s was taken for a task", bad)
		}
	}
}
