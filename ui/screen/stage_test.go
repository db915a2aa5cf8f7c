package screen

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// full has as many panes as asked for, all with their maps.
func filled(t *testing.T, theme, language string, w, h float32, panes int) *desk {
	d := newDesk(t, theme, language, w, h, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.LayoutPicked{Panes: panes})
	d.until("all panes", heat)
	return d
}

// derivedToo waits for panes that are made of others as well.
func derivedToo(s state.State) bool {
	for _, p := range s.Panes[:s.Shown] {
		if p.Job != 0 || p.Overlay == nil || (p.Show != state.ShowMap && p.Derived == nil) {
			return false
		}
	}
	return true
}

func TestStageOfEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures: scripts/test.sh runs it without the race detector")
	}
	for _, c := range []struct {
		theme, language string
		w, h            float32
	}{{look.Dark, "en", 1280, 772}, {look.Light, "zh-Hans", 1920, 1052}} {
		d := newDesk(t, c.theme, c.language, c.w, c.h, state.Options{})
		d.until("heat", heat)
		d.until("thumbnails", thumbs)
		for _, n := range state.Layouts() {
			d.loop.Handle(state.LayoutPicked{Panes: n})
			d.until("maps", heat)
			if n == 9 {
				d.loop.Handle(state.ShowPicked{Pane: 7, Show: state.ShowDifference})
				d.loop.Handle(state.ShowPicked{Pane: 8, Show: state.ShowAgreement})
				d.until("comparisons", derivedToo)
			}
			d.loop.Handle(state.PointerMoved{Pane: 0, X: .6, Y: .55, On: true})
			if os.Getenv("SEEWHY_SHOTS") != "" {
				d.shot(strings.Join([]string{"stage", c.theme, c.language, string(rune('0' + n))}, "-"))
			}
			d.loop.Handle(state.PointerMoved{})
			for i, p := range d.stage.panes[:n] {
				if !p.root.Visible() || p.viewport.Size().Height < 90 || p.viewport.Size().Width < 200 {
					t.Errorf("%v x %v, %d panes: viewport %d is %v", c.w, c.h, n, i, p.viewport.Size())
				}
				right, bottom := p.root.Position().X+p.root.Size().Width, p.root.Position().Y+p.root.Size().Height
				if s := d.stage.grid.Size(); right > s.Width+.5 || bottom > s.Height+.5 {
					t.Errorf("%d panes: pane %d ends at %v, %v outside of %v", n, i, right, bottom, s)
				}
			}
		}
	}
}

func TestCompactPaneOpensItsCard(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 4)
	p := d.stage.panes[3]
	if !p.compact || p.pickers.Visible() || !p.small.Visible() {
		t.Fatal("a quarter of a small stage has a full head")
	}
	if got := p.summary.Value(); got != "Deep Feature Factorization · mushroom" {
		t.Errorf("summary %q", got)
	}
	test.Tap(p.summary)
	if p.card == nil || p.card.method.Value() != "Deep Feature Factorization" || p.card.layer.Caption() != "Auto layer" || d.loop.State().Active != 3 {
		t.Fatal("the card does not hold the question")
	}
	d.shot("card")
	d.loop.Handle(state.ClassPicked{Pane: 3, Class: 3})
	if got := p.card.class.Value(); got != "bottle" {
		t.Errorf("the open card shows %q", got)
	}
	d.window.Canvas().Overlays().Remove(d.window.Canvas().Overlays().Top())
	d.until("heat", heat)
	// Alone it has room for all.
	test.Tap(p.solo[1])
	if p.compact || !p.root.Visible() || d.stage.panes[0].root.Visible() || !p.pickers.Visible() {
		t.Error("alone on the stage the pane stays small")
	}
	test.Tap(p.solo[0])
	test.Tap(p.close[1])
	if got := d.loop.State().Shown; got != 3 {
		t.Errorf("%d panes", got)
	}
}

func TestEveryPaneTellsTheValueUnderThePointer(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 2)
	v := d.stage.panes[0].viewport
	v.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(v.Size().Width/2, v.Size().Height/2)}})
	if p := d.loop.State().Pointer; !p.On || p.X < .49 || p.X > .51 {
		t.Fatalf("%+v", p)
	}
	for i, p := range d.stage.panes[:2] {
		r, _ := d.loop.State().Reading(i)
		if want := heatmap.FormatValue(r.Raw) + "  ·  " + percents(r.Scaled); !p.reading.Visible() || !strings.HasPrefix(p.value.Text(), want) {
			t.Errorf("pane %d tells %q, want %q", i, p.value.Text(), want)
		}
	}
	v.MouseOut()
	if d.stage.panes[1].reading.Visible() {
		t.Error("the value stays when the mouse has left")
	}
}

func TestComparisonsAreToldInWords(t *testing.T) {
	d := filled(t, look.Dark, "en", 1920, 1052, 3)
	p := d.stage.panes[2]
	test.Tap(p.method)
	list := d.window.Canvas().Overlays().Top().(*fynewidget.PopUp).Content.(*widget.Choices)
	for _, k := range "Agreem" {
		test.Type(list.Focus(), string(k))
	}
	list.Focus().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.until("agreement", derivedToo)
	if got := p.unit.Text(); !strings.HasPrefix(got, "rank correlation ") || !strings.HasSuffix(got, "of the strongest tenth in common  ·  2 maps") {
		t.Errorf("%q", got)
	}
	d.loop.Handle(state.ShowPicked{Pane: 2, Show: state.ShowDifference})
	d.until("difference", derivedToo)
	if a, b := p.layer.Value(), p.class.Value(); a != "Pane 1: Grad-CAM" || b != "Pane 2: Saliency" {
		t.Errorf("%q less %q", a, b)
	}
	d.loop.Handle(state.PaneClosed{Pane: 1})
	if got := d.stage.panes[1].words.Text(); got != "Two panes with finished maps are needed to compare." {
		t.Errorf("%q", got)
	}
}

func TestOverlayForm(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 2)
	test.Tap(d.stage.look)
	f := d.stage.overlay
	test.Tap(f.modes[heatmap.Mask])
	if got := f.percentileAt.Text(); got != "80 %" || d.loop.State().Panes[1].Style.Mode != heatmap.Mask {
		t.Errorf("weakest area %q", got)
	}
	d.until("mask", func(s state.State) bool { return s.Panes[1].Overlay.Style.Mode == heatmap.Mask })
	f.threshold.OnChanged(.4)
	f.contours.OnChanged(.5)
	if got := f.thresholdAt.Text() + ", " + f.contoursAt.Text(); got != "40 % of full scale, 6" {
		t.Errorf("%q", got)
	}
	d.shot("overlay-form")
	test.Tap(f.all)
	test.Tap(f.wipe)
	if s := d.loop.State(); s.Links.Style || !s.Panes[0].Wipe.On || s.Panes[1].Wipe.On {
		t.Errorf("%+v", s.Links)
	}
	test.Tap(f.reset)
	if a, b := d.loop.State().Panes[0].Style, d.loop.State().Panes[1].Style; a.Mode != heatmap.Colours || a.Threshold != 0 || b.Mode != heatmap.Mask {
		t.Errorf("%+v, %+v", a, b)
	}
	d.until("painted", heat)
}

func TestCompareMenuFillsTheStage(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 1)
	d.stage.compareChosen("panes:6")
	d.until("six", heat)
	d.stage.compareChosen("layers")
	d.until("layers", heat)
	s := d.loop.State()
	if s.Shown != 4 || s.Panes[0].Layer == s.Panes[1].Layer {
		t.Errorf("%d panes", s.Shown)
	}
	d.stage.compareChosen("link-view")
	if d.loop.State().Links.View {
		t.Error("the views are still joined")
	}
	test.Tap(d.stage.compare)
	if d.window.Canvas().Overlays().Top() == nil {
		t.Error("no list")
	}
}

func TestSweepStrip(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 1)
	before := d.stage.panes[0].viewport.Size().Height
	test.Tap(d.stage.layers)
	if got := before - d.stage.panes[0].viewport.Size().Height; got < 100 {
		t.Errorf("the stage gave way by %v", got)
	}
	d.until("maps", func(s state.State) bool { return len(s.Sweep.Maps) == 4 && s.Sweep.Job == 0 })
	s := d.stage.sweep
	if a, b, c := s.frame(0), s.frame(1), s.frame(3); a.Badge != "no gradient" || b.Badge != "not by class" || c.Badge != "" || c.Doubt || c.Thumb == nil || c.Title != "stage4.block2" {
		t.Errorf("%+v, %+v, %+v", a, b, c)
	}
	d.shot("sweep")
	s.film.OnPicked(2)
	d.until("layer", func(s state.State) bool {
		r := s.Panes[0].Result
		return heat(s) && r.Task.Layer == "/stage3/block2/relu"
	})
	s.film.OnPicked(1)
	d.until("a flawed layer", func(s state.State) bool { return heat(s) && s.Panes[0].Result.Task.Layer == "/stage2/block2/relu" })
	if got := s.words.Text(); got != "stage2.block2: the same for another class" {
		t.Errorf("%q", got)
	}
	test.Tap(s.close)
	if s.root.Visible() || d.stage.panes[0].viewport.Size().Height != before {
		t.Error("the strip stays")
	}
}

func TestSamplingIsShownAndKept(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 1)
	d.engine.Slow(time.Hour)
	d.loop.Handle(state.MethodPicked{ID: "saliency"})
	for _, f := range d.timers {
		f()
	}
	p := d.stage.panes[0]
	d.until("a first map", func(s state.State) bool { return s.Panes[0].Partial && s.Panes[0].Overlay.Signed })
	if !p.keep.Visible() || !strings.HasPrefix(p.unit.Text(), "unfinished  ·  error ± 0.5 (21.4 %)  ·  ") {
		t.Errorf("keep %v, %q", p.keep.Visible(), p.unit.Text())
	}
	d.shot("partial")
	test.Tap(p.keep)
	d.until("kept", func(s state.State) bool { return s.Panes[0].Job == 0 })
	if p.busy.Visible() || strings.Contains(p.unit.Text(), "unfinished") {
		t.Errorf("%q", p.unit.Text())
	}
}

func TestSegmentsAnswerAtOnce(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 1)
	p := d.stage.panes[0]
	if p.parts.root.Visible() {
		t.Error("Grad-CAM has no segments")
	}
	d.loop.Handle(state.MethodPicked{ID: "lime"})
	d.until("segments", func(s state.State) bool { return heat(s) && s.Panes[0].Segmented() })
	test.Tap(p.parts.toggle)
	d.until("borders", func(s state.State) bool { return s.Panes[0].Switches.Outline != nil })
	// A click on the photo's upper left quarter.
	v := p.viewport
	r := d.loop.State().Panes[0].View.Place(v.Port())
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(float32(r.X+r.W*.45), float32(r.Y+r.H*.3))}}
	v.MouseDown(e)
	v.MouseUp(e)
	d.until("answer", func(s state.State) bool { return s.Panes[0].Switches.Prediction != nil })
	if got := p.parts.answer.Text(); got != "With 1 off: mushroom 55.2 % → 27.6 %" {
		t.Errorf("%q", got)
	}
	d.until("borders", func(s state.State) bool {
		return s.Panes[0].Switches.Outline != nil && len(s.Panes[0].Switches.Off) == 1
	})
	d.shot("segments")
	test.Tap(p.parts.reset)
	if got := d.loop.State().Panes[0].Switches.Off; len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestWaterfallAddsUp(t *testing.T) {
	r := &task.Result{Surrogate: &task.Surrogate{Values: []float64{.5, 3, -1.5, 1, .1, .1, .1, .2}, Off: 1, Full: 4.5, Additive: true}}
	bars := waterfall(r, []int{2})
	if len(bars) != 9 || bars[0].Label != "All off" || bars[1].ID != 1 || bars[1].From != 1 || bars[1].To != 4 || !bars[2].Off || bars[2].To != 2.5 {
		t.Errorf("%+v", bars)
	}
	rest, last := bars[7], bars[8]
	if rest.ID >= 0 || rest.Label != "2 others" || math.Abs(rest.To-4.5) > 1e-9 || last.Text != "4.5" {
		t.Errorf("%+v, %+v", rest, last)
	}
	// A linear model's values do not share out the score: all begin at nothing.
	r.Surrogate.Additive = false
	if bars = waterfall(r, nil); len(bars) != 6 || bars[1].From != 0 || bars[1].To != -1.5 || bars[0].Text != "+3" {
		t.Errorf("%+v", bars)
	}
	if waterfall(&task.Result{}, nil) != nil {
		t.Error("nothing has no bars")
	}
}

func TestPickersShareTheirRow(t *testing.T) {
	for _, c := range []struct {
		wanted []float32
		room   float32
		want   []float32
	}{
		{[]float32{50, 60, 70}, 300, []float32{100, 100, 100}},
		{[]float32{80, 160, 90}, 300, []float32{80, 130, 90}},
		{[]float32{80, 300, 300}, 300, []float32{80, 110, 110}},
		{[]float32{300, 300, 300}, 90, []float32{30, 30, 30}},
	} {
		if got := shared(c.wanted, c.room); !slices.Equal(got, c.want) {
			t.Errorf("%v into %v: %v, want %v", c.wanted, c.room, got, c.want)
		}
	}
}
