package widget

import "fyne.io/fyne/v2"

// beforeFrame gathers what several events ask for in one frame: the last of it
// is done once, between the events and the drawing. A mouse tells of its moves
// more often than frames are drawn, and each message shows a whole state.
type beforeFrame struct {
	next func()
}

func (b *beforeFrame) do(f func()) {
	waiting := b.next != nil
	b.next = f
	if waiting {
		return
	}
	// The toolkit ticks its animations at this very moment; one without a
	// duration ends with its first tick.
	(&fyne.Animation{Tick: func(float32) {
		if f := b.next; f != nil {
			b.next = nil
			f()
		}
	}}).Start()
}
