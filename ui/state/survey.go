package state

import "seewhy/analysis/task"

// Survey replaces the list of pictures whose answer is wanted though they are
// not on the screen. It gives way to all other work.
type Survey struct {
	Wanted []ThumbWant
	// Task predicts; its Image is filled in.
	Task task.Task
}

func (Survey) cmd() {}

// surveyed is what a Survey was sent for, so that it is sent once.
type surveyed struct {
	model, device string
	// asked changes with the settings of the model; see Film.asked.
	asked int
	// items and last change when pictures come or go.
	items int
	last  ItemID
}

// followSurvey asks the model about every picture while the filter needs to
// know, and counts the answers.
func (u *update) followSurvey() {
	f := &u.Film
	if !f.Filter.Asks() || u.Model.Info == nil || u.Phase != Ready {
		if f.surveyed != (surveyed{}) {
			f.surveyed = surveyed{}
			u.do(Survey{})
		}
		return
	}
	sha := u.Model.Info.Ref.SHA256
	f.Known = 0
	for _, it := range u.Items {
		if it.Err != "" || it.LabelModel == sha {
			f.Known++
		}
	}
	now := surveyed{model: sha, device: u.Device, asked: f.asked, items: len(u.Items), last: u.ids}
	if f.surveyed == now {
		return
	}
	f.surveyed = now
	s := Survey{Task: u.taskOf(u.Model.Opened, freshPane())}
	s.Task.Image = task.ImageRef{}
	for _, it := range u.Items {
		if it.Err == "" && it.LabelModel != sha {
			s.Wanted = append(s.Wanted, ThumbWant{Item: it.ID, Ref: it.Ref, Label: true, Asked: f.asked})
		}
	}
	u.do(s)
}

// Surveying says that answers are still being gathered, and how many of the
// pictures have one.
func (s State) Surveying() (known, all int, on bool) {
	return s.Film.Known, len(s.Items), s.Film.surveyed != (surveyed{}) && s.Film.Known < len(s.Items)
}
