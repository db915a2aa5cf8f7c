package state

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/session"
)

// aside are the fields that are no part of the document, with the reason.
var aside = map[string]map[string]string{
	"State": {
		"Phase": "the engine's", "Trouble": "the engine's", "Version": "the engine's", "Known": "the engine's", "Devices": "the engine's",
		"Settings": "the program's, not the study's", "Device": "the program's, not the study's", "TF32": "the program's, not the study's", "Half": "the program's, not the study's", "options": "the program's",
		"Photo": "follows Current", "Forward": "an answer", "Sweep": "an answer; its strip is a way of looking",
		"Pointer": "the mouse", "Panning": "the mouse", "Carried": "the mouse", "dropped": "the mouse", "first": "what is on the screen", "last": "what is on the screen",
		"Toast": "said once", "Last": "of the last answer", "Memory": "of the last answer", "reading": "work", "Export": "work", "exporting": "work", "lacking": "work", "gallery": "the engine's",
		"restoring": "work", "kept": "work", "unkept": "said once", "jobs": "a counter", "ids": "a counter", "history": "itself",
		"Done": "a list of answers", "Recent": "the program's, not the study's", "anchor": "of the selection", "Concepts": "an answer",
		"Page": "a way of looking", "Tour": "a way of looking", "Budget": "the program's, not the study's", "Room": "a way of looking", "Graph": "an answer; whether it is shown is a way of looking",
		"Before": "an answer", "Edited": "follows the picture's edits", "Asking": "follows the picture's regions", "Marks": "a drawing; whether it is shown is a way of looking",
	},
	"Model": {
		"Job": "work", "Pane": "work", "Title": "work", "Work": "work", "Fetching": "work", "Err": "an answer", "Missed": "the session's", "missed": "the session's", "then": "work", "saved": "work",
	},
	"Item": {
		"Thumb": "an answer", "Err": "an answer", "Label": "an answer", "Probability": "an answer", "LabelModel": "an answer", "Warned": "an answer", "Fault": "an answer",
	},
	"Pane": {
		"Forward": "an answer", "answered": "an answer", "Job": "work", "Work": "work", "Result": "an answer", "Partial": "an answer",
		"meanError": "an answer", "Err": "an answer", "Lighter": "an answer", "paint": "work", "stale": "work", "Overlay": "an answer", "painted": "an answer", "Derived": "an answer",
		"Before": "an answer", "chase": "work", "Shares": "an answer", "marks": "a drawing", "Likeness": "an answer",
		"View": "zoom is a way of looking",
	},
	"Film": {
		"Known": "an answer", "whole": "worked out", "order": "worked out", "items": "worked out", "by": "worked out", "surveyed": "work", "asked": "a counter",
	},
	"Marking": {
		"Open": "the tool in the hand", "Tool": "the tool in the hand", "Fill": "the tool in the hand", "Selecting": "the tool in the hand", "Radius": "the tool in the hand", "Pieces": "the tool in the hand",
		"Stroke": "not done yet", "Peek": "a key that is held", "Segments": "an answer", "segmenting": "work",
	},
	"Switches": {
		"Job": "work", "Prediction": "an answer", "Err": "an answer", "Outline": "an answer", "outline": "work",
	},
}

// Whoever adds a field to the state says here whether undo brings it back.
func TestEveryFieldIsOfTheDocumentOrNot(t *testing.T) {
	for of, part := range parts {
		in := append(slices.Clone(part.Made), part.Along...)
		out := aside[of.Name()]
		for i := range of.NumField() {
			name := of.Field(i).Name
			switch {
			case slices.Contains(in, name) && out[name] != "":
				t.Errorf("%s.%s is both of the document and not", of.Name(), name)
			case !slices.Contains(in, name) && out[name] == "":
				t.Errorf("%s.%s: is it what a person makes, that undo brings back? Then it belongs to parts in document.go; else to aside in this test, with the reason", of.Name(), name)
			}
		}
		for name := range out {
			if _, ok := of.FieldByName(name); !ok {
				t.Errorf("%s has no field %s", of.Name(), name)
			}
		}
	}
}

// Whoever adds a message says what it is to the history.
func TestEveryMessageHasALine(t *testing.T) {
	known := map[string]bool{}
	for of := range doings {
		known[of.Name()] = true
	}
	for _, name := range methods(t, "msg") {
		if !known[name] {
			t.Errorf("%s: is it a step that can be undone? It lacks its line in doings, in steps.go", name)
		}
	}
}

// A step's name is shown in every language.
func TestStepsAreTranslated(t *testing.T) {
	for of, what := range doings {
		if what.act == answers || what.act == looks {
			continue
		}
		for _, l := range i18n.Languages()[1:] {
			if what.name == "" || !slices.Contains(i18n.Keys(l.Tag), what.name) {
				t.Errorf("%s lacks the name of a step, %q, of %s", l.Tag, what.name, of.Name())
			}
		}
	}
}

// methods are the types of this package that have a method of that name.
func methods(t *testing.T, method string) (out []string) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == method {
				if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
					out = append(out, id.Name)
				}
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("nothing has a method %s", method)
	}
	return out
}

// document is the desk's document, for comparing.
func (d *desk) document() State {
	var out State
	copyPart(reflect.ValueOf(&out).Elem(), reflect.ValueOf(&d.State).Elem(), false)
	out.Items = documentOf(&d.State, nil).Items
	return out
}

func (d *desk) mustBe(what string, want State) {
	d.t.Helper()
	got := d.document()
	if want.Model.Info == nil {
		// Whose opening was stopped: undo and redo open one.
		want.Model.Opened = got.Model.Opened
	}
	if sameDocument(&got, &want) {
		return
	}
	for i := range got.Panes {
		if !samePart(reflect.ValueOf(got.Panes[i]), reflect.ValueOf(want.Panes[i])) {
			d.t.Errorf("%s: pane %d is %+v\nwant %+v", what, i, got.Panes[i].Question, want.Panes[i].Question)
		}
	}
	d.t.Fatalf("%s: current %d, %d pictures, %d shown, %+v, model %+v\nwant current %d, %d pictures, %d shown, %+v, model %+v", what,
		got.Current, len(got.Items), got.Shown, got.Links, got.Model.Opened, want.Current, len(want.Items), want.Shown, want.Links, want.Model.Opened)
}

// settle answers all commands until nothing is left to do.
func (d *desk) settle() {
	d.t.Helper()
	for todo := d.cmds; len(todo) > 0; {
		c := todo[0]
		todo = todo[1:]
		d.cmds = nil
		switch c := c.(type) {
		case FetchModel:
			d.send(ModelFetched{Job: c.Job})
		case OpenModel:
			d.send(ModelOpened{Job: c.Job, Info: pathed(c.Ref)})
		case Configure:
			info := pathed(strings.TrimPrefix(c.SHA256, "sha-"))
			if c.Choices.Preprocess != nil {
				info.Preprocess = *c.Choices.Preprocess
			}
			d.send(ModelOpened{Job: c.Job, Info: info})
		case ReadLabels:
			d.send(LabelsRead{Job: c.Job, Path: c.Path, Labels: []string{"a", "b", "c"}})
		case SortFiles:
			d.send(FilesSorted{Images: c.Paths})
		case OpenPhoto:
			d.send(PhotoOpened{Job: c.Job, Item: c.Item, Info: picture(c.Ref), Thumb: image.NewRGBA(image.Rect(0, 0, 2, 2))})
		case Predict:
			d.send(Predicted{Job: c.Job, Item: c.Item, Prediction: task.Prediction{Scores: []task.Score{{Class: 0}, {Class: 1}, {Class: 2}}, Order: []int{1, 0, 2}}})
		case Explain:
			d.send(Explained{Job: c.Job, Result: task.Result{Task: resolved(c.Task), Map: task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}, Region: prep.Region{X1: 400, Y1: 200}}})
		case Compare:
			d.send(Compared{Job: c.Job, Derived: Derived{Show: c.Show, Placed: c.Maps[0]}})
		case Paint:
			d.send(Painted{Job: c.Job, Overlay: Overlay{Image: image.NewRGBA(image.Rect(0, 0, 1, 1)), Style: c.Style}})
		case EditPhoto:
			d.send(PhotoEdited{Job: c.Job, Levels: c.Levels})
		case PaintConcepts:
			d.send(ConceptsPainted{Job: c.Job})
		case Share:
			d.send(Shared{Job: c.Job})
		case PaintMarks:
			d.send(MarksPainted{Job: c.Job})
		case Wait:
			d.send(Waited{Job: c.Job})
		}
		todo = append(todo, d.cmds...)
	}
}

// resolved is a task as the engine answers it: with the class that the model
// is sure of, see settle.
func resolved(t task.Task) task.Task {
	if t.Target.Class == task.AutoClass {
		t.Target.Class = 1
	}
	return t
}

func (d *desk) undo() { d.t.Helper(); d.send(Undone{}); d.settle() }

// What a person did comes back step by step, and what is shown is what is
// asked.
func TestUndoAndRedo(t *testing.T) {
	d := opened(t)
	first := d.document()
	d.send(MethodPicked{ID: "saliency"})
	d.settle()
	second := d.document()
	d.send(LayoutPicked{Panes: 3})
	d.settle()
	third := d.document()
	if got := d.Undoable(); got != "panes" {
		t.Errorf("undoable %q", got)
	}
	d.undo()
	d.mustBe("panes taken back", second)
	if d.Undoable() != "method" || d.Redoable() != "panes" || d.Toast.Text != "Undone: panes" {
		t.Errorf("undo %q, redo %q, said %q", d.Undoable(), d.Redoable(), d.Toast.Text)
	}
	d.send(Undone{})
	// The second pane, off the stage now, had asked the same.
	without[Explain](d)
	if r := d.Panes[0].Result; r == nil || r.Task.Method != "gradcam" {
		t.Errorf("shown %+v", r)
	}
	d.settle()
	d.mustBe("method taken back", first)
	if d.Undoable() != "" {
		t.Errorf("there is more to undo: %q", d.Undoable())
	}
	d.undo()
	if d.Toast.Text != "There is nothing to undo." {
		t.Errorf("said %q", d.Toast.Text)
	}
	d.send(Redone{})
	d.settle()
	d.mustBe("method done again", second)
	d.send(Redone{})
	d.settle()
	d.mustBe("panes done again", third)
	d.send(Redone{})
	if d.Toast.Text != "There is nothing to do again." {
		t.Errorf("said %q", d.Toast.Text)
	}
	d.undo()
	d.send(LayerPicked{Value: "l0"})
	d.settle()
	d.send(Undone{})
	if e := must[Explain](d); e.Task.Layer != task.Auto || e.Job != d.Panes[0].Job || d.Panes[0].Overlay != nil {
		t.Errorf("asked %+v; no map may stand under another's name", e.Task)
	}
	d.send(ClassPicked{Class: 2})
	if d.Redoable() != "" {
		t.Errorf("after another step %q can still be done again", d.Redoable())
	}
}

// A drag is one step; after a rest the next one is another. Walking is one
// step however long it takes.
func TestStrokesAndWalks(t *testing.T) {
	d := opened(t)
	begin := d.Panes[0].Style.Alpha
	d.send(AlphaSet{Alpha: 0.2})
	stroke := d.Stroke()
	d.send(AlphaSet{Alpha: 0.3})
	d.send(Rested{Serial: stroke})
	if d.Stroke() == stroke || d.Stroke() == 0 {
		t.Errorf("the stroke goes on, as number %d after %d", d.Stroke(), stroke)
	}
	d.send(AlphaStepped{By: 0.1})
	d.send(Rested{Serial: d.Stroke()})
	if d.Stroke() != 0 {
		t.Error("the stroke does not end")
	}
	d.send(AlphaSet{Alpha: 0.9})
	d.undo()
	if got := d.Panes[0].Style.Alpha; got != 0.4 {
		t.Errorf("the second drag left %v", got)
	}
	d.undo()
	if got := d.Panes[0].Style.Alpha; got != begin || d.Undoable() != "" {
		t.Errorf("the first drag left %v, more to undo: %q", got, d.Undoable())
	}

	d.send(FilesGiven{Paths: []string{"/p/c.png", "/p/d.png"}})
	d.settle()
	d.send(ItemPicked{Item: d.Items[0].ID})
	d.settle()
	for range 3 {
		d.send(ItemStepped{By: 1})
		d.settle()
	}
	d.send(ItemMarked{Mark: session.Starred})
	d.undo()
	if d.Items[3].Mark != "" || d.Current != d.Items[3].ID {
		t.Errorf("mark %q at picture %d", d.Items[3].Mark, d.Current)
	}
	d.undo()
	if d.Current != d.Items[0].ID || d.Photo.Item != d.Current || d.Undoable() != "picture" {
		t.Errorf("walked back to %d, photo %d, next %q", d.Current, d.Photo.Item, d.Undoable())
	}
	d.undo()
	d.undo()
	if len(d.Items) != 2 || d.Undoable() != "" {
		t.Errorf("%d pictures, more to undo: %q", len(d.Items), d.Undoable())
	}
}

// The class of a single pane belongs to its picture: walking drops it, and
// walking back by undo brings it again.
func TestUndoBringsTheClassBack(t *testing.T) {
	d := opened(t)
	d.send(ClassPicked{Class: 2})
	d.settle()
	d.send(ItemStepped{By: 1})
	d.settle()
	if d.Panes[0].Class != task.AutoClass {
		t.Fatalf("class %d of another picture", d.Panes[0].Class)
	}
	d.undo()
	if d.Panes[0].Class != 2 || d.Photo.Info.Ref.Name != "gallery:a" {
		t.Errorf("class %d of %s", d.Panes[0].Class, d.Photo.Info.Ref.Name)
	}
	if r := d.Panes[0].Result; r == nil || r.Task.Target.Class != 2 || r.Task.Image.Name != "gallery:a" {
		t.Errorf("shown %+v", r)
	}
}

// Maps that are still right are not made again.
func TestUndoAsksOnlyForWhatDiffers(t *testing.T) {
	d := opened(t)
	d.send(LayoutPicked{Panes: 3})
	d.settle()
	d.send(MethodPicked{Pane: 2, ID: "gradcam"})
	d.send(LayerPicked{Pane: 2, Value: "l0"})
	d.settle()
	kept := d.Panes[2].Result
	d.send(PaneClosed{Pane: 1})
	d.settle()
	d.send(Undone{})
	if e := must[Explain](d); e.Task.Method != "saliency" || e.Job != d.Panes[1].Job {
		t.Errorf("asked %+v", e)
	}
	count := 0
	for _, c := range d.cmds {
		if _, ok := c.(Explain); ok {
			count++
		}
	}
	if count != 1 || d.Panes[2].Result != kept || d.Panes[0].Job != 0 {
		t.Errorf("%d maps asked for, pane 2 kept its own: %t", count, d.Panes[2].Result == kept)
	}
	d.settle()
	d.send(ModePicked{Mode: heatmap.Mask})
	d.settle()
	d.send(Undone{})
	without[Explain](d)
	must[Paint](d)
	if d.Panes[0].Style.Mode != heatmap.Colours {
		t.Errorf("mode %v", d.Panes[0].Style.Mode)
	}
}

func TestUndoOfModels(t *testing.T) {
	d := booted(t, Options{})
	d.settle()
	first := d.document()
	d.send(ModelPicked{Ref: "/m/other.onnx"})
	// While it is on its way, undo gives it up.
	if d.Undoable() != "model" {
		t.Errorf("undoable %q", d.Undoable())
	}
	job := d.Model.Job
	d.send(Undone{})
	if c := must[Cancel](d); c.Job != job || d.Model.Job != 0 || d.Redoable() != "" {
		t.Errorf("cancelled %v, redo %q", c, d.Redoable())
	}
	d.send(ModelOpened{Job: job, Info: pathed("/m/other.onnx")})
	d.mustBe("a model that was given up", first)

	d.send(ModelPicked{Ref: "/m/other.onnx"})
	d.settle()
	d.send(PresetPicked{Spec: prep.Spec{Channels: prep.BGR}})
	d.settle()
	second := d.document()
	d.send(ModelPicked{Ref: DefaultModel})
	d.settle()
	d.undo()
	d.mustBe("the model's choice", second)
	d.send(Undone{})
	if c := must[Configure](d); c.SHA256 != "sha-/m/other.onnx" || !c.Choices.Exactly || c.Choices.Preprocess.Channels == prep.BGR || c.Job == d.Model.Job {
		t.Errorf("configured %+v", c)
	}
	if e := must[Explain](d); e.Task.Model.SHA256 != "sha-/m/other.onnx" || e.Task.Preprocess.Channels == prep.BGR {
		t.Errorf("asked %+v", e.Task)
	}
	d.settle()
	d.undo()
	d.mustBe("the first model", first)
	if d.Undoable() != "" {
		t.Errorf("more to undo: %q", d.Undoable())
	}
	for _, want := range []string{"model", "preprocessing", "model"} {
		if got := d.Redoable(); got != want {
			t.Errorf("redoable %q, want %q", got, want)
		}
		d.send(Redone{})
		d.settle()
	}
	if d.Model.Info.Ref.Path != DefaultModel {
		t.Errorf("model %v", d.Model.Info.Ref)
	}
}

// All that was open comes back after Close all, and after a project.
func TestUndoOfCloseAllAndProject(t *testing.T) {
	d := study(t)
	d.settle()
	d.send(ItemMarked{Mark: session.Starred})
	before := d.document()
	own := d.Panes[1].Own
	d.send(SessionCleared{})
	if d.Undoable() != "close all" {
		t.Errorf("undoable %q", d.Undoable())
	}
	// Before the usual model has come.
	d.undo()
	d.mustBe("half closed", before)
	d.send(Redone{})
	d.settle()
	if len(d.Items) != 2 || d.Shown != 1 {
		t.Errorf("%d pictures, %d panes after redo", len(d.Items), d.Shown)
	}
	d.undo()
	d.mustBe("closed", before)
	if d.Panes[1].Own != own || d.Panes[1].Result == nil || d.Photo.Item != d.Current {
		t.Error("the pane's own model does not answer")
	}
	saved, ok := d.State.Session()
	if !ok {
		t.Fatal("no session")
	}
	saved.Pictures, saved.Selected = saved.Pictures[:1], 0
	d.send(ProjectRead{Path: "/x.seewhy", Session: saved})
	d.settle()
	if len(d.Items) != 1 || d.Undoable() != "open project" {
		t.Errorf("%d pictures, undo %q", len(d.Items), d.Undoable())
	}
	d.undo()
	d.mustBe("a project closed", before)
	if d.ids < d.Items[len(d.Items)-1].ID {
		t.Error("numbers of pictures are given twice")
	}
}

// The start is no step, nor are answers, zoom and the mouse.
func TestWhatIsNoStep(t *testing.T) {
	d := booted(t, Options{Files: []string{"/p/c.png"}, Model: "/m.onnx"})
	d.settle()
	d.send(Zoomed{Factor: 2})
	d.send(PointerMoved{X: 0.5, Y: 0.5, On: true})
	d.send(ThemePicked{Theme: "dark"})
	d.send(StripMade{Labels: []ItemLabelled{{Item: d.Items[0].ID, Asked: d.Film.asked, Model: "sha-/m.onnx"}}})
	if d.Undoable() != "" || len(d.Items) != 3 {
		t.Errorf("a step: %q; %d pictures", d.Undoable(), len(d.Items))
	}
	d.send(MethodPicked{ID: "saliency"})
	d.send(MethodPicked{ID: "saliency"})
	d.undo()
	if d.Undoable() != "" {
		t.Error("what changes nothing is a step")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	d := opened(t)
	for i := range maxSteps + 50 {
		d.send(ClassPicked{Class: i % 2})
	}
	if n := len(d.history.past); n != maxSteps {
		t.Errorf("%d steps", n)
	}
	for _, k := range d.history.past {
		if k.document.Photo.Info != nil || k.document.Panes[0].Result != nil || k.document.Items[0].Thumb != nil {
			t.Fatal("a step keeps pixels or maps alive")
		}
	}
	if a, b := d.history.past[0].document.Items, d.history.past[100].document.Items; &a[0] != &b[0] {
		t.Error("the filmstrip is kept once for every step")
	}
}

// acts draws something that a person could do.
func acts(r *rand.Rand, s State) []Msg {
	place := func() (x, y float64) { return r.Float64(), r.Float64() }
	switch r.IntN(12) {
	case 0:
		x, y := place()
		out := []Msg{ToolPicked{Tool: []Tool{BrushTool, BoxTool, EraserTool}[r.IntN(3)]}, SelectingSet{On: r.IntN(3) == 0}, StrokeBegun{X: x, Y: y}}
		for range r.IntN(4) {
			x, y = place()
			out = append(out, StrokeMoved{X: x, Y: y})
		}
		return append(out, StrokeEnded{}, ToolPicked{Tool: NoTool})
	case 1:
		return []Msg{[]Msg{
			ItemsRemoved{},
			FilterSet{Filter: Filter{Mark: session.Starred}},
			FilterCleared{},
			ItemsExtended{By: 1},
			NaturalLayersPicked{Pane: r.IntN(s.Shown)},
			EditsCleared{},
			PaneOriginalSet{Pane: r.IntN(s.Shown), Original: r.IntN(2) == 0},
			BesideToggled{},
			RegionNamed{Name: []string{"face", "text"}[r.IntN(2)]},
			RegionRenamed{Name: "ear"},
			RegionDeleted{},
			RegionHidden{},
			SelectionHidden{},
			SelectionCleared{},
			ItemNoted{Item: someItem(r, s), Note: fmt.Sprint(r.IntN(5))},
		}[r.IntN(15)]}
	}
	return []Msg{act1(r, s)}
}

// someItem may be gone.
func someItem(r *rand.Rand, s State) ItemID { return ItemID(1 + r.IntN(int(s.ids))) }

func act1(r *rand.Rand, s State) Msg {
	pane, class := r.IntN(max(s.Shown, 1)), r.IntN(4)-1
	item := someItem(r, s)
	switch r.IntN(31) {
	case 0:
		return ClassPicked{Pane: pane, Class: class}
	case 1:
		return KindPicked{Pane: pane, Kind: []task.TargetKind{task.Logit, task.Probability, task.Margin}[r.IntN(3)]}
	case 2:
		return RatherPicked{Pane: pane, Class: class}
	case 3:
		return MethodPicked{Pane: pane, ID: []string{"gradcam", "saliency", "broken"}[r.IntN(3)]}
	case 4:
		return LayerPicked{Pane: pane, Value: []string{"l0", "l1", task.Auto}[r.IntN(3)]}
	case 5:
		return ParamSet{Pane: pane, ID: "n", Value: float64(r.IntN(100)), Sliding: r.IntN(2) == 0}
	case 6:
		return SeedSet{Pane: pane, Seed: r.Uint64N(5)}
	case 7:
		return ParamsReset{Pane: pane}
	case 8:
		return LayoutPicked{Panes: 1 + r.IntN(MaxPanes)}
	case 9:
		return []Msg{MethodsCompared{}, LayersCompared{}, ClassesCompared{}}[r.IntN(3)]
	case 10:
		return ClassPinned{Class: r.IntN(3)}
	case 11:
		return PaneClosed{Pane: pane}
	case 12:
		return PaneSoloed{Pane: pane}
	case 13:
		return ShowPicked{Pane: pane + r.IntN(2), Show: []Show{ShowMap, ShowDifference, ShowAgreement}[r.IntN(3)], A: r.IntN(4), B: r.IntN(4)}
	case 14:
		return LinksSet{Links: Links{View: r.IntN(2) == 0, Style: r.IntN(2) == 0}}
	case 15:
		return AlphaSet{Alpha: r.Float64()}
	case 16:
		return ColormapPicked{ID: []string{"inferno", "viridis"}[r.IntN(2)]}
	case 17:
		return ModePicked{Mode: []heatmap.Mode{heatmap.Colours, heatmap.Mask, heatmap.Blur}[r.IntN(3)]}
	case 18:
		return ThresholdSet{Threshold: r.Float64()}
	case 19:
		return WipeSet{Pane: pane, At: r.Float64()}
	case 20:
		return ItemPicked{Item: item}
	case 21:
		return ItemStepped{By: r.IntN(3) - 1}
	case 22:
		return ItemMarked{Mark: []string{session.Starred, session.Rejected}[r.IntN(2)]}
	case 23:
		return FilesGiven{Paths: []string{fmt.Sprintf("/p/%d.png", r.IntN(9))}}
	case 24:
		return ModelPicked{Pane: pane, Ref: []string{DefaultModel, "/m/a.onnx", "catalogue:big"}[r.IntN(3)]}
	case 25:
		return PresetPicked{Pane: pane, Spec: prep.Spec{Channels: []prep.Channels{prep.RGB, prep.BGR}[r.IntN(2)]}}
	case 26:
		return PaneActivated{Pane: pane}
	case 27:
		return SessionCleared{}
	case 28:
		return CompareToggled{}
	case 29:
		return Cancelled{}
	}
	return Zoomed{Factor: 2, X: 1, Y: 1}
}

// seeds is how many people are tried.
const seeds = 15

// Whatever a person does: undone to the beginning, all is as it was; done
// again to the end, all is as it became. In between, panes show what they ask.
func TestHistoryOfAnything(t *testing.T) {
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 7))
		d := booted(t, Options{})
		d.settle()
		first := d.document()
		var done []string
		for range 40 {
			for _, m := range acts(r, d.State) {
				done = append(done, fmt.Sprintf("%T%+v", m, m))
				d.hurry()
				d.send(m)
			}
			if r.IntN(4) > 0 {
				d.settleAll()
			} else {
				d.hurry()
			}
			if r.IntN(10) == 0 && d.Undoable() != "" {
				d.send(Undone{})
				d.settle()
				d.send(Redone{})
				d.settle()
			}
		}
		d.settleAll()
		last := d.document()
		what := fmt.Sprintf("seed %d: %s", seed, strings.Join(done, "\n"))
		n := 0
		for ; d.Undoable() != ""; n++ {
			d.undo()
			d.consistent(what)
		}
		d.mustBe("all undone, "+what, first)
		for range n {
			d.send(Redone{})
			d.settle()
			d.consistent(what)
		}
		d.mustBe("all done again, "+what, last)
		if d.Redoable() != "" {
			t.Fatalf("more to do again: %q", d.Redoable())
		}
	}
}

// hurry leaves what a step asked for unanswered, but remembers it.
func (d *desk) hurry() { d.late = append(d.late, d.cmds...) }

// settleAll answers what was left, late.
func (d *desk) settleAll() {
	d.cmds, d.late = append(d.late, d.cmds...), nil
	d.settle()
}

// consistent says that each pane's map is the answer to its question.
func (d *desk) consistent(what string) {
	d.t.Helper()
	u := update{State: d.State}
	if d.Photo.Item != d.Current {
		d.t.Fatalf("picture %d is shown, %d is current; %s", d.Photo.Item, d.Current, what)
	}
	for i, p := range d.Panes[:d.Shown] {
		if d.Current == 0 || p.Show != ShowMap {
			continue
		}
		if p.Result == nil || p.Job != 0 || !equalTasks(p.Result.Task, resolved(u.task(i))) {
			d.t.Fatalf("pane %d shows %+v\nbut asks %+v\n%s", i, p.Result, u.task(i), what)
		}
		if p.Overlay == nil || !sameLook(p.Style, p.Overlay.Style) {
			d.t.Fatalf("pane %d is painted as %+v, not %+v\n%s", i, p.Overlay, p.Style, what)
		}
	}
}
