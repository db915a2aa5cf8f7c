package state

import (
	"cmp"
	"slices"
	"time"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// maxDone bounds the list of finished work.
const maxDone = 60

// Job is work that runs. It may be told long after it has ended, so its words
// are found in the language of the moment.
type Job struct {
	// ID is 0 for background work, which cannot be stopped by itself.
	ID JobID
	// What is done, to which picture, by which model; the last two may be empty.
	// What and Model are keys of the translation; Counts are filled in.
	What, Picture, Model string
	Counts               [2]int
	// Inside says that the picture came with the program.
	Inside bool
	Work   Work
}

// Title says what is done.
func (j Job) Title() string {
	switch {
	case j.Counts[1] > 0:
		return i18n.T(j.What, j.Counts[0], j.Counts[1])
	case j.Counts[0] > 0:
		return i18n.T(j.What, j.Counts[0])
	}
	return i18n.T(j.What)
}

// On says to which picture and by which model, as far as that is known.
func (j Job) On() []string {
	picture := j.Picture
	if j.Inside {
		picture = i18n.T(picture)
	}
	return slices.DeleteFunc([]string{picture, i18n.T(j.Model)}, func(s string) bool { return s == "" })
}

// Done is finished work.
type Done struct {
	Job
	// Device did it; empty where it is not told. Err says in words why it failed.
	Device, Err string
	Total       time.Duration
	// Samples is how many were taken, 0 for work that takes none.
	Samples int
}

// PerSample is the time that a sample took; 0 where there are none.
func (d Done) PerSample() time.Duration {
	if d.Samples == 0 {
		return 0
	}
	return d.Total / time.Duration(d.Samples)
}

type (
	// JobStopped stops one piece of work, as Cancelled stops all.
	JobStopped struct{ Job JobID }
	// Took is an answer, with how long its work has taken.
	Took struct {
		For    time.Duration
		Answer Msg
	}
	// DoneCleared empties the list of finished work.
	DoneCleared struct{}
)

func (JobStopped) msg()  {}
func (Took) msg()        {}
func (DoneCleared) msg() {}

// Jobs lists what runs: what a person waits for, then what goes on in the
// background.
func (s State) Jobs() []Job {
	var out []Job
	of := Job{}
	if it, _ := s.Item(s.Photo.Item); it != nil {
		of.Picture, of.Inside = it.Name, it.inside()
	}
	on := func(j Job) {
		j.Picture, j.Inside = of.Picture, of.Inside
		out = append(out, j)
	}
	modelOf := func(pane int) string {
		if m := s.ModelOf(pane).Info; m != nil {
			return m.Title
		}
		return ""
	}
	if m := s.Model; m.Job != 0 {
		what := "Open the model"
		if m.Fetching {
			what = "Download the model"
		}
		out = append(out, Job{ID: m.Job, What: what, Model: m.Title, Work: m.Work})
	}
	for i, p := range s.Panes[:s.Shown] {
		switch {
		case p.Job == 0:
		case p.Show != ShowMap:
			on(Job{ID: p.Job, What: "Compare maps", Work: p.Work})
		default:
			what := p.Method
			if m, ok := s.Method(i); ok {
				what = m.Title
			}
			on(Job{ID: p.Job, What: what, Model: modelOf(i), Work: p.Work})
		}
	}
	if s.Sweep.Job != 0 {
		on(Job{ID: s.Sweep.Job, What: "Every natural layer", Model: modelOf(s.Sweep.Pane), Work: s.Sweep.Work})
	}
	if s.Export != 0 {
		on(Job{ID: s.Export, What: "Export a report", Work: Work{Done: -1}})
	}
	if n := s.thumbless(); n > 0 {
		out = append(out, Job{What: "Thumbnails: %d to come", Counts: [2]int{n}, Work: Work{Done: -1}})
	}
	if known, all, on := s.Surveying(); on {
		out = append(out, Job{What: "Answers for the filter: %d of %d", Counts: [2]int{known, all}, Model: modelOf(0), Work: Work{Done: float64(known) / float64(max(all, 1))}})
	}
	return out
}

// thumbless counts the pictures on the screen that lack their thumbnail.
func (s State) thumbless() (n int) {
	for i := max(s.first, 0); i < min(s.last, s.FilmLen()); i++ {
		if it := s.FilmItem(i); it.Thumb == nil && it.Err == "" {
			n++
		}
	}
	return n
}

// running is one of Jobs.
func (s State) running(id JobID) (Job, bool) {
	all := s.Jobs()
	i := slices.IndexFunc(all, func(j Job) bool { return j.ID == id && id != 0 })
	if i < 0 {
		return Job{}, false
	}
	return all[i], true
}

// jobsDone handles what the list of work does.
func (u *update) jobsDone(m Msg) {
	switch m := m.(type) {
	case DoneCleared:
		u.Done = nil
	case JobStopped:
		u.stopJob(m.Job)
	}
}

// stopJob ends one piece of work; what is shown stays, as with Esc.
func (u *update) stopJob(id JobID) {
	if _, ok := u.running(id); !ok {
		return
	}
	switch id {
	case u.Model.Job:
		u.stopModel()
	case u.Export:
		u.cancel(&u.Export)
	case u.Sweep.Job:
		u.cancel(&u.Sweep.Job)
	}
	if i := u.byJob(id); i >= 0 {
		u.stopPane(i)
	}
	u.say(false, i18n.T("Stopped."))
}

// finish puts the work that an answer ends at the head of the list, while it is
// still known what it was.
func (u *update) finish(m Took) {
	id, d := ended(m.Answer)
	j, ok := u.running(id)
	if !ok {
		return
	}
	d.Job, d.Total = j, cmp.Or(d.Total, m.For)
	u.Done = append([]Done{d}, u.Done[:min(len(u.Done), maxDone-1)]...)
}

// ended is the work that an answer ends, with what it tells of it; 0 where it
// ends none that is listed, as the wait before a map does.
func ended(m Msg) (JobID, Done) {
	switch m := m.(type) {
	case Explained:
		return m.Job, Done{Device: m.Result.Device, Total: m.Result.Total, Samples: samplesOf(m.Result)}
	case ExplainFailed:
		return m.Job, Done{Err: m.Err}
	case Compared:
		return m.Job, Done{Err: m.Err}
	case Swept:
		return m.Job, Done{Err: m.Err}
	case ModelFetched:
		return m.Job, Done{}
	case ModelOpened:
		return m.Job, Done{}
	case ModelFailed:
		return m.Job, Done{Err: m.Err}
	case Exported:
		return m.Job, Done{Err: m.Err}
	}
	return 0, Done{}
}

// samplesOf is how many samples a map was made of: what its method tells, or
// the parameter that says so.
func samplesOf(r task.Result) int {
	for _, f := range r.Facts {
		if f.ID == "samples" {
			return int(f.Value)
		}
	}
	for _, id := range []string{"samples", "steps"} {
		if v, ok := r.Task.Params[id]; ok {
			return int(v)
		}
	}
	return 0
}
