package screen

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"seewhy/analysis/task"
	"seewhy/ui/look"
	"seewhy/ui/state"
)

// painted says that what was drawn shows everywhere.
func painted(s state.State) bool {
	return heat(s) && s.Changed(s.Active) != nil && len(s.Edits()) > 0 && s.LevelsOf(s.Active)[0] != s.Photo.Levels[0]
}

func TestBrushInTheWindow(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	bar := d.stage.tools
	if bar.root.Visible() {
		t.Error("the tools are there before they are asked for")
	}
	test.Tap(d.stage.whatIf)
	if !bar.root.Visible() || !bar.clear.Disabled() {
		t.Error("no tools, or something to clear")
	}
	if w, room := bar.row.MinSize().Width, d.stage.root.Size().Width; w > room {
		t.Errorf("the tools need %v of %v", w, room)
	}
	if gap := bar.beside.Position().X - bar.regions.Position().X - bar.regions.Size().Width; gap > 8 {
		t.Errorf("the buttons at the right lie %v apart", gap)
	}
	if got := d.loop.State().Marking.Tool; got != state.BrushTool {
		t.Errorf("the tool in the hand is %q", got)
	}
	p := d.stage.panes[0]
	before := p.viewport
	d.loop.Handle(state.StrokeBegun{X: .4, Y: .4})
	d.loop.Handle(state.StrokeMoved{X: .5, Y: .5})
	d.loop.Handle(state.StrokeEnded{})
	d.until("edited", painted)
	if before != p.viewport || p.sign.Hidden || p.edited.Text() != "Edited" || bar.clear.Disabled() {
		t.Errorf("the pane says %q", p.edited.Text())
	}
	s := d.loop.State()
	best := s.Changed(0).Order[0]
	if words := d.answer.was.Text(); !strings.Contains(words, s.Label(0, best)) || !strings.HasPrefix(words, "Before the edits") {
		t.Errorf("before: %q", words)
	}
	found := false
	for _, row := range classRows(s, d.answer.last) {
		if row.Class == best {
			found = row.Changed && row.Trend == -1 && strings.HasPrefix(row.Change, "↓ ") && row.Before > row.Share
		}
	}
	if !found {
		t.Error("the class that fell does not say so")
	}
	// The original beside it.
	test.Tap(bar.beside)
	d.until("both", func(s state.State) bool { return s.Shown == 2 && painted(s) })
	if a, b := d.stage.panes[0].edited.Text(), d.stage.panes[1].edited.Text(); a != "Original" || b != "Edited" {
		t.Errorf("%q beside %q", a, b)
	}
	if words := d.stage.panes[1].says.Text(); !strings.ContainsAny(words, "↑↓") {
		t.Errorf("the head says %q", words)
	}
	test.Tap(d.stage.panes[0].edited)
	if d.loop.State().Panes[0].Original {
		t.Error("the pane does not go back to the edited picture")
	}
	test.Tap(bar.clear)
	d.until("cleared", heat)
	if !p.sign.Hidden || d.answer.was.Text() != "" {
		t.Error("cleared, it still speaks of edits")
	}
}

func TestRegionsInTheWindow(t *testing.T) {
	for _, c := range []struct {
		theme, language string
		w, h            float32
	}{{look.Dark, "en", 1280, 772}, {look.Light, "zh-Hans", 1280, 772}, {look.Light, "en", 1920, 1052}} {
		d := newDesk(t, c.theme, c.language, c.w, c.h, state.Options{})
		d.until("heat", heat)
		d.until("thumbnails", thumbs)
		d.OpenRegions()
		for _, f := range d.timers {
			f()
		}
		form := d.stage.tools.form
		if form == nil || len(form.column.Objects) != 5 {
			t.Fatal("the list of regions does not open, or says nothing where there are none")
		}
		d.loop.Handle(state.SelectingSet{On: true})
		d.loop.Handle(state.ToolPicked{Tool: state.BoxTool})
		for i, name := range []string{"Watermark", "Face"} {
			x := .2 + .3*float64(i)
			d.loop.Handle(state.StrokeBegun{X: x, Y: .3})
			d.loop.Handle(state.StrokeMoved{X: x + .25, Y: .6})
			d.loop.Handle(state.StrokeEnded{})
			if i == 0 {
				d.shot("whatif-" + c.theme + "-" + c.language + "-selected")
			}
			d.loop.Handle(state.RegionNamed{Name: name})
		}
		d.until("shares", func(s state.State) bool { return len(s.Panes[0].Shares.Of) == 2 && s.Marks.Image != nil })
		p := d.stage.panes[0]
		if h := p.shareRoom(p.root.Size().Width); h < 20 || p.shares.Size().Height < 20 {
			t.Errorf("room for shares: %v, %v", h, p.shares.Size())
		}
		if a := d.loop.State().Panes[0].Shares.Of[0]; a.Area <= 0 || a.Area >= .5 || a.Attribution < 0 {
			t.Errorf("%+v", a)
		}
		for _, o := range d.window.Canvas().Overlays().List() {
			o.Hide()
		}
		d.loop.Handle(state.FillPicked{Fill: task.FillGrey})
		d.loop.Handle(state.RegionHidden{Region: 0})
		d.loop.Handle(state.BesideToggled{})
		d.until("both", func(s state.State) bool { return s.Shown == 2 && painted(s) && len(s.Panes[1].Shares.Of) == 2 })
		d.shot("whatif-" + c.theme + "-" + c.language + "-beside")
		d.loop.Handle(state.LayoutPicked{Panes: 4})
		d.until("four", func(s state.State) bool { return s.Shown == 4 && painted(s) && len(s.Panes[3].Shares.Of) == 2 })
		d.shot("whatif-" + c.theme + "-" + c.language + "-four")
	}
}

func TestGalleryKnowsItsRegions(t *testing.T) {
	d := newDesk(t, look.Dark, "zh-Hans", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.stage.tools.openRegions()
	form := d.stage.tools.form
	before := len(form.column.Objects)
	d.loop.Handle(state.KnownRegionsTaken{})
	d.until("regions", func(s state.State) bool { return len(s.Panes[0].Shares.Of) == 3 })
	all := d.loop.State().Regions()
	if all[1].Name != "贴纸" || all[2].Name != "贴纸 2" {
		t.Errorf("%+v", all)
	}
	if n := len(form.column.Objects); n != before+3 {
		t.Errorf("%d lines, %d before", n, before)
	}
}

// A small pane's line begins with what tells it from the others.
func TestSmallPanesSayWhatDiffersFirst(t *testing.T) {
	d := filled(t, look.Light, "en", 1280, 772, 9)
	d.loop.Handle(state.ToolPicked{Tool: state.BrushTool})
	d.loop.Handle(state.StrokeBegun{X: .4, Y: .4})
	d.loop.Handle(state.StrokeMoved{X: .5, Y: .5})
	d.loop.Handle(state.StrokeEnded{})
	d.until("edited", painted)
	if got := d.stage.panes[0].summary.Value(); !strings.HasPrefix(got, "Grad-CAM · ") || !strings.Contains(got, " %") {
		t.Errorf("panes of one model and other methods say %q", got)
	}
	d.loop.Handle(state.PaneOriginalSet{Pane: 1, Original: true})
	if got := d.stage.panes[0].summary.Value(); !strings.HasSuffix(got, " · Grad-CAM") {
		t.Errorf("beside the original it says %q", got)
	}
}

func TestFillingsFitIntoTheirPicker(t *testing.T) {
	for _, language := range []string{"en", "zh-Hans"} {
		d := newDesk(t, look.Light, language, 1280, 772, state.Options{})
		for _, f := range []task.Fill{task.FillBlur, task.FillMean, task.FillNoise, task.FillGrey, task.FillInpaint} {
			d.stage.tools.fill.SetValue(fillWords(state.Marking{Fill: f}))
			if w := d.stage.tools.fill.Width(); w > fillWidth {
				t.Errorf("%s: %q needs %v of %v", language, d.stage.tools.fill.Value(), w, fillWidth)
			}
		}
	}
}
