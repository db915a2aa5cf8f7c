package loop

import (
	"context"
	"image"
	"time"

	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

// thumbQueue is what the background goroutine has to do. A newer list
// replaces it, for the older one is about pictures that have left the screen.
type thumbQueue struct {
	wanted []state.ThumbWant
	task   task.Task
}

func (l *Loop) want(c state.Thumbs) {
	l.guard.Lock()
	l.thumbs = thumbQueue{wanted: c.Wanted, task: c.Task}
	l.idle.Broadcast()
	l.guard.Unlock()
}

// survey replaces the list of pictures off the screen.
func (l *Loop) survey(c state.Survey) {
	l.guard.Lock()
	l.surveys = thumbQueue{wanted: c.Wanted, task: c.Task}
	l.idle.Broadcast()
	l.guard.Unlock()
}

// courtesy is how long thumbnails give way to work that the user waits for;
// what lasts longer must not keep the filmstrip empty.
const courtesy = 400 * time.Millisecond

// next waits for work, and for a time when it is in nobody's way. What is off
// the screen waits until nothing else is to be done.
func (l *Loop) next() (state.ThumbWant, task.Task, Engine, bool) {
	l.guard.Lock()
	defer l.guard.Unlock()
	for l.life.Err() == nil {
		ready := len(l.thumbs.wanted) > 0 && l.engine != nil
		left := courtesy - time.Since(l.begun)
		if ready && (l.busy == 0 || left <= 0) {
			w, t := l.thumbs.take()
			return w, t, l.engine, true
		}
		if len(l.surveys.wanted) > 0 && !ready && l.engine != nil && l.busy == 0 {
			w, t := l.surveys.take()
			return w, t, l.engine, true
		}
		if ready {
			time.AfterFunc(left, l.idle.Broadcast)
		}
		l.idle.Wait()
	}
	return state.ThumbWant{}, task.Task{}, nil, false
}

func (q *thumbQueue) take() (state.ThumbWant, task.Task) {
	w := q.wanted[0]
	q.wanted = q.wanted[1:]
	return w, q.task
}

func (l *Loop) makeThumbs() {
	defer l.work.Done()
	for {
		w, t, e, ok := l.next()
		if !ok {
			return
		}
		l.makeThumb(l.life, e, w, t)
	}
}

func (l *Loop) makeThumb(ctx context.Context, e Engine, w state.ThumbWant, t task.Task) {
	info, err := e.OpenImage(ctx, w.Ref)
	if err != nil {
		if ctx.Err() == nil {
			l.strip.thumb(state.ThumbMade{Item: w.Item, Err: err.Error(), Fault: prep.FaultOf(err)})
		}
		return
	}
	if w.Thumb {
		l.strip.thumb(state.ThumbMade{Item: w.Item, Thumb: thumb([]image.Image{info.Picture}), SHA256: info.Ref.SHA256})
	}
	if !w.Label {
		return
	}
	t.Image = info.Ref
	p, err := e.Predict(ctx, t)
	if ctx.Err() != nil {
		return
	}
	// Without an answer the picture itself is fine; opening it will tell what
	// is wrong. It is asked for no more.
	answer := state.ItemLabelled{Item: w.Item, Model: t.Model.SHA256, Asked: w.Asked}
	if err == nil && len(p.Order) > 0 && p.Order[0] < len(p.Scores) {
		answer.Top = p.Scores[p.Order[0]]
	}
	l.strip.label(answer)
}
