package state

import (
	"math"
	"slices"
	"strconv"
	"time"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// SettingsPage is the page over the window.
type SettingsPage struct {
	On bool
	// Memory, Limit (what one run may take, in bytes) and Stores are what was
	// read last.
	Memory task.Memory
	Limit  int64
	Stores []task.Store
	// Clearing is the store that is being cleared.
	Clearing string
	// Asking is the store that a second press clears; see StoreCleared.
	Asking string

	job, asks JobID
}

// Scales are how large everything can be shown, 1 being the usual.
func Scales() []float64 { return []float64{0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.5, 1.8, 2} }

// NearestScale is the one of Scales nearest to v.
func NearestScale(v float64) float64 {
	best := 1.0
	for _, s := range Scales() {
		if math.Abs(s-v) < math.Abs(best-v) {
			best = s
		}
	}
	return best
}

// glance is how often an open page looks at memory and files again.
const glance = 2 * time.Second

type (
	// SettingsToggled opens or closes the page.
	SettingsToggled struct{}
	// ScalePicked sets how large everything is shown; see Scales.
	ScalePicked struct{ Scale float64 }
	// BudgetSet sets the megabytes that one run may take; 0 is half of what is
	// free.
	BudgetSet struct{ MB int64 }
	// StoreCleared removes the files of a store. Those that are not made again
	// by themselves go at the second press within surely.
	StoreCleared struct{ ID string }
	// ReadResources looks at memory and files, after a while.
	ReadResources struct {
		Job    JobID
		Device string
		After  time.Duration
	}
	// ResourcesRead answers it.
	ResourcesRead struct {
		Job    JobID
		Memory task.Memory
		Limit  int64
		Stores []task.Store
	}
	// LimitMemory bounds a run; ClearStore removes files.
	LimitMemory struct{ Bytes int64 }
	ClearStore  struct{ ID string }
	// StoreEmptied answers the latter.
	StoreEmptied struct{ ID, Err string }
)

func (SettingsToggled) msg() {}
func (ScalePicked) msg()     {}
func (BudgetSet) msg()       {}
func (StoreCleared) msg()    {}
func (ResourcesRead) msg()   {}
func (StoreEmptied) msg()    {}
func (ReadResources) cmd()   {}
func (LimitMemory) cmd()     {}
func (ClearStore) cmd()      {}

// settings handles the page and what is set on it.
func (u *update) settings(m Msg) {
	w := &u.Page
	switch m := m.(type) {
	case SettingsToggled:
		w.On = !w.On
		u.cancel(&w.job)
		u.unask()
		if w.On {
			u.look(0)
		}
	case ScalePicked:
		if slices.Contains(Scales(), m.Scale) && m.Scale != u.Settings.Scale {
			u.Settings.Scale = m.Scale
			u.do(Remember{Key: "scale", Value: strconv.FormatFloat(m.Scale, 'g', -1, 64)})
		}
	case BudgetSet:
		if mb := max(m.MB, 0); mb != u.Budget {
			u.Budget = mb
			u.do(Remember{Key: "budget", Value: strconv.FormatInt(mb, 10)})
			if u.Phase == Ready {
				u.do(LimitMemory{Bytes: mb << 20})
			}
		}
	case StoreCleared:
		if w.Clearing == "" && u.Phase == Ready && u.sure(m.ID) {
			w.Clearing = m.ID
			u.do(ClearStore(m))
		}
	case StoreEmptied:
		w.Clearing = ""
		if m.Err != "" {
			u.say(true, i18n.T("Not cleared: %s", i18n.Tell(m.Err)))
		}
		if w.On {
			u.cancel(&w.job)
			u.look(0)
		}
		u.do(ListModels{})
	case ResourcesRead:
		if m.Job == 0 || m.Job != w.job {
			return
		}
		w.job, w.Memory, w.Limit, w.Stores = 0, m.Memory, m.Limit, m.Stores
		if w.On {
			u.look(glance)
		}
	}
}

// look reads memory and files, once there is an engine to ask.
func (u *update) look(after time.Duration) {
	if u.Phase != Ready {
		return
	}
	u.Page.job = u.job()
	u.do(ReadResources{Job: u.Page.job, Device: u.Device, After: after})
}
