package state

import (
	"image"
	"reflect"
	"testing"

	"seewhy/analysis/task"
)

func embedder(t *testing.T) *desk {
	d := easel(t)
	info := model("features")
	info.Output = task.Scores
	d.send(ModelPicked{Ref: "/m/features.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: info})
	d.settle()
	return d
}

func reference(d *desk) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 2, 1))
	d.send(ReferenceOpened{Job: must[OpenReference](d).Job, Info: picture("b.png"), Image: img})
	return img
}

// TestLikeness: a pane is asked for its likeness to the picture that was picked,
// whatever class it asked for; a class, undo and the cross go back.
func TestLikeness(t *testing.T) {
	d := embedder(t)
	d.send(ClassPicked{Class: 2})
	d.settle()
	d.send(LikePicked{Ref: "/p/b.png"})
	without[Explain](d)
	img := reference(d)
	ask := must[Explain](d).Task
	want := picture("b.png").Ref
	if ask.Like == nil || *ask.Like != want || ask.Target != (task.Target{Kind: task.Logit, Class: task.AutoClass}) {
		t.Fatalf("asked %+v, like %+v", ask.Target, ask.Like)
	}
	if d.Panes[0].Likeness.Image != img || d.LikeTitle(0) != "b.png" {
		t.Errorf("the reference is %q", d.LikeTitle(0))
	}
	d.settle()
	d.send(Undone{})
	if e := must[Explain](d).Task; e.Like != nil || e.Target.Class != 2 {
		t.Errorf("undone: class %d, like %v", e.Target.Class, e.Like)
	}
	d.settle()
	d.send(Redone{})
	d.settle()
	if d.LikeOf(0) == nil {
		t.Fatal("not done again")
	}
	d.send(ClassPicked{Class: 1})
	if e := must[Explain](d).Task; e.Like != nil || e.Target.Class != 1 {
		t.Errorf("a class was picked: %d, like %v", e.Target.Class, e.Like)
	}
	d.settle()

	// What cannot be read is said, and changes nothing.
	d.send(LikePicked{Ref: "/p/none.png"})
	d.send(ReferenceOpened{Job: must[OpenReference](d).Job, Err: "no such file"})
	without[Explain](d)
	if !d.Toast.Warning || d.LikeOf(0) != nil {
		t.Errorf("%+v", d.Toast)
	}
	// The newest pick counts.
	d.send(LikePicked{Ref: "/p/a.png"})
	old := must[OpenReference](d).Job
	d.send(LikePicked{Ref: "/p/b.png"})
	next := must[OpenReference](d).Job
	d.send(ReferenceOpened{Job: old, Info: picture("a.png"), Image: img})
	without[Explain](d)
	d.send(ReferenceOpened{Job: next, Info: picture("b.png"), Image: img})
	if l := must[Explain](d).Task.Like; l == nil || l.Name != "b.png" {
		t.Errorf("like %+v", l)
	}
	d.settle()

	// A new pane asks the same, and has the picture without reading it again.
	d.send(LayoutPicked{Panes: 2})
	without[OpenReference](d)
	if d.LikeOf(1) == nil || d.Panes[1].Likeness.Image != img {
		t.Error("the new pane lacks the reference")
	}
	d.settle()
	s, _ := d.State.Session()
	if !reflect.DeepEqual(s.Panes[0].Task.Like, &want) {
		t.Errorf("the session has %+v", s.Panes[0].Task.Like)
	}
	q := questionOf(s.Panes[0], d.Model.Opened)
	if q.Like == nil || *q.Like != want {
		t.Errorf("restored: %+v", q.Like)
	}

	// A segmentation has none.
	other := model("maps")
	other.Output = task.Segmentation
	d.send(ModelPicked{Ref: "/m/maps.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: other})
	if e := must[Explain](d).Task; e.Like != nil {
		t.Error("a segmentation is asked for a likeness")
	}
	d.settle()
	d.send(LikePicked{Ref: "/p/b.png"})
	without[OpenReference](d)
}

// TestReferenceOfASession is read once, and its failure does not repeat.
func TestReferenceOfASession(t *testing.T) {
	d := embedder(t)
	d.Panes[0].Like = &task.ImageRef{Name: "c.png", Path: "/p/c.png", SHA256: "c"}
	d.send(PaneActivated{})
	c := must[OpenReference](d)
	if c.Ref != "/p/c.png" {
		t.Errorf("%+v is read", c)
	}
	d.send(PaneActivated{})
	without[OpenReference](d)
	d.send(ReferenceOpened{Job: c.Job, Err: "gone"})
	d.send(PaneActivated{})
	without[OpenReference](d)
	if d.Toast.Warning {
		t.Error("the map says what is wrong, not a toast")
	}
}
