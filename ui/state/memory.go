package state

import (
	"time"

	"seewhy/analysis/task"
)

// ReadMemory looks at what a device computes in, after a while.
type ReadMemory struct {
	Job    JobID
	Device string
	After  time.Duration
}

// MemoryRead is the answer.
type MemoryRead struct {
	Job    JobID
	Memory task.Memory
}

func (ReadMemory) cmd() {}
func (MemoryRead) msg() {}

// readMemory looks at a device once maps have stopped coming: a graphics card is
// asked by a program of its maker's, which is not to be started for each map of
// a moving brush.
func (u *update) readMemory(device string) {
	u.cancel(&u.reading)
	u.reading = u.job()
	u.do(ReadMemory{Job: u.reading, Device: device, After: rest})
}

func (u *update) memoryRead(m MemoryRead) {
	if m.Job != 0 && m.Job == u.reading {
		u.reading, u.Memory = 0, m.Memory
	}
}
