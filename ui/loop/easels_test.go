package loop

import (
	"strings"
	"testing"

	"seewhy/analysis/task"
	"seewhy/ui/fake"
	"seewhy/ui/state"
)

// Edits that cannot be made on a picture that is opened are told: it is shown
// without them.
func TestAPictureThatOpensWithoutItsEditsSaysSo(t *testing.T) {
	d := newDesk(t, fake.New(), nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	bad := []task.Edit{{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{}, {X: 1, Y: 1}}}, Fill: "x"}}
	m := d.openPhoto(t.Context(), fake.New(), state.OpenPhoto{Ref: "gallery:apple-0", Edits: bad}).(state.PhotoOpened)
	if m.Edited != nil || m.EditErr == "" {
		t.Fatalf("%d levels, %q", len(m.Edited), m.EditErr)
	}
	m.Job, m.Item = d.State().Photo.Job, d.State().Photo.Item
	d.Handle(m)
	if s := d.State(); !s.Toast.Warning || !strings.Contains(s.Toast.Text, "cannot be edited") || !strings.Contains(s.Toast.Text, "fill") {
		t.Errorf("said %q", s.Toast.Text)
	}
}

// What is expensive about a picture is kept while it is on the stage, no longer.
func TestCanvasesGoWithTheirPhoto(t *testing.T) {
	d := newDesk(t, fake.New(), nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	d.Handle(state.ToolPicked{Tool: state.BrushTool})
	d.Handle(state.StrokeBegun{X: .4, Y: .4})
	d.Handle(state.StrokeEnded{})
	edited := func(s state.State) bool {
		return len(s.Edited.Levels) > 0 && s.Photo.Item == s.Current && s.Photo.Job == 0
	}
	d.until("edited", edited)
	if photo := d.State().Photo.Levels[0]; d.easels.photo != photo || len(d.easels.canvases) == 0 {
		t.Fatalf("%d canvases", len(d.easels.canvases))
	}
	d.Handle(state.ItemStepped{By: 1})
	d.until("the next picture", func(s state.State) bool { return s.Photo.Item == s.Current && s.Photo.Job == 0 })
	if d.easels.photo != nil || d.easels.canvases != nil {
		t.Errorf("%d canvases of the picture before", len(d.easels.canvases))
	}
	d.Handle(state.ItemStepped{By: -1})
	d.until("the edited one", edited)
	if photo := d.State().Photo.Levels[0]; d.easels.photo != photo || len(d.easels.canvases) == 0 {
		t.Error("the canvas that the picture was opened with is gone")
	}
}
