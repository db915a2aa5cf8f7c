package state

import (
	"time"

	"seewhy/analysis/task"
)

// surely is how long a button that has asked waits for its second press.
const surely = 4 * time.Second

// sure says whether a store may be cleared: prepared sessions at once, for they
// are made again when needed; downloads and choices at the second press.
func (u *update) sure(store string) bool {
	w := &u.Page
	asked := w.Asking == store
	u.unask()
	if store == task.StoreSessions || asked {
		return true
	}
	w.Asking, w.asks = store, u.job()
	u.do(Wait{Job: w.asks, For: surely})
	return false
}

// unask takes the question back.
func (u *update) unask() {
	u.Page.Asking = ""
	u.cancel(&u.Page.asks)
}

// unsure takes it back where its time has passed.
func (u *update) unsure(job JobID) {
	if job != 0 && job == u.Page.asks {
		u.Page.Asking, u.Page.asks = "", 0
	}
}
