package state

import (
	"slices"
	"time"

	"seewhy/analysis/task"
)

const (
	// quick is how long a map may take that is made anew while a stroke goes
	// on; slower ones wait until it has rested for rest.
	quick = 250 * time.Millisecond
	rest  = 300 * time.Millisecond
)

// chase is how a pane's map follows the edits.
type chase struct {
	// asked are the edits that were asked about last, resting those that are
	// asked about once the stroke has rested.
	asked, resting []task.Edit
	// rests says that the job is the wait for that.
	rests bool
	// live says that the job answers a stroke, and is not given up for a newer one.
	live bool
}

// followEdits lets everything that shows the photo follow its edits, whoever
// changed them: the picture, the answers and the maps. One of each is made at
// a time, and the newest edits wait for it: what is shown follows a moving
// brush at the speed of the work, and nothing piles up.
func (u *update) followEdits() {
	u.Edited.now = u.edits()
	if u.Photo.Info == nil {
		return
	}
	u.followPicture()
	if !u.open() || u.Photo.Job != 0 {
		return
	}
	u.followAnswer(0)
	for i := range u.Shown {
		if i > 0 && u.Panes[i].Own != nil {
			u.followAnswer(i)
		}
		u.followMap(i)
	}
}

func (u *update) followPicture() {
	e := &u.Edited
	live := u.Marking.Stroke != nil
	if same(e.now, e.asked) && (!e.coarse || live) {
		return
	}
	if len(e.now) == 0 {
		u.cancel(&e.job)
		e.asked, e.Levels, e.coarse = nil, nil, false
		return
	}
	if e.job != 0 || len(u.Photo.Levels) == 0 {
		return
	}
	e.job, e.asked, e.coarse = u.job(), e.now, live
	u.do(EditPhoto{Job: e.job, Levels: u.Photo.Levels, Edits: e.now, Live: live})
}

func (u *update) followAnswer(pane int) {
	f, b := u.answers(pane)
	if f.Job == 0 && !same(f.asked, u.Edited.now) {
		f.Job, f.asked = u.job(), u.Edited.now
		u.do(Predict{Job: f.Job, Item: u.Photo.Item, Task: u.taskOf(u.ModelOf(pane), freshPane())})
	}
	none := b.Job == 0 && b.Prediction == nil && b.Err == ""
	if none != (len(u.Edited.now) == 0) {
		u.predictBefore(pane)
	}
}

// predictBefore asks the model of a pane about the picture without its edits.
func (u *update) predictBefore(pane int) {
	_, f := u.answers(pane)
	u.cancel(&f.Job)
	if len(u.Edited.now) == 0 {
		*f = Forward{}
		return
	}
	original := freshPane()
	original.Original = true
	f.Job = u.job()
	u.do(Predict{Job: f.Job, Item: u.Photo.Item, Task: u.taskOf(u.ModelOf(pane), original)})
}

func (u *update) followMap(pane int) {
	p := &u.Panes[pane]
	want := u.editsOf(pane)
	if p.Show != ShowMap || same(p.chase.asked, want) {
		return
	}
	if p.quick() && slices.Contains(u.Visible(), pane) {
		if p.Job == 0 || !p.chase.live {
			u.explain(pane)
			p.chase.live = true
		}
		return
	}
	if p.Job != 0 && p.chase.rests && same(p.chase.resting, want) {
		return
	}
	u.cancel(&p.Job)
	p.chase.resting, p.chase.rests, p.chase.live = want, true, false
	p.Job, p.Work = u.job(), Work{Done: -1}
	u.do(Wait{Job: p.Job, For: rest})
}

// quick says whether a pane's map is made fast enough to follow a stroke.
func (p Pane) quick() bool {
	return p.Result != nil && !p.Partial && p.answered.Method == p.Method && p.Result.Total <= quick
}

// abandon takes note that a pane's map will not follow the edits: what is
// there is unfinished.
func (u *update) abandon(pane int) {
	p := &u.Panes[pane]
	if p.Job == 0 {
		return
	}
	if p.Show == ShowMap && p.Result != nil && !same(p.Result.Task.Edits, u.editsOf(pane)) {
		p.Partial = true
	}
	p.chase = chase{asked: u.editsOf(pane)}
}
