package loop

import (
	"slices"
	"testing"

	"seewhy/ui/state"
)

// However many reports come while the window is busy, one waits for it, and it
// is the newest.
func TestOnlyTheLatestReportWaits(t *testing.T) {
	var posted []func()
	var got []state.JobID
	b := &latest{
		post:   func(f func()) { posted = append(posted, f) },
		handle: func(m state.Msg) { got = append(got, m.(state.Progressed).Job) },
	}
	run := func() {
		for _, f := range posted {
			f()
		}
		posted = nil
	}
	for job := range 100 {
		b.send(state.Progressed{Job: state.JobID(job)})
	}
	if len(posted) != 1 {
		t.Fatalf("%d reports wait for the window", len(posted))
	}
	run()
	b.send(state.Progressed{Job: 200})
	run()
	run()
	if want := []state.JobID{99, 200}; !slices.Equal(got, want) {
		t.Errorf("the window saw %v instead of %v", got, want)
	}
}
