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
	return e.RunBudget(memoryOf(context.Background(), device))
}

// RunBudget is what one run may take, in bytes, of what a device computes in.
func (e *Engine) RunBudget(m task.Memory) int64 {
	if set := e.limit.Load(); set > 0 {
		return set
	}
	return m.Free / 2
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
