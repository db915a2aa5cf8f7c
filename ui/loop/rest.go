package loop

import (
	"time"

	"seewhy/ui/state"
)

// pause ends a stroke, such as the drag of a slider: what is done later can be
// undone by itself.
const pause = 1500 * time.Millisecond

// restSoon says when nothing has been added to a stroke for a while. One timer
// at a time: a drag sends sixty messages a second.
func (l *Loop) restSoon() {
	stroke := l.state.Stroke()
	if stroke == 0 || l.resting {
		return
	}
	l.resting = true
	time.AfterFunc(pause, func() {
		l.config.Post(func() {
			l.resting = false
			if l.life.Err() == nil && l.state.Stroke() == stroke {
				l.Handle(state.Rested{Serial: stroke})
				return
			}
			l.restSoon()
		})
	})
}
