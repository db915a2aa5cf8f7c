package state

import (
	"image"
	"reflect"
	"testing"

	"seewhy/analysis/task"
)

func TestRegionsAreNamedAndMeasured(t *testing.T) {
	d := easel(t)
	d.send(RegionNamed{Name: "face"})
	if len(d.Regions()) != 0 || d.Toast.Text == "" {
		t.Error("nothing is marked, and it is not said")
	}
	d.send(SelectingSet{On: true})
	d.send(ToolPicked{Tool: BoxTool})
	d.stroke(task.Point{X: 0.1, Y: 0.1}, task.Point{X: 0.5, Y: 0.5})
	if len(d.edits()) != 0 || len(d.Marking.Selection) != 1 {
		t.Fatalf("%+v, %+v", d.edits(), d.Marking.Selection)
	}
	d.send(RegionNamed{Name: "  a  face "})
	box := task.Shape{Kind: task.Box, Points: []task.Point{{X: 0.1, Y: 0.1}, {X: 0.5, Y: 0.5}}}
	if r := d.Regions(); !reflect.DeepEqual(r, []task.Region{{Name: "a face", Shapes: []task.Shape{box}}}) || d.Marking.Selection != nil {
		t.Fatalf("%+v, selection %+v", r, d.Marking.Selection)
	}
	ask := must[Share](d)
	if ask.Picture.Width != 400 || ask.Region.X0 != 100 || len(ask.Regions) != 1 {
		t.Errorf("%+v", ask)
	}
	// A newer list waits for the one that is being measured.
	d.stroke(task.Point{X: 0.6, Y: 0.6}, task.Point{X: 0.9, Y: 0.9})
	d.send(RegionNamed{Name: "text"})
	without[Share](d)
	d.send(Shared{Job: ask.Job, Shares: []task.RegionShare{{Name: "a face", Attribution: .5, Area: .25}}})
	if next := must[Share](d); len(next.Regions) != 2 {
		t.Errorf("%+v", next)
	} else {
		d.send(Shared{Job: next.Job, Shares: []task.RegionShare{{Name: "a face", Attribution: .5, Area: .25}, {Name: "text"}}})
	}
	if of := d.Panes[0].Shares.Of; len(of) != 2 || of[0].Attribution != .5 {
		t.Errorf("%+v", of)
	}
	// The same name again adds to the region.
	d.stroke(task.Point{X: 0.6, Y: 0.1}, task.Point{X: 0.9, Y: 0.2})
	d.send(RegionNamed{Name: "text"})
	if r := d.Regions(); len(r) != 2 || len(r[1].Shapes) != 2 {
		t.Errorf("%+v", r)
	}
	d.send(RegionRenamed{Region: 1, Name: "a face"})
	if d.Regions()[1].Name != "text" || !d.Toast.Warning {
		t.Error("two regions have one name")
	}
	d.send(RegionRenamed{Region: 1, Name: "caption"})
	d.send(RegionHidden{Region: 1})
	if d.Regions()[1].Name != "caption" || len(d.edits()) != 2 || d.edits()[1].Fill != task.FillBlur {
		t.Errorf("%+v %+v", d.Regions(), d.edits())
	}
	d.send(RegionDeleted{Region: 0})
	if r := d.Regions(); len(r) != 1 || r[0].Name != "caption" {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsHiddenCanBeNamed(t *testing.T) {
	d := easel(t)
	d.send(ToolPicked{Tool: BoxTool})
	d.stroke(task.Point{}, task.Point{X: 0.5, Y: 1})
	d.send(RegionNamed{Name: "left"})
	if r := d.Regions(); len(r) != 1 || !reflect.DeepEqual(r[0].Shapes, []task.Shape{d.edits()[0].Shape}) {
		t.Errorf("%+v", r)
	}
	// What an eraser shows again is not hidden.
	d.send(ToolPicked{Tool: EraserTool})
	d.send(BrushSized{Radius: 0.05})
	d.stroke(task.Point{X: 0.25, Y: 0.5})
	d.send(RegionNamed{Name: "ring"})
	mask := d.Regions()[1].Shapes[0]
	in, count := false, 0
	at := func(cell int) bool {
		in, count = false, 0
		for _, n := range mask.Runs {
			if cell < count+n {
				return in
			}
			count, in = count+n, !in
		}
		return false
	}
	if mask.Kind != task.Mask || mask.Width != 512 || mask.Height != 256 || !at(128*512+10) || at(128*512+128) || at(128*512+400) {
		t.Errorf("%d x %d, %d runs", mask.Width, mask.Height, len(mask.Runs))
	}
}

func TestMarksAreDrawnOnceAndTheNewestNext(t *testing.T) {
	d := easel(t)
	d.send(SelectingSet{On: true})
	d.send(StrokeBegun{X: 0.2, Y: 0.2})
	c := must[PaintMarks](d)
	if len(c.Outlines) != 1 || !c.Outlines[0].Filled || c.Width != 1024 || c.Height != 512 {
		t.Fatalf("%+v", c)
	}
	d.send(StrokeMoved{X: 0.3, Y: 0.2})
	without[PaintMarks](d)
	img := image.NewRGBA(image.Rect(0, 0, 2, 1))
	d.send(MarksPainted{Job: c.Job, Image: img})
	if c = must[PaintMarks](d); len(c.Outlines[0].Shapes[0].Points) != 2 || d.Marks.Image != img {
		t.Errorf("%+v", c)
	}
	d.send(MarksPainted{Job: c.Job, Image: img})
	without[PaintMarks](d)
	d.send(StrokeEnded{})
	d.send(MarksPainted{Job: must[PaintMarks](d).Job, Image: img})
	d.send(SelectionCleared{})
	if d.Marks.Image != nil {
		t.Error("a selection that is gone is drawn")
	}
}

func TestWhatTheGalleryKnowsIsTaken(t *testing.T) {
	d := easel(t)
	box := []task.Shape{{Kind: task.Box, Points: []task.Point{{X: 0.1, Y: 0.1}, {X: 0.5, Y: 0.5}}}}
	d.replaceRegions([]task.Region{{Name: "cat", Shapes: box}})
	d.send(KnownRegionsTaken{})
	c := must[FindRegions](d)
	if c.Ref != "gallery:a" || !d.InGallery() {
		t.Fatalf("%+v", c)
	}
	other := []task.Shape{{Kind: task.Mask, Width: 1, Height: 2, Runs: []int{1, 1}}}
	d.send(RegionsFound{Item: c.Item, Regions: []task.Region{{Name: "cat", Shapes: other}, {Name: "sticker", Shapes: other}, {Name: "sticker 2", Shapes: other}}})
	got := d.Regions()
	if len(got) != 3 || !reflect.DeepEqual(got[0].Shapes, box) || got[1].Name != "sticker" || got[2].Name != "sticker 2" {
		t.Errorf("%+v", got)
	}
	d.send(RegionsFound{Item: c.Item, Err: "no mask"})
	if len(d.Regions()) != 3 || !d.Toast.Warning {
		t.Error("a failure is not said")
	}
	// An export has them measured.
	d.send(ExportPicked{Path: "x.png"})
	if e := must[Export](d); !same(e.Regions, got) {
		t.Errorf("%+v", e.Regions)
	}
}

// replaceRegions changes a picture's regions as another part of the window may.
func (d *desk) replaceRegions(regions []task.Region) {
	u := update{State: d.State}
	u.State.replace(d.Photo.Item, func(it *Item) { it.Regions = regions })
	d.State = u.State
}
