package state

import (
	"slices"
	"testing"

	"seewhy/analysis/task"
)

// After a map, the memory of the device that made it is asked for and shown.
func TestMemoryIsReadAfterAMap(t *testing.T) {
	s := State{Shown: 1}
	s.Panes[0].Job = 7
	s, cmds := Update(s, Explained{Job: 7, Result: task.Result{Device: "cuda", Map: task.Map{Width: 1, Height: 1, Values: []float32{1}}}})
	if !slices.ContainsFunc(cmds, func(c Cmd) bool { return c == Cmd(ReadMemory{Device: "cuda"}) }) {
		t.Errorf("commands %#v", cmds)
	}
	want := task.Memory{Card: "Card", Total: 4, Free: 3, Used: 1}
	if s, _ = Update(s, MemoryRead{Memory: want}); s.Memory != want {
		t.Errorf("memory %+v", s.Memory)
	}
}
