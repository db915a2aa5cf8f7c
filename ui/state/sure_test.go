package state

import (
	"testing"

	"seewhy/analysis/task"
)

func TestDownloadsAndChoicesAreClearedAtTheSecondPress(t *testing.T) {
	for _, store := range []string{task.StoreModels, task.StoreChoices} {
		d := opened(t)
		d.send(SettingsToggled{})
		d.send(StoreCleared{ID: store})
		without[ClearStore](d)
		w := must[Wait](d)
		if d.Page.Asking != store || w.For != surely || d.Page.Clearing != "" {
			t.Errorf("%s: %+v, %+v", store, d.Page, w)
		}
		d.send(StoreCleared{ID: store})
		if c := must[ClearStore](d); c.ID != store || d.Page.Asking != "" || d.Page.Clearing != store {
			t.Errorf("%s: %+v, %+v", store, c, d.Page)
		}
		if c := must[Cancel](d); c.Job != w.Job {
			t.Errorf("%s: the wait goes on", store)
		}
	}
}

func TestTheQuestionIsTakenBack(t *testing.T) {
	d := opened(t)
	d.send(SettingsToggled{})
	d.send(StoreCleared{ID: task.StoreModels})
	w := must[Wait](d)
	d.send(Waited{Job: w.Job - 1})
	if d.Page.Asking != task.StoreModels {
		t.Error("another wait has ended the question")
	}
	d.send(Waited{Job: w.Job})
	if d.Page.Asking != "" {
		t.Error("it asks for ever")
	}
	d.send(StoreCleared{ID: task.StoreModels})
	without[ClearStore](d)
	// The question goes to the other button.
	d.send(StoreCleared{ID: task.StoreChoices})
	without[ClearStore](d)
	if d.Page.Asking != task.StoreChoices {
		t.Errorf("it asks about %q", d.Page.Asking)
	}
	d.send(SettingsToggled{})
	d.send(SettingsToggled{})
	if d.Page.Asking != "" {
		t.Error("it asks when it is opened again")
	}
	// What is prepared again by itself goes at once, and takes the question along.
	d.send(StoreCleared{ID: task.StoreModels})
	d.send(StoreCleared{ID: task.StoreSessions})
	if c := must[ClearStore](d); c.ID != task.StoreSessions || d.Page.Asking != "" {
		t.Errorf("%+v, %+v", c, d.Page)
	}
}
