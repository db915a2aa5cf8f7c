package engine

import (
	"context"
	"sync"

	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

// Providers tries every execution provider, best first, and does not look at
// their memory.
func (e *Engine) Providers(ctx context.Context) []task.DeviceInfo {
	list := e.lib.Devices(ctx)
	best, cpu := e.device(ctx, task.Auto), list[len(list)-1]
	var out []task.DeviceInfo
	for _, d := range list {
		out = append(out, task.DeviceInfo{
			ID: d.ID, Title: d.Title, Works: d.Works, Why: d.Why, TF32: runtime.TF32(d.ID), Half: runtime.Half(d.ID),
			Chosen: d.ID == best, Slow: d.Works && d.ID != runtime.CPU && d.Took >= cpu.Took,
		})
	}
	return out
}

// Devices is Providers with the memory of those that work.
func (e *Engine) Devices(ctx context.Context) []task.DeviceInfo {
	out := e.Providers(ctx)
	readMemory(ctx, out)
	return out
}

// readMemory adds what the devices that work compute in. They are asked at the
// same time: a card's driver answers through a process, in a tenth of a second.
func readMemory(ctx context.Context, list []task.DeviceInfo) {
	var all sync.WaitGroup
	for i := range list {
		if list[i].Works {
			all.Go(func() {
				m := memoryOf(ctx, list[i].ID)
				list[i].Memory = &m
			})
		}
	}
	all.Wait()
}
