package state

import (
	"testing"

	"seewhy/analysis/task"
)

// After a map, the memory of the device that made it is asked for and shown:
// once for maps that follow each other, however many they are.
func TestMemoryIsReadAfterAMap(t *testing.T) {
	d := &desk{t: t, State: State{Shown: 1}}
	mapped := func(device string) ReadMemory {
		t.Helper()
		d.Panes[0].Job = d.job()
		d.send(Explained{Job: d.Panes[0].Job, Result: task.Result{Device: device, Map: task.Map{Width: 1, Height: 1, Values: []float32{1}}}})
		return must[ReadMemory](d)
	}
	first := mapped("cpu")
	second := mapped("cuda")
	if second.Device != "cuda" || second.After != rest || second.Job == 0 || second.Job == first.Job {
		t.Errorf("asked %+v after %+v", second, first)
	}
	if c := must[Cancel](d); c.Job != first.Job {
		t.Errorf("cancelled %d, want the first look, %d", c.Job, first.Job)
	}
	d.send(MemoryRead{Job: first.Job, Memory: task.Memory{Card: "Other"}})
	d.send(MemoryRead{Memory: task.Memory{Card: "Nobody asked"}})
	if d.Memory != (task.Memory{}) {
		t.Errorf("memory %+v of a look that was given up", d.Memory)
	}
	want := task.Memory{Card: "Card", Total: 4, Free: 3, Used: 1}
	d.send(MemoryRead{Job: second.Job, Memory: want})
	if d.Memory != want || d.reading != 0 {
		t.Errorf("memory %+v, job %d", d.Memory, d.reading)
	}
}
