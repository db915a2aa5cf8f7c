package engine

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

// budget is how many bytes the values of one run on a device may take: what
// Options or SetBudget say, else half of what is free now of the memory that
// the device computes in.
func (e *Engine) budget(device string) int64 {
	if set := e.limit.Load(); set > 0 {
		return set
	}
	return runtime.DeviceMemory(context.Background(), device).Free / 2
}

func (s *session) budget() int64 { return s.e.budget(s.device) }

// held is how many bytes are taken now of the memory that the session computes
// in: by this program of main memory, by all of a card's own.
func (s *session) held() int64 {
	if s.device == runtime.CPU {
		now, _, _ := runtime.ResidentMemory()
		return now
	}
	return memoryOf(context.Background(), s.device).Used
}

// Memory tells what a device computes in, now.
func (e *Engine) Memory(ctx context.Context, device string) task.Memory {
	return memoryOf(ctx, e.device(ctx, device))
}

func memoryOf(ctx context.Context, device string) task.Memory {
	m := runtime.DeviceMemory(ctx, device)
	out := task.Memory{Card: m.Of, Total: m.Total, Free: m.Free, Used: m.Total - m.Free}
	if !m.Own {
		out.Used, _, _ = runtime.ResidentMemory()
	}
	return out
}
