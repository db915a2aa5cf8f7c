package loop

import (
	"testing"

	"seewhy/analysis/task"
	"seewhy/ui/fake"
	"seewhy/ui/state"
)

// A slider sends one after another: the last holds, for all that is asked later.
func TestTheLastMemoryLimitHolds(t *testing.T) {
	e := fake.New()
	d := newDesk(t, e, nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	for mb := int64(1); mb <= 50; mb++ {
		d.Handle(state.BudgetSet{MB: 100 * mb})
		if got := e.RunBudget(task.Memory{}); got != 100*mb<<20 {
			t.Fatalf("set to %d MB, %d bytes hold", 100*mb, got)
		}
	}
}
