package state

import (
	"testing"
	"time"

	"seewhy/analysis/task"
)

func TestJobsAndWhatWasDone(t *testing.T) {
	d := opened(t)
	if n := len(d.Jobs()); n != 0 {
		t.Fatalf("%d jobs run: %+v", n, d.Jobs())
	}
	d.send(MethodPicked{ID: "saliency"})
	e := must[Explain](d)
	d.send(Progressed{Job: e.Job, Work: Work{Done: 0.5, Left: time.Second}})
	jobs := d.Jobs()
	if len(jobs) != 1 || jobs[0].ID != e.Job || jobs[0].Picture != "A" || jobs[0].Model != "m" || jobs[0].Work.Done != 0.5 {
		t.Fatalf("%+v", jobs)
	}
	d.send(Took{For: time.Second, Answer: Explained{Job: e.Job, Result: task.Result{Task: e.Task, Device: "cpu", Total: 900 * time.Millisecond, Facts: []task.Fact{{ID: "samples", Value: 30}}, Map: task.Map{Width: 1, Height: 1, Values: []float32{1}}}}})
	if len(d.Done) != 1 || d.Done[0].Total != 900*time.Millisecond || d.Done[0].Device != "cpu" || d.Done[0].Samples != 30 || d.Done[0].PerSample() != 30*time.Millisecond || len(d.Jobs()) != 0 {
		t.Errorf("done %+v, running %+v", d.Done, d.Jobs())
	}
	// What was given up is not listed as done.
	d.send(MethodPicked{ID: "gradcam"})
	old := must[Explain](d)
	d.send(ClassPicked{Class: 2})
	d.send(Took{For: time.Second, Answer: Explained{Job: old.Job}})
	if len(d.Done) != 1 {
		t.Errorf("%d are done", len(d.Done))
	}
	// One is stopped, and what failed says why.
	now := must[Explain](&desk{t: t, State: d.State, cmds: explainAgain(d)})
	d.send(Took{For: time.Second, Answer: ExplainFailed{Job: now.Job, Err: "no memory"}})
	if d.Done[0].Err != "no memory" || d.Done[0].Total != time.Second || len(d.Done) != 2 {
		t.Errorf("%+v", d.Done)
	}
	d.send(DoneCleared{})
	if len(d.Done) != 0 {
		t.Error("the list is not emptied")
	}
}

// A wait before a map is no work, and what compares maps tells of its failure.
func TestWaitsAreNotListedAsDone(t *testing.T) {
	slow := easel(t)
	slow.Panes[0].Result.Total = 2 * quick
	slow.send(StrokeBegun{X: 0.25, Y: 0.5})
	slow.send(Took{For: rest, Answer: Waited{Job: must[Wait](slow).Job}})
	if must[Explain](slow); len(slow.Done) != 0 {
		t.Errorf("%+v", slow.Done)
	}
	d := opened(t)
	d.send(LayoutPicked{Panes: 2})
	d.settle()
	d.send(ShowPicked{Pane: 2, Show: ShowDifference, A: 0, B: 1})
	c := must[Compare](d)
	d.send(Took{For: time.Second, Answer: Compared{Job: c.Job, Err: "no overlap"}})
	if len(d.Done) != 1 || d.Done[0].What != "Compare maps" || d.Done[0].Err != "no overlap" || d.Panes[2].Err != "no overlap" {
		t.Errorf("done %+v, pane %+v", d.Done, d.Panes[2])
	}
}

func explainAgain(d *desk) []Cmd {
	d.send(KindPicked{Kind: task.Probability})
	return d.cmds
}

func TestStopOneJob(t *testing.T) {
	d := opened(t)
	d.send(LayoutPicked{Panes: 2})
	d.settle()
	d.send(ClassPicked{Pane: 0, Class: 2})
	first := must[Explain](d)
	d.send(ClassPicked{Pane: 1, Class: 2})
	second := must[Explain](d)
	d.send(JobStopped{Job: first.Job})
	if c := must[Cancel](d); c.Job != first.Job || d.Panes[0].Class != task.AutoClass || d.Panes[1].Job != second.Job {
		t.Errorf("cancelled %v, pane 0 asks class %d, pane 1 works on %d", c.Job, d.Panes[0].Class, d.Panes[1].Job)
	}
	d.send(JobStopped{Job: 12345})
	without[Cancel](d)
	d.send(ModelPicked{Ref: "/m/other.onnx"})
	d.send(JobStopped{Job: d.Model.Job})
	if d.Model.Job != 0 || d.Undoable() == "model" {
		t.Error("the model's opening goes on")
	}
}
