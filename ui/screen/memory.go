package screen

import (
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// memoryText is what a device that works computes in, as `seewhy devices` says
// it; empty where that is not known.
func memoryText(d task.DeviceInfo) string {
	m := d.Memory
	switch {
	case !d.Works || m == nil:
		return ""
	case m.Card != "":
		return i18n.T("%s, %s, of which %s are free", m.Card, gigabytes(m.Total), gigabytes(m.Free))
	case m.Total == 0:
		return i18n.T("main memory")
	}
	return i18n.T("main memory, %s, of which %s are free", gigabytes(m.Total), gigabytes(m.Free))
}
