package state

import "strconv"

// HalfSet has devices that know float16 compute in it; see task.Task.Half.
type HalfSet struct{ On bool }

func (HalfSet) msg() {}

// KnowsHalf says that the device in use computes in float16.
func (s State) KnowsHalf() bool { return s.inUse().Half }

func (u *update) halfSet(m HalfSet) {
	if m.On == u.Half {
		return
	}
	u.Half = m.On
	u.do(Remember{Key: "float16", Value: strconv.FormatBool(m.On)})
	if u.KnowsHalf() {
		u.predictAll()
		u.explainAll()
	}
}
