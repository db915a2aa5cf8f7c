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
	return e.share(runtime.DeviceMemory(context.Background(), device).Free)
}

// share is the budget where so many bytes are free.
func (e *Engine) share(free int64) int64 {
	if set := e.limit.Load(); set > 0 {
		return set
	}
	return free / 2
}

func (s *session) budget() int64 { return s.e.budget(s.device) }

// memory is what the session computes in, now.
func (s *session) memory() task.Memory { return memoryOf(context.Background(), s.device) }

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
