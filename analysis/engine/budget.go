package engine

import "seewhy/models/runtime"

// budget is how many bytes the values of one run may take: what Options say,
// else half of the memory that is free now.
func (e *Engine) budget() int64 {
	if e.options.MemoryBudget > 0 {
		return e.options.MemoryBudget
	}
	return runtime.FreeMemory() / 2
}
