package cli

import (
	"strings"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// The first interrupt is taken by what asked for it, once; others are not.
func TestInterrupts(t *testing.T) {
	var i Interrupts
	if i.Taken() {
		t.Error("nobody asked, and the interrupt is taken")
	}
	kept := 0
	done := i.take(func() { kept++ })
	if !i.Taken() || i.Taken() || kept != 1 {
		t.Errorf("kept %d times", kept)
	}
	done()
	i.take(func() { kept++ })()
	if i.Taken() || kept != 1 {
		t.Error("an interrupt is taken after the end")
	}
	(*Interrupts)(nil).take(func() {})()
}

func TestSettings(t *testing.T) {
	m, err := method.ByID("lime")
	if err != nil {
		t.Fatal(err)
	}
	f := explainFlags{settings: "fast", params: []string{"width=0.5"}}
	var job task.Task
	if err := f.parameters(m, &job); err != nil || job.Params["samples"] != 200 || job.Params["width"] != 0.5 {
		t.Errorf("%v, %v", job.Params, err)
	}
	f.settings = "reference"
	if err := f.parameters(m, &job); err != nil || job.Params["samples"] != 1000 {
		t.Errorf("%v, %v", job.Params, err)
	}
	f.settings = "best"
	if err := f.parameters(m, &job); err == nil || !strings.Contains(err.Error(), "reference, fast") {
		t.Errorf("unknown settings: %v", err)
	}
	if text := settings(m, m.Presets[1]); !strings.Contains(text, "samples=200") {
		t.Errorf("settings in words: %q", text)
	}
}

func TestMeasured(t *testing.T) {
	rows := measured(task.Result{Surrogate: &task.Surrogate{Values: []float64{0.5, -2, 1}, Errors: []float64{0.1, 0.2, 0.3}, R2: 0.9, HasR2: true}})
	if len(rows) != 4 || !strings.Contains(rows[1][1], "segment 1: -2 ± 0.2") {
		t.Errorf("%q", rows)
	}
	rows = measured(task.Result{Error: &task.Map{Width: 2, Height: 1, Values: []float32{0.25, 0.5}}})
	if len(rows) != 1 || !strings.Contains(rows[0][1], "0.5") {
		t.Errorf("%q", rows)
	}
}
