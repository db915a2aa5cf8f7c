package state

import (
	"strconv"

	"seewhy/analysis/task"
)

// TF32Set allows devices that know TF32 to use it; see task.Task.TF32.
type TF32Set struct{ On bool }

func (TF32Set) msg() {}

// KnowsTF32 says that the device in use can round products to TF32.
func (s State) KnowsTF32() bool { return s.inUse().TF32 }

// inUse is the device in use, where it works.
func (s State) inUse() task.DeviceInfo {
	id := s.Device
	if id == task.Auto {
		id = s.Last.Device
	}
	for _, d := range s.Devices {
		if d.ID == id {
			if d.Works {
				return d
			}
		}
	}
	return task.DeviceInfo{}
}

func (u *update) tf32Set(m TF32Set) {
	if m.On == u.TF32 {
		return
	}
	u.TF32 = m.On
	u.do(Remember{Key: "tf32", Value: strconv.FormatBool(m.On)})
	if u.KnowsTF32() {
		u.predictAll()
		u.explainAll()
	}
}
