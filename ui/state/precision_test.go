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
	d.send(PrecisionSet{Half: true})
	if e, r := must[Explain](d), must[Remember](d); !e.Task.Half || r != (Remember{Key: "float16", Value: "true"}) {
		t.Errorf("asked %+v, remembered %+v", e.Task, r)
	}
	if s, ok := d.State.Session(); !ok || s.Panes[0].Task.Half {
		t.Error("it is the program's, not the study's")
	}
	d.Device = "cpu"
	d.send(PrecisionSet{})
	without[Explain](d)
	if !(&desk{State: booted(t, Options{Half: true}).State}).Half {
		t.Error("not kept from the last time")
	}
}

// TF32 is off, can be chosen where the device in use knows it, and is remembered.
func TestTF32(t *testing.T) {
	d := opened(t)
	d.send(DevicesListed{Devices: []task.DeviceInfo{{ID: "cuda", Works: true, TF32: true}, {ID: "tensorrt", TF32: true}, {ID: "cpu", Works: true}}})
	d.send(DevicePicked{ID: task.Auto})
	d.settle()
	for id, want := range map[string]bool{"cuda": true, "tensorrt": false, "cpu": false, "gone": false} {
		d.Device = id
		if d.KnowsTF32() != want {
			t.Errorf("%s: %v", id, d.KnowsTF32())
		}
	}
	d.Device, d.Last.Device = task.Auto, "cuda"
	if !d.KnowsTF32() || d.task(t).TF32 {
		t.Error("it is off on the device that was chosen automatically")
	}
	d.send(PrecisionSet{TF32: true})
	if e, r := must[Explain](d), must[Remember](d); !e.Task.TF32 || r != (Remember{Key: "tf32", Value: "true"}) {
		t.Errorf("asked %+v, remembered %+v", e.Task, r)
	}
	if s, ok := d.State.Session(); !ok || s.Panes[0].Task.TF32 {
		t.Error("it is the program's, not the study's")
	}
	d.Device = "cpu"
	d.send(PrecisionSet{})
	without[Explain](d)
	if !(&desk{State: booted(t, Options{TF32: true}).State}).TF32 {
		t.Error("it does not come back")
	}
}

func (d *desk) task(t *testing.T) task.Task {
	t.Helper()
	u := update{State: d.State}
	return u.task(0)
}
