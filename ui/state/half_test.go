package state

import (
	"testing"

	"seewhy/analysis/task"
)

// Float16 is off, can be chosen where the device in use knows it, is remembered,
// and is no part of what is saved.
func TestHalf(t *testing.T) {
	d := opened(t)
	d.send(DevicesListed{Devices: []task.DeviceInfo{{ID: "webgpu", Works: true, Half: true}, {ID: "cuda", Half: true}, {ID: "cpu", Works: true}}})
	d.send(DevicePicked{ID: task.Auto})
	d.settle()
	for id, want := range map[string]bool{"webgpu": true, "cuda": false, "cpu": false, "gone": false} {
		d.Device = id
		if d.KnowsHalf() != want {
			t.Errorf("%s: %v", id, d.KnowsHalf())
		}
	}
	d.Device, d.Last.Device = task.Auto, "webgpu"
	if !d.KnowsHalf() || d.task(t).Half {
		t.Error("it is off on the device that was chosen automatically")
	}
	d.send(HalfSet{On: true})
	if e, r := must[Explain](d), must[Remember](d); !e.Task.Half || r != (Remember{Key: "float16", Value: "true"}) {
		t.Errorf("asked %+v, remembered %+v", e.Task, r)
	}
	if s, ok := d.State.Session(); !ok || s.Panes[0].Task.Half {
		t.Error("it is the program's, not the study's")
	}
	d.Device = "cpu"
	d.send(HalfSet{})
	without[Explain](d)
	if !(&desk{State: booted(t, Options{Half: true}).State}).Half {
		t.Error("not kept from the last time")
	}
}
