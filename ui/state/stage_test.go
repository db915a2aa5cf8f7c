package state

import (
	"image"
	"image/color"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/ui/view"
)

// pane is the one that waits for a map; -1 where none does.
func (d *desk) pane(e Explain) int {
	for i, p := range d.Panes {
		if p.Job == e.Job {
			return i
		}
	}
	return -1
}

// settled answers everything that was asked, until nothing is left to do.
func (d *desk) settled() {
	d.t.Helper()
	todo := d.cmds
	for len(todo) > 0 {
		c := todo[0]
		todo = todo[1:]
		switch c := c.(type) {
		case Explain:
			r := task.Result{Task: c.Task, Map: task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}, Device: "cpu"}
			d.send(Explained{Job: c.Job, Result: r})
		case Compare:
			d.send(Compared{Job: c.Job, Derived: Derived{Show: c.Show, Maps: len(c.Maps), Placed: heatmap.Placed{Map: task.Map{Width: 1, Height: 1, Values: []float32{float32(len(c.Maps))}, Signed: true}}}})
		case Paint:
			d.send(Painted{Job: c.Job, Overlay: Overlay{Image: image.NewRGBA(image.Rect(0, 0, 1, 1)), Style: c.Style, Range: heatmap.Range{Max: 2}}})
		default:
			continue
		}
		todo = append(todo, d.cmds...)
	}
}

func (d *desk) questions() (out []Question) {
	for _, p := range d.Panes[:d.Shown] {
		out = append(out, p.Question)
	}
	return out
}

// rich has three methods, four natural layers and three classes.
func rich(t *testing.T) *desk {
	d := opened(t)
	info := model("rich")
	info.Methods = append(info.Methods, task.MethodInfo{ID: "layercam", NeedsLayer: true})
	info.Layers = nil
	for _, v := range []string{"a", "b", "c", "d"} {
		info.Layers = append(info.Layers, task.Layer{Value: v, Candidate: true}, task.Layer{Value: v + "x"})
	}
	d.Model.Info = &info
	return d
}

func TestLayoutFillsPanesWithDifferentMethods(t *testing.T) {
	d := rich(t)
	d.send(LayoutPicked{Panes: 3})
	if d.Shown != 3 {
		t.Fatalf("%d panes", d.Shown)
	}
	if got := []string{d.Panes[0].Method, d.Panes[1].Method, d.Panes[2].Method}; got[0] != "gradcam" || got[1] != "saliency" || got[2] != "layercam" {
		t.Errorf("methods %v", got)
	}
	d.settled()
	for i, p := range d.Panes[:3] {
		if p.Overlay == nil || p.Job != 0 {
			t.Errorf("pane %d has no map", i)
		}
	}
	d.send(LayoutPicked{Panes: 1})
	d.send(LayoutPicked{Panes: 3})
	without[Explain](d)
	for _, n := range []int{0, -1, MaxPanes + 1} {
		d.send(LayoutPicked{Panes: n})
	}
	if d.Shown != 3 {
		t.Errorf("%d panes after impossible layouts", d.Shown)
	}
	d.send(PaneSoloed{Pane: 2})
	if got := d.Visible(); len(got) != 1 || got[0] != 2 {
		t.Errorf("visible %v", got)
	}
	d.send(PaneSoloed{Pane: 2})
	if got := d.Visible(); len(got) != 3 {
		t.Errorf("visible %v", got)
	}
}

// A small pane is painted small: the graphics card would drop lines from a
// picture that it has to shrink much.
func TestOverlaysFitTheirPanes(t *testing.T) {
	d := rich(t)
	d.send(LayoutPicked{Panes: 9})
	sizes := map[int]int{}
	for _, c := range d.cmds {
		if p, ok := c.(Paint); ok {
			sizes[p.Width]++
		}
	}
	// The one that is there is painted anew at 448, the others for the first time later.
	if sizes[448] != 1 || len(sizes) != 1 {
		t.Errorf("painted %v", sizes)
	}
	d.settled()
	d.send(PaneSoloed{Pane: 4})
	if p := must[Paint](d); p.Width != 1024 {
		t.Errorf("alone it is painted %d wide", p.Width)
	}
	d.settled()
	d.send(AlphaSet{Alpha: .3})
	if len(d.cmds) != 0 {
		t.Errorf("%+v", d.cmds)
	}
}

func TestCompareMethodsLayersAndClasses(t *testing.T) {
	d := rich(t)
	d.send(ClassPicked{Class: 2})
	d.send(MethodPicked{ID: "layercam"})
	d.settled()
	d.send(MethodsCompared{})
	// Three methods fit into three panes; the one at hand stays first.
	if q := d.questions(); len(q) != 3 || q[0].Method != "layercam" || q[1].Method != "gradcam" || q[2].Method != "saliency" || q[2].Class != 2 {
		t.Fatalf("%+v", q)
	}
	d.settled()

	d.send(LayoutPicked{Panes: 4})
	d.settled()
	d.send(PaneActivated{Pane: 0})
	d.send(LayersCompared{})
	q := d.questions()
	for i, want := range []string{"d", "c", "b", "a"} {
		if q[i].Layer != want || q[i].Method != "layercam" {
			t.Errorf("pane %d: %+v", i, q[i])
		}
	}
	d.settled()
	d.send(ClassesCompared{})
	q = d.questions()
	if len(q) != 3 || q[0].Class != 1 || q[1].Class != 0 || q[2].Class != 2 || q[2].Layer != "d" {
		t.Errorf("%+v", q)
	}
	// A method of pixels has no layers to compare.
	d.send(MethodPicked{Pane: 0, ID: "saliency"})
	d.send(LayersCompared{})
	if q := d.questions(); q[0].Method != "gradcam" {
		t.Errorf("%+v", q[0])
	}
}

// The first pane has the window's model: it cannot answer another one's question.
func TestFillingWithAnotherModelLeavesTheFirstPane(t *testing.T) {
	d := rich(t)
	d.send(LayoutPicked{Panes: 2})
	d.settled()
	own := model("own")
	own.Labels = []string{"p", "q", "r", "s"}
	d.Panes[1].Own = &Opened{Info: &own}
	d.Panes[1].Forward = Forward{Prediction: &task.Prediction{Order: []int{3, 1, 0, 2}}}
	d.send(PaneActivated{Pane: 1})
	first := d.Panes[0].Question
	d.send(ClassesCompared{})
	if d.Shown != 4 || d.Panes[0].Own != nil || d.Panes[0].Class != first.Class {
		t.Fatalf("%d panes, first %+v", d.Shown, d.Panes[0].Question)
	}
	for i, class := range []int{3, 1, 0} {
		if p := d.Panes[i+1]; p.Own == nil || p.Own.Info.Title != "own" || p.Class != class {
			t.Errorf("pane %d asks %d", i+1, p.Class)
		}
	}
}

func TestPinAndClose(t *testing.T) {
	d := opened(t)
	d.send(ClassPinned{Class: 2})
	e := must[Explain](d)
	if d.Shown != 2 || d.Active != 1 || d.pane(e) != 1 || e.Task.Target.Class != 2 || e.Task.Method != "gradcam" {
		t.Fatalf("%+v", e)
	}
	if d.Panes[0].Class != 1 {
		t.Error("the first pane keeps to the class that it shows")
	}
	d.settled()
	d.send(ClassPinned{Class: 0})
	d.settled()
	d.send(PaneClosed{Pane: 1})
	if d.Shown != 2 || d.Panes[1].Class != 0 || d.Panes[1].Overlay == nil || d.Active != 1 {
		t.Errorf("%+v", d.questions())
	}
	d.send(PaneClosed{Pane: 0})
	if d.Shown != 2 {
		t.Error("the first pane holds the window's model")
	}
	for d.Shown < MaxPanes {
		d.send(ClassPinned{Class: 0})
	}
	d.send(ClassPinned{Class: 1})
	if d.Shown != MaxPanes || !d.Toast.Warning {
		t.Error("a full stage must say so")
	}
}

// An answer finds its pane by its job, though panes have moved meanwhile.
func TestAnswersFollowMovedPanes(t *testing.T) {
	d := opened(t)
	d.send(ClassPinned{Class: 2})
	d.settled()
	d.send(ClassPinned{Class: 0})
	late := must[Explain](d)
	d.send(PaneClosed{Pane: 1})
	d.send(Explained{Job: late.Job, Result: task.Result{Task: late.Task, Map: task.Map{Width: 1, Height: 1, Values: []float32{1}}}})
	if r := d.Panes[1].Result; r == nil || r.Task.Target.Class != 0 {
		t.Errorf("pane 1 shows %+v", r)
	}
}

func TestDifferenceFollowsItsPanes(t *testing.T) {
	d := rich(t)
	d.send(LayoutPicked{Panes: 3})
	d.settled()
	d.send(ShowPicked{Pane: 2, Show: ShowDifference})
	c := must[Compare](d)
	if d.Panes[2].A != 0 || d.Panes[2].B != 1 || len(c.Maps) != 2 || c.Show != ShowDifference || d.Panes[2].Overlay != nil {
		t.Fatalf("%+v", c)
	}
	d.settled()
	if d.Panes[2].Derived == nil || d.Panes[2].Overlay == nil || d.Wanting(2) != "" {
		t.Fatal("no difference")
	}
	// A new map in a source is compared anew.
	d.send(ClassPicked{Pane: 0, Class: 2})
	d.send(Explained{Job: must[Explain](d).Job, Result: task.Result{Map: task.Map{Width: 1, Height: 1, Values: []float32{1}}}})
	if c := must[Compare](d); len(c.Maps[0].Map.Values) != 1 {
		t.Errorf("%+v", c)
	}
	d.settled()
	// Without its source there is nothing to show, and words say so.
	d.send(PaneClosed{Pane: 1})
	if d.Panes[1].Show != ShowDifference || d.Panes[1].Overlay != nil || d.Wanting(1) == "" {
		t.Errorf("%+v", d.Panes[1])
	}
	// A method makes it a map again.
	d.send(MethodPicked{Pane: 1, ID: "layercam"})
	if e := must[Explain](d); d.pane(e) != 1 || d.Panes[1].Show != ShowMap {
		t.Errorf("%+v", e)
	}
}

func TestAgreementTakesAllMaps(t *testing.T) {
	d := rich(t)
	d.send(LayoutPicked{Panes: 4})
	d.settled()
	d.send(ShowPicked{Pane: 3, Show: ShowAgreement})
	if c := must[Compare](d); len(c.Maps) != 3 || c.Panes[2] != 2 {
		t.Errorf("%+v", c)
	}
	d.settled()
	if got := d.Panes[3].Derived.Maps; got != 3 {
		t.Errorf("%d maps", got)
	}
	// Another picture: nothing is left of the old one.
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("b")})
	if d.Panes[3].Derived != nil || d.Panes[3].Overlay != nil {
		t.Error("the old picture's agreement is shown")
	}
	d.settled()
	if d.Panes[3].Derived == nil || d.Panes[3].Derived.Maps != 3 {
		t.Error("the agreement was not made anew")
	}
	d.send(ShowPicked{Pane: 4, Show: ShowDifference})
	d.settled()
	if p := d.Panes[4]; d.Shown != 5 || p.Derived == nil || p.Derived.Maps != 2 || p.A != 0 || p.B != 1 {
		t.Errorf("a pane that is added: %+v", p)
	}
	// On a stage of one pane, a second one is opened for it.
	one := opened(t)
	one.send(ShowPicked{Pane: 0, Show: ShowAgreement})
	if one.Shown != 2 || one.Panes[1].Show != ShowAgreement || one.Wanting(1) == "" {
		t.Errorf("%+v", one.Panes[1])
	}
}

var port = view.Port{Width: 400, Height: 400, PhotoW: 400, PhotoH: 200, Scale: 1}

func TestLinkedAndFreeViews(t *testing.T) {
	d := opened(t)
	d.send(LayoutPicked{Panes: 2})
	d.send(Zoomed{Pane: 1, Factor: 2, X: 200, Y: 200, Port: port})
	if d.Panes[0].View.Fit || d.Panes[0].View != d.Panes[1].View {
		t.Error("linked views differ")
	}
	d.send(LinksSet{Links{Style: true}})
	d.send(Fitted{Pane: 0})
	if !d.Panes[0].View.Fit || d.Panes[1].View.Fit {
		t.Error("free views move together")
	}
	d.send(PaneActivated{Pane: 1})
	d.send(LinksSet{Links{Style: true, View: true}})
	if d.Panes[0].View != d.Panes[1].View || d.Panes[0].View.Fit {
		t.Error("joined views must take the active pane's")
	}
	d.send(ActualSized{Pane: 7, Port: port})
	if d.Panes[0].View != d.Panes[1].View {
		t.Error("a pane that is not shown was moved")
	}
}

func TestEscLetsThePhotoGo(t *testing.T) {
	d := opened(t)
	d.send(PanHeld{On: true})
	if !d.Panning {
		t.Error("the key is not held")
	}
	d.send(Cancelled{})
	if d.Panning {
		t.Error("Esc leaves the photo on the mouse")
	}
}

func TestLinkedAndFreeStyles(t *testing.T) {
	d := opened(t)
	d.send(LayoutPicked{Panes: 2})
	d.settled()
	d.send(LinksSet{Links{View: true}})
	d.send(PaneActivated{Pane: 1})
	d.send(ColormapPicked{ID: "viridis"})
	d.send(AlphaSet{Alpha: .25})
	if a, b := d.Panes[0].Style, d.Panes[1].Style; a.Colormap != "inferno" || a.Alpha != .5 || b.Colormap != "viridis" || b.Alpha != .25 {
		t.Errorf("%+v, %+v", a, b)
	}
	d.send(LinksSet{Links{View: true, Style: true}})
	if a, b := d.Panes[0].Style, d.Panes[1].Style; a != b {
		t.Errorf("%+v, %+v", a, b)
	}
	if p := must[Paint](d); p.Style.Colormap != "viridis" {
		t.Errorf("%+v", p.Style)
	}
	d.send(ColormapPicked{ID: "no such map"})
	if d.Panes[0].Style.Colormap != "viridis" {
		t.Error("an unknown colour map was taken")
	}
}

func TestModesAndThresholds(t *testing.T) {
	d := opened(t)
	d.send(ModePicked{Mode: heatmap.Mask})
	if s := must[Paint](d).Style; s.Mode != heatmap.Mask || s.Percentile != usualPercentile {
		t.Errorf("%+v: a mask without a threshold shows nothing", s)
	}
	d.settled()
	d.send(PercentileSet{Percentile: 0})
	d.settled()
	d.send(ThresholdSet{Threshold: .333})
	d.settled()
	if s := d.Panes[0].Overlay.Style; s.Threshold != .33 || s.Percentile != 0 {
		t.Errorf("%+v", s)
	}
	d.Photo.Levels = []image.Image{image.NewRGBA(image.Rect(0, 0, 4, 2)), image.NewRGBA(image.Rect(0, 0, 2, 1))}
	d.send(ModePicked{Mode: heatmap.Blur})
	if p := must[Paint](d); p.Photo != d.Photo.Levels[1] || p.Style.Threshold != .33 {
		t.Errorf("%+v", p)
	}
	d.settled()
	d.send(ContoursSet{Contours: 99})
	if s := must[Paint](d).Style; s.Contours != heatmap.MaxContours {
		t.Errorf("%+v", s)
	}
	d.settled()
	d.send(WipeSet{At: 1.5})
	if len(d.cmds) != 0 || d.Panes[0].Wipe != (Wipe{On: true, At: 1}) {
		t.Errorf("%+v %+v", d.cmds, d.Panes[0].Wipe)
	}
	d.send(WipeToggled{})
	if d.Panes[0].Wipe.On {
		t.Error("the line stays")
	}
	d.send(WipeToggled{})
	if len(d.cmds) != 0 || d.Panes[0].Wipe != (Wipe{On: true, At: .5}) {
		t.Errorf("%+v %+v", d.cmds, d.Panes[0].Wipe)
	}
}

func TestPointerReadsEveryPane(t *testing.T) {
	d := opened(t)
	photo := image.NewRGBA(image.Rect(0, 0, 200, 100))
	photo.SetRGBA(120, 50, color.RGBA{10, 20, 30, 255})
	d.Photo.Levels = []image.Image{photo}
	d.send(LayoutPicked{Panes: 2})
	d.settled()
	d.send(PointerMoved{Pane: 1, X: .601, Y: .501, On: true})
	if x, y, c, ok := d.Pixel(); !ok || x != 240 || y != 100 || c != (color.NRGBA{10, 20, 30, 255}) {
		t.Errorf("pixel %d, %d is %v, %v", x, y, c, ok)
	}
	// The first pane's map covers 100..300 of 400 pixels: 0.601 is in its right cell.
	if r, ok := d.Reading(0); !ok || r.Raw != 1 {
		t.Errorf("%+v %v", r, ok)
	}
	// The second covers all; half of its full scale of 2.
	if r, ok := d.Reading(1); !ok || r.Raw != 1 || r.Scaled != .5 {
		t.Errorf("%+v %v", r, ok)
	}
	d.send(PointerMoved{Pane: 1, X: .1, Y: .5, On: true})
	if _, ok := d.Reading(0); ok {
		t.Error("a reading outside of the map")
	}
	for _, m := range []PointerMoved{{Pane: 1, X: .5, Y: .5}, {Pane: 5, X: .5, Y: .5, On: true}, {X: 1, On: true}, {Y: -.1, On: true}} {
		d.send(m)
		if d.Pointer.On {
			t.Errorf("%+v is over no photo", m)
		}
	}
	if _, _, _, ok := d.Pixel(); ok {
		t.Error("a pixel without a pointer")
	}
}

func TestMapsSharpenWhileTheyAreMade(t *testing.T) {
	d := rich(t)
	d.send(LayoutPicked{Panes: 3})
	d.settled()
	d.send(ShowPicked{Pane: 2, Show: ShowDifference})
	d.settled()
	d.send(ClassPicked{Pane: 0, Class: 2})
	e := must[Explain](d)
	partial := task.Result{Task: e.Task, Map: task.Map{Width: 1, Height: 1, Values: []float32{3}}, Error: &task.Map{Width: 1, Height: 1, Values: []float32{.5}}}
	d.send(Sharpened{Job: e.Job, Result: partial})
	p := &d.Panes[0]
	if !p.Partial || p.Job != e.Job || p.Result.Map.Values[0] != 3 {
		t.Fatalf("%+v", p)
	}
	// What is unfinished is neither compared nor exported.
	without[Compare](d)
	d.settled()
	if mean, share, ok := d.Spread(0); !ok || share != .25 || mean != .5 {
		t.Errorf("spread %v %v, want half of one on a scale of two", share, ok)
	}
	d.send(ExportPicked{Path: "/r.png"})
	if got := must[Export](d).Results; len(got) != 1 || got[0].Task.Method != "saliency" {
		t.Errorf("%d results", len(got))
	}
	d.send(Kept{Pane: 0})
	if k := must[Keep](d); k.Job != e.Job {
		t.Errorf("%+v", k)
	}
	// Given up, the map stays and is told to be unfinished.
	d.send(Cancelled{})
	if !d.Panes[0].Partial || d.Panes[0].Class != 2 || d.Panes[0].Result == nil {
		t.Errorf("%+v", d.Panes[0])
	}
	d.send(Kept{Pane: 0})
	without[Keep](d)
	// The same question asked again goes on from the start.
	d.send(ClassPicked{Pane: 0, Class: 2})
	must[Explain](d)
}

func TestMethodPresets(t *testing.T) {
	d := rich(t)
	info := *d.Model.Info
	info.Methods = append(info.Methods, task.MethodInfo{
		ID: "rise", Params: []task.Param{{ID: "samples", Default: 4000, Min: 1, Max: 9000, Step: 1}, {ID: "cells", Default: 7, Min: 1, Max: 30, Step: 1}},
		Presets: []task.MethodPreset{{ID: "reference"}, {ID: "fast", Params: map[string]float64{"samples": 500, "cells": 7}}},
	})
	d.Model.Info = &info
	d.send(MethodPicked{ID: "rise"})
	m := info.Methods[len(info.Methods)-1]
	if got := d.Panes[0].Preset(m); got != "reference" {
		t.Errorf("preset %q", got)
	}
	d.send(MethodPresetPicked{ID: "fast"})
	e := must[Explain](d)
	if len(e.Task.Params) != 1 || e.Task.Params["samples"] != 500 || d.Panes[0].Preset(m) != "fast" {
		t.Errorf("%+v", e.Task.Params)
	}
	d.send(ParamSet{ID: "cells", Value: 9})
	if got := d.Panes[0].Preset(m); got != "" {
		t.Errorf("preset %q", got)
	}
	d.send(MethodPresetPicked{ID: "reference"})
	if e := must[Explain](d); len(e.Task.Params) != 0 {
		t.Errorf("%+v", e.Task.Params)
	}
	d.send(MethodPresetPicked{ID: "no such"})
	without[Explain](d)
}
