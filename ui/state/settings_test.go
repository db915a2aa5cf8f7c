package state

import (
	"testing"

	"seewhy/analysis/task"
)

func TestSettingsPageLooksWhileItIsOpen(t *testing.T) {
	d := opened(t)
	d.send(SettingsToggled{})
	c := must[ReadResources](d)
	if !d.Page.On || c.After != 0 {
		t.Errorf("%+v, %+v", d.Page, c)
	}
	d.send(ResourcesRead{Job: c.Job - 1, Memory: task.Memory{Free: 1}})
	if d.Page.Memory.Free != 0 {
		t.Error("an older answer is taken")
	}
	d.send(ResourcesRead{Job: c.Job, Memory: task.Memory{Free: 5 << 30}, Stores: []task.Store{{ID: task.StoreSessions, Bytes: 7}}})
	if d.Page.Memory.Free != 5<<30 || len(d.Page.Stores) != 1 {
		t.Errorf("%+v", d.Page)
	}
	next := must[ReadResources](d)
	if next.After != glance {
		t.Errorf("it looks again after %v", next.After)
	}
	d.send(SettingsToggled{})
	must[Cancel](d)
	d.send(ResourcesRead{Job: next.Job})
	without[ReadResources](d)
}

func TestBudgetIsAppliedAndRemembered(t *testing.T) {
	d := opened(t)
	d.send(BudgetSet{MB: 2048})
	if c := must[LimitMemory](d); c.Bytes != 2048<<20 {
		t.Errorf("%+v", c)
	}
	if c := must[Remember](d); c != (Remember{Key: "budget", Value: "2048"}) {
		t.Errorf("%+v", c)
	}
	d.send(BudgetSet{MB: 2048})
	without[LimitMemory](d)
	d.send(BudgetSet{MB: -4})
	if c := must[LimitMemory](d); c.Bytes != 0 || d.Budget != 0 {
		t.Errorf("%+v", c)
	}
	// What was remembered holds from the start on.
	d = booted(t, Options{Budget: 512})
	if c := must[LimitMemory](d); c.Bytes != 512<<20 {
		t.Errorf("%+v", c)
	}
}

func TestScaleIsOneOfThose(t *testing.T) {
	d := opened(t)
	d.send(ScalePicked{Scale: 1.5})
	if c := must[Remember](d); c != (Remember{Key: "scale", Value: "1.5"}) || d.Settings.Scale != 1.5 {
		t.Errorf("%+v", c)
	}
	d.send(ScalePicked{Scale: 17})
	if d.Settings.Scale != 1.5 {
		t.Errorf("%v", d.Settings.Scale)
	}
}

func TestStoresAreCleared(t *testing.T) {
	d := opened(t)
	d.send(SettingsToggled{})
	d.send(StoreCleared{ID: task.StoreSessions})
	if c := must[ClearStore](d); c.ID != task.StoreSessions {
		t.Errorf("%+v", c)
	}
	d.send(StoreCleared{ID: task.StoreModels})
	without[ClearStore](d)
	d.send(StoreEmptied{ID: task.StoreSessions, Err: "permission denied"})
	must[ReadResources](d)
	must[ListModels](d)
	if !d.Toast.Warning || d.Page.Clearing != "" {
		t.Errorf("%+v", d.Page)
	}
}

// A page that was opened before the engine was there reads all the same.
func TestSettingsPageOpenedBeforeTheEngineIsReady(t *testing.T) {
	d := &desk{t: t}
	d.State, d.cmds = New(Options{})
	d.send(SettingsToggled{})
	without[ReadResources](d)
	d.send(EngineReady{Known: []task.KnownModel{{Ref: DefaultModel, Here: true}}})
	c := must[ReadResources](d)
	d.send(ResourcesRead{Job: c.Job, Limit: 3 << 30})
	if d.Page.Limit != 3<<30 {
		t.Errorf("%+v", d.Page)
	}
}
