package state

import (
	"image"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/ui/session"
)

// easel has a photo with pixels open and the brush in the hand.
func easel(t *testing.T) *desk {
	d := opened(t)
	d.Photo.Levels = []image.Image{image.NewRGBA(image.Rect(0, 0, 400, 200))}
	d.send(ToolPicked{Tool: BrushTool})
	return d
}

// stroke draws with the tool through points.
func (d *desk) stroke(points ...task.Point) {
	d.t.Helper()
	d.send(StrokeBegun{X: points[0].X, Y: points[0].Y})
	for _, p := range points[1:] {
		d.send(StrokeMoved{X: p.X, Y: p.Y})
	}
	d.send(StrokeEnded{})
}

func (d *desk) edits() []task.Edit {
	it, _ := d.Item(d.Photo.Item)
	return it.Edits
}

// answer gives classes their probabilities.
func answer(p ...float64) task.Prediction {
	out := task.Prediction{}
	for i, v := range p {
		out.Scores = append(out.Scores, task.Score{Class: i, Probability: v})
		out.Order = append(out.Order, i)
	}
	return out
}

func TestAStrokeIsFollowedAndTheNewestWins(t *testing.T) {
	d := easel(t)
	d.send(StrokeBegun{X: 0.25, Y: 0.5})
	first, ask := must[EditPhoto](d), must[Predict](d)
	if !first.Live || len(first.Edits) != 1 || len(ask.Task.Edits) != 1 {
		t.Fatalf("%+v, %+v", first, ask)
	}
	if len(d.edits()) != 0 {
		t.Error("the stroke in hand is kept already")
	}
	// While one is being made, nothing piles up.
	for _, x := range []float64{0.3, 0.35, 0.4} {
		d.send(StrokeMoved{X: x, Y: 0.5})
		without[EditPhoto](d)
		without[Predict](d)
	}
	levels := []image.Image{image.NewRGBA(image.Rect(0, 0, 400, 200))}
	d.send(PhotoEdited{Job: first.Job, Levels: levels})
	second := must[EditPhoto](d)
	if n := len(second.Edits[0].Points); n != 4 {
		t.Errorf("the newest stroke has %d points", n)
	}
	if d.LevelsOf(0)[0] != levels[0] {
		t.Error("the edited picture is not shown")
	}
	d.send(Predicted{Job: ask.Job, Item: d.Photo.Item, Prediction: answer(.6, .3, .1)})
	if got := must[Predict](d); len(got.Task.Edits[0].Points) != 4 {
		t.Errorf("asked about %+v", got.Task.Edits)
	}
	// What is late is dropped.
	d.send(PhotoEdited{Job: first.Job, Levels: nil})
	if d.LevelsOf(0)[0] != levels[0] {
		t.Error("an old picture is shown")
	}
	// The end of the stroke is one step, and asks nothing that was asked.
	d.send(StrokeEnded{})
	without[Predict](d)
	without[EditPhoto](d)
	if e := d.edits(); len(e) != 1 || e[0].Fill != task.FillBlur || e[0].Kind != task.Brush || len(e[0].Points) != 4 || e[0].Radius != defaultRadius {
		t.Errorf("edits %+v", e)
	}
	d.send(PhotoEdited{Job: second.Job, Levels: levels})
	if full := must[EditPhoto](d); full.Live || !same(full.Edits, d.edits()) {
		t.Errorf("the full picture: %+v", full)
	}
}

func TestQuickMapsFollowTheBrushAndSlowOnesWait(t *testing.T) {
	d := easel(t)
	d.Panes[0].Result.Total = quick
	d.send(StrokeBegun{X: 0.25, Y: 0.5})
	e := must[Explain](d)
	d.send(StrokeMoved{X: 0.5, Y: 0.5})
	without[Explain](d)
	without[Cancel](d)
	d.finish(e)
	if p := d.Panes[0]; p.Result == nil || len(p.Result.Task.Edits[0].Points) != 1 {
		t.Error("the map on the way is not shown")
	}
	// finish paints first: the newest map was asked for with the result.
	if d.Panes[0].Job == 0 || !same(d.Panes[0].chase.asked, d.Edits()) {
		t.Error("the newest stroke is not asked about")
	}
	slow := easel(t)
	slow.Panes[0].Result.Total = quick + time.Millisecond
	slow.send(StrokeBegun{X: 0.25, Y: 0.5})
	without[Explain](slow)
	w := must[Wait](slow)
	slow.send(StrokeMoved{X: 0.5, Y: 0.5})
	if must[Cancel](slow).Job != w.Job || must[Wait](slow).For != rest {
		t.Error("the rest is not begun anew")
	}
	slow.send(PointerMoved{X: 0.5, Y: 0.5, On: true})
	without[Wait](slow)
	slow.send(StrokeEnded{})
	without[Wait](slow)
	slow.send(Waited{Job: slow.Panes[0].Job})
	if e := must[Explain](slow); !same(e.Task.Edits, slow.edits()) {
		t.Errorf("asked about %+v", e.Task.Edits)
	}
	// Clearing is a change as any other.
	slow.finish(Explain{Job: slow.Panes[0].Job})
	slow.Panes[0].Result.Total = time.Second
	slow.send(EditsCleared{})
	w = must[Wait](slow)
	slow.send(PointerMoved{X: 0.1, Y: 0.5, On: true})
	without[Wait](slow)
	slow.send(Waited{Job: w.Job})
	if e := must[Explain](slow); e.Task.Edits != nil || slow.LevelsOf(0)[0] != slow.Photo.Levels[0] {
		t.Errorf("asked about %+v", e.Task.Edits)
	}
}

func TestTheAnswersBeforeAndAfterAreKept(t *testing.T) {
	d := easel(t)
	d.send(StrokeBegun{X: 0.25, Y: 0.5})
	var asked []Predict
	for _, c := range d.cmds {
		if p, ok := c.(Predict); ok {
			asked = append(asked, p)
		}
	}
	if len(asked) != 2 || len(asked[0].Task.Edits) != 1 || asked[1].Task.Edits != nil {
		t.Fatalf("asked %+v", asked)
	}
	d.send(StrokeEnded{})
	d.send(Predicted{Job: asked[0].Job, Item: d.Photo.Item, Prediction: answer(.6, .3, .1)})
	if d.Changed(0) != nil {
		t.Error("a change is told before both are known")
	}
	d.send(Predicted{Job: asked[1].Job, Item: d.Photo.Item, Prediction: answer(.2, .7, .1)})
	if b := d.Changed(0); b == nil || b.Scores[1].Probability != .7 || d.ForwardOf(0).Prediction.Scores[1].Probability != .3 {
		t.Errorf("before %+v", b)
	}
	// The filmstrip tells what the picture is, not what was made of it.
	if it, _ := d.Item(d.Photo.Item); it.Probability != .2 {
		t.Errorf("labelled %g", it.Probability)
	}
	d.send(OriginalHeld{On: true})
	if d.Changed(0) != nil || d.ForwardOf(0).Prediction.Scores[1].Probability != .7 || d.LevelsOf(0)[0] != d.Photo.Levels[0] {
		t.Error("the original is not shown while the key is held")
	}
	d.send(OriginalHeld{})
	d.send(PaneOriginalSet{Original: true})
	if d.Changed(0) != nil || d.ForwardOf(0).Prediction.Scores[1].Probability != .7 {
		t.Error("the pane does not show the original")
	}
}

func TestOriginalBesideTheEdited(t *testing.T) {
	d := easel(t)
	d.send(BesideToggled{})
	if d.Shown != 1 || d.Toast.Text == "" {
		t.Error("nothing is hidden, and it is not said")
	}
	d.stroke(task.Point{X: 0.25, Y: 0.5})
	d.Panes[0].Result.Total = time.Second
	d.send(BesideToggled{})
	if d.Shown != 2 || !d.Panes[0].Original || d.Panes[1].Original || d.Active != 1 {
		t.Fatalf("%d panes, %t, %t", d.Shown, d.Panes[0].Original, d.Panes[1].Original)
	}
	e := must[Explain](d)
	if len(e.Task.Edits) != 1 || d.pane(e) != 1 || e.Task.Method != "gradcam" {
		t.Errorf("asked %+v", e.Task)
	}
	s, _ := d.State.Session()
	if !s.Panes[0].Original || s.Panes[1].Original || s.Panes[0].Task.Edits != nil {
		t.Errorf("kept %+v", s.Panes)
	}
	d.send(BesideToggled{})
	if d.Shown != 1 || d.Panes[0].Original {
		t.Errorf("%d panes, %t", d.Shown, d.Panes[0].Original)
	}
}

func TestEditsComeBackWithThePicture(t *testing.T) {
	d := easel(t)
	d.stroke(task.Point{X: 0.25, Y: 0.5}, task.Point{X: 0.5, Y: 0.5})
	kept := d.edits()
	d.send(ItemStepped{By: 1})
	if c := must[OpenPhoto](d); c.Edits != nil {
		t.Errorf("another picture with edits %+v", c.Edits)
	}
	d.serve()
	if d.Edits() != nil || d.Edited.Levels != nil {
		t.Error("another picture is edited")
	}
	d.send(ItemStepped{By: -1})
	c := must[OpenPhoto](d)
	if !same(c.Edits, kept) {
		t.Errorf("opened with %+v", c.Edits)
	}
	levels := []image.Image{image.NewRGBA(image.Rect(0, 0, 4, 2))}
	d.send(PhotoOpened{Job: c.Job, Item: c.Item, Info: picture("a"), Levels: levels, Edited: levels, Edits: c.Edits})
	without[EditPhoto](d)
	e, p := must[Explain](d), must[Predict](d)
	if !same(e.Task.Edits, kept) || !same(p.Task.Edits, kept) {
		t.Errorf("asked about %+v", e.Task.Edits)
	}
	// Whoever changes the list, everything follows.
	d.finish(e)
	d.send(Predicted{Job: p.Job, Item: d.Photo.Item, Prediction: answer(1)})
	d.replace(d.Photo.Item, nil)
	d.send(PointerMoved{})
	if p := must[Predict](d); p.Task.Edits != nil {
		t.Errorf("asked about %+v", p.Task.Edits)
	}
}

// replace changes the edits of a picture as another part of the window may.
func (d *desk) replace(id ItemID, edits []task.Edit) {
	u := update{State: d.State}
	u.State.replace(id, func(it *Item) { it.Edits = edits })
	d.State = u.State
}

func TestShapes(t *testing.T) {
	d := easel(t)
	d.send(BrushSized{Radius: 9})
	if d.Marking.Radius != MostRadius {
		t.Errorf("radius %g", d.Marking.Radius)
	}
	d.send(BrushStepped{By: -100})
	if d.Marking.Radius != LeastRadius {
		t.Errorf("radius %g", d.Marking.Radius)
	}
	d.send(ToolPicked{Tool: BoxTool})
	d.send(FillPicked{Fill: task.FillGrey})
	d.stroke(task.Point{X: 0.1, Y: 0.1})
	if len(d.edits()) != 0 {
		t.Error("a click makes a box")
	}
	d.stroke(task.Point{X: 0.1, Y: 0.2}, task.Point{X: 0.3, Y: 0.3}, task.Point{X: 0.5, Y: 9})
	want := task.Edit{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{X: 0.1, Y: 0.2}, {X: 0.5, Y: 2}}}, Fill: task.FillGrey}
	if e := d.edits(); len(e) != 1 || !reflect.DeepEqual(e[0], want) {
		t.Errorf("%+v", e)
	}
	d.send(ToolPicked{Tool: LassoTool})
	d.stroke(task.Point{X: 0.1, Y: 0.2}, task.Point{X: 0.3, Y: 0.3})
	d.stroke(task.Point{X: 0.1, Y: 0.2}, task.Point{X: 0.3, Y: 0.3}, task.Point{X: 0.1, Y: 0.5})
	if e := d.edits(); len(e) != 2 || e[1].Kind != task.Lasso || len(e[1].Points) != 3 {
		t.Errorf("%+v", e)
	}
	d.send(ToolPicked{Tool: EraserTool})
	d.stroke(task.Point{X: 0.1, Y: 0.2})
	if e := d.edits(); len(e) != 3 || e[2].Fill != task.FillRestore || e[2].Kind != task.Brush {
		t.Errorf("%+v", e)
	}
	// Esc drops the stroke, then puts the tool away.
	d.send(StrokeBegun{X: 0.5, Y: 0.5})
	d.send(Cancelled{})
	d.send(StrokeEnded{})
	if len(d.edits()) != 3 || d.Marking.Tool != EraserTool {
		t.Errorf("%d edits, tool %q", len(d.edits()), d.Marking.Tool)
	}
}

// Without a tool in the hand the first drag would move the photo.
func TestTheBarOfToolsOpensWithTheBrush(t *testing.T) {
	d := opened(t)
	d.Photo.Levels = []image.Image{image.NewRGBA(image.Rect(0, 0, 400, 200))}
	undo, redo := d.Undoable(), d.Redoable()
	was, _ := d.State.Session()
	d.send(ToolsToggled{})
	if !d.Marking.Open || d.Marking.Tool != BrushTool {
		t.Errorf("open %t, tool %q", d.Marking.Open, d.Marking.Tool)
	}
	if now, _ := d.State.Session(); !reflect.DeepEqual(was, now) {
		t.Error("the session has changed")
	}
	if d.Undoable() != undo || d.Redoable() != redo {
		t.Error("it can be undone")
	}
	d.stroke(task.Point{X: 0.25, Y: 0.5})
	if len(d.edits()) != 1 {
		t.Errorf("%d edits", len(d.edits()))
	}
	d.send(StrokeBegun{X: 0.5, Y: 0.5})
	d.send(ToolsToggled{})
	if d.Marking.Open || d.Marking.Tool != NoTool || d.Marking.Stroke != nil || len(d.edits()) != 1 {
		t.Errorf("closed: %+v, %d edits", d.Marking, len(d.edits()))
	}
	// A tool that is there stays, and a tool's key opens the bar with it.
	d.send(ToolPicked{Tool: LassoTool})
	if !d.Marking.Open || d.Marking.Tool != LassoTool {
		t.Errorf("open %t, tool %q", d.Marking.Open, d.Marking.Tool)
	}
	d.send(ToolsToggled{})
	d.send(EditsCleared{})
	d.send(BesideToggled{})
	if !d.Marking.Open || d.Marking.Tool != BrushTool || d.Shown != 1 {
		t.Errorf("with nothing to compare: open %t, tool %q, %d panes", d.Marking.Open, d.Marking.Tool, d.Shown)
	}
}

func TestSegmentsArePicked(t *testing.T) {
	d := opened(t)
	d.Photo.Levels = []image.Image{image.NewRGBA(image.Rect(0, 0, 4, 2))}
	d.send(ToolPicked{Tool: PickTool})
	c := must[SegmentPhoto](d)
	if c.Image.SHA256 != "sha-a" {
		t.Errorf("%+v", c)
	}
	d.stroke(task.Point{X: 0.1, Y: 0.1})
	if len(d.edits()) != 0 {
		t.Error("picked before the segments are there")
	}
	d.send(Superpixelled{Job: c.Job, Segments: task.Segments{Width: 4, Height: 1, Of: []int32{0, 1, 1, 2}, Count: 3}})
	must[PaintMarks](d)
	d.stroke(task.Point{X: 0.3, Y: 0.5}, task.Point{X: 0.6, Y: 0.5}, task.Point{X: 0.9, Y: 0.5}, task.Point{X: 1.5, Y: 0.5})
	if e := d.edits(); len(e) != 1 || !reflect.DeepEqual(e[0].Shape, task.Shape{Kind: task.Mask, Width: 4, Height: 1, Runs: []int{1, 3}}) {
		t.Errorf("%+v", e)
	}
	d.send(PointerMoved{X: 0.9, Y: 0.5, On: true})
	if d.under() != 2 {
		t.Errorf("under %d", d.under())
	}
}

func TestStoppedMapsAreNotTakenForFinished(t *testing.T) {
	d := easel(t)
	d.Panes[0].Result.Total = time.Second
	d.stroke(task.Point{X: 0.25, Y: 0.5})
	d.send(Cancelled{})
	if !d.Panes[0].Partial || d.Panes[0].Job != 0 || len(d.Exportable()) != 0 {
		t.Error("a map of the picture before stands as the map of the edited one")
	}
	d.send(PointerMoved{X: 0.5, Y: 0.5, On: true})
	without[Explain](d)
	without[Wait](d)
}

func TestPartsAreKeptWithTheSession(t *testing.T) {
	was := booted(t, Options{})
	was.serve()
	edits := []task.Edit{{Shape: task.Shape{Kind: task.Brush, Points: []task.Point{{X: 0.5, Y: 0.25}}, Radius: 0.1}, Fill: task.FillNoise}}
	regions := []task.Region{{Name: "face", Shapes: []task.Shape{{Kind: task.Box, Points: []task.Point{{X: 0.25}, {X: 0.5, Y: 1}}}}}}
	item := *was.Items[1]
	item.Edits, item.Regions = edits, regions
	was.Items[1] = &item
	was.Panes[0].Original = true
	s, ok := was.State.Session()
	if !ok || !reflect.DeepEqual(s.Pictures[1].Edits, edits) || !reflect.DeepEqual(s.Pictures[1].Regions, regions) || s.Pictures[0].Edits != nil || !s.Panes[0].Original {
		t.Fatalf("%t %+v", ok, s)
	}
	d := started(t, Options{}, EngineReady{Session: &s})
	d.serve()
	if !reflect.DeepEqual(d.Items[1].Edits, edits) || !reflect.DeepEqual(d.Items[1].Regions, regions) || !d.Panes[0].Original {
		t.Errorf("%+v, pane %+v", d.Items[1], d.Panes[0])
	}
}

// What goes past the bounds of edits is not kept: no session could be saved with it.
func TestAStrokePastTheBoundsIsNotKept(t *testing.T) {
	d := easel(t)
	full := task.Edit{Shape: task.Shape{Kind: task.Brush, Radius: 1, Points: make([]task.Point, edit.MaxWork)}, Fill: task.FillBlur}
	u := update{State: d.State}
	u.replace(d.Photo.Item, func(it *Item) { it.Edits = []task.Edit{full} })
	d.State = u.State
	d.stroke(task.Point{X: 0.25, Y: 0.5}, task.Point{X: 0.5, Y: 0.5})
	if len(d.edits()) != 1 || !d.Toast.Warning || !strings.Contains(d.Toast.Text, "radius times points") || d.Marking.Stroke != nil {
		t.Errorf("%d edits, said %q", len(d.edits()), d.Toast.Text)
	}
	if len(d.Edits()) != 1 || len(d.history.past) != 0 {
		t.Errorf("shown with %d edits, %d steps", len(d.Edits()), len(d.history.past))
	}
	s, ok := d.State.Session()
	if err := session.Encode(io.Discard, s); !ok || err != nil {
		t.Errorf("kept %v, %v", ok, err)
	}
	// So it is where a stroke that becomes too long is divided.
	d.send(StrokeBegun{X: 0, Y: 0.5})
	for i := range mostStroke {
		d.send(StrokeMoved{X: float64(i%100) / 100, Y: 0.5})
	}
	d.send(StrokeMoved{X: 0.333, Y: 0.9})
	if d.Marking.Stroke != nil || len(d.edits()) != 1 {
		t.Errorf("%d edits, stroke %v", len(d.edits()), d.Marking.Stroke != nil)
	}
}
