package state

import (
	"strconv"

	"seewhy/analysis/task"
)

// PrecisionSet has devices that know them round products to TF32, or compute in
// float16; see task.Task.TF32 and Half.
type PrecisionSet struct{ TF32, Half bool }

func (PrecisionSet) msg() {}

// KnowsTF32 says that the device in use can round products to TF32.
func (s State) KnowsTF32() bool { return s.inUse().TF32 }

// KnowsHalf says that the device in use computes in float16.
func (s State) KnowsHalf() bool { return s.inUse().Half }

// inUse is the device in use, where it works.
func (s State) inUse() task.DeviceInfo {
	id := s.Device
	if id == task.Auto {
		id = s.Last.Device
	}
	for _, d := range s.Devices {
		if d.ID == id && d.Works {
			return d
		}
	}
	return task.DeviceInfo{}
}

func (u *update) precisionSet(m PrecisionSet) {
	tf32, half := m.TF32 != u.TF32, m.Half != u.Half
	u.TF32, u.Half = m.TF32, m.Half
	if tf32 {
		u.do(Remember{Key: "tf32", Value: strconv.FormatBool(m.TF32)})
	}
	if half {
		u.do(Remember{Key: "float16", Value: strconv.FormatBool(m.Half)})
	}
	if tf32 && u.KnowsTF32() || half && u.KnowsHalf() {
		u.predictAll()
		u.explainAll()
	}
}
