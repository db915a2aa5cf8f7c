package screen

import (
	"reflect"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

func TestMethodSettings(t *testing.T) {
	for _, language := range []string{"en", "zh-Hans"} {
		d := newDesk(t, look.Dark, language, 1280, 772, state.Options{})
		d.until("heat", heat)
		p := d.stage.panes[0]
		if !p.settings.Disabled() {
			t.Error("Grad-CAM here has no settings")
		}
		d.loop.Handle(state.MethodPicked{ID: "saliency"})
		d.until("saliency", heat)
		test.Tap(p.settings)
		f := p.form
		d.shot("settings-" + language)
		if len(f.rows) != 2 || f.seed == nil || f.rows[0].field.Text != "25" || f.rows[1].list.Value() == "" || !f.reset.Disabled() {
			t.Fatalf("%+v", f)
		}
		// Sliding shows the number at once and asks when it rests.
		d.engine.Slow(0)
		before := d.engine.Explains()
		for range 5 {
			f.rows[0].fader.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(f.rows[0].fader.Size().Width, 5)}})
		}
		if f.rows[0].field.Text != "1000" || d.engine.Explains() != before {
			t.Errorf("field %q after %d maps", f.rows[0].field.Text, d.engine.Explains()-before)
		}
		want := func(params map[string]float64, seed uint64) {
			t.Helper()
			d.until("answer", func(s state.State) bool {
				r := s.Panes[0].Result
				return s.Panes[0].Job == 0 && r != nil && reflect.DeepEqual(r.Task.Params, params) && r.Task.Seed == seed
			})
		}
		want(map[string]float64{"samples": 1000}, 0)
		if got := d.engine.Explains() - before; got != 1 {
			t.Errorf("sliding made %d maps", got)
		}
		enter := func(field *widget.Field, text string) {
			field.SetText("")
			test.Type(field, text)
			field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		}
		enter(f.rows[0].field, "12")
		want(map[string]float64{"samples": 12}, 0)
		enter(f.rows[0].field, "many")
		if f.rows[0].field.Text != "12" {
			t.Errorf("what is no number stays: %q", f.rows[0].field.Text)
		}
		enter(f.rows[0].field, "1e9")
		if f.rows[0].field.Text != "1000" {
			t.Errorf("field %q", f.rows[0].field.Text)
		}
		enter(f.seed, "7")
		want(map[string]float64{"samples": 1000}, 7)
		test.Tap(f.rows[1].list)
		list := d.window.Canvas().Overlays().Top().(*fynewidget.PopUp).Content.(*widget.Choices)
		list.OnPicked("2")
		want(map[string]float64{"samples": 1000, "channels": 2}, 7)
		test.Tap(f.reset)
		want(nil, 0)
		if f.rows[0].field.Text != "25" || f.seed.Text != "0" {
			t.Errorf("after reset: %q, seed %q", f.rows[0].field.Text, f.seed.Text)
		}
		f.seed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if d.window.Canvas().Overlays().Top() != nil {
			t.Error("Esc leaves the settings open")
		}
		test.Tap(p.settings)
		d.loop.Handle(state.MethodPicked{ID: "gradcam"})
		if d.window.Canvas().Overlays().Top() != nil {
			t.Error("another method's settings stay open")
		}
	}
}

func TestTwoModelsSideBySide(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.CompareToggled{})
	d.until("second pane", heat)
	second := d.stage.panes[1]
	test.Tap(second.model)
	list := d.window.Canvas().Overlays().Top().(*fynewidget.PopUp).Content.(*widget.Choices)
	list.OnPicked("builtin:seewhy-scenes-biased")
	own := func(s state.State) bool {
		return s.Panes[1].Own != nil && s.Panes[1].Forward.Prediction != nil && heat(s)
	}
	d.until("the pane's own model", own)
	d.shot("two-models")
	if got := second.model.Value(); got != "seewhy-scenes-biased" {
		t.Errorf("pane 2 is headed %q", got)
	}
	if got := d.side.title.Text(); got != "seewhy-scenes-biased" {
		t.Errorf("the side tells of the active pane's model, not of %q", got)
	}
	d.loop.Handle(state.PaneActivated{Pane: 0})
	if got := d.side.title.Text(); got != "SeeWhy Scenes (honest)" {
		t.Errorf("the side tells of %q", got)
	}
	if got := d.answer.head.Text(); got != "ANSWER IN PANE 1" {
		t.Errorf("%q", got)
	}
	test.Tap(second.model)
	list = d.window.Canvas().Overlays().Top().(*fynewidget.PopUp).Content.(*widget.Choices)
	list.OnPicked("")
	d.until("one model again", func(s state.State) bool { return s.Panes[1].Own == nil && heat(s) })
}

func TestFactsInWords(t *testing.T) {
	facts := []task.Fact{{ID: "attribution-sum", Value: 0.98}, {ID: "score-rise", Value: -1}, {ID: "completeness-gap", Value: -0.02}, {ID: "steps", Value: 50}}
	if trust, rest := factWords(facts); !reflect.DeepEqual(trust, []string{"gap 2.0 %"}) || !reflect.DeepEqual(rest, []string{"50 steps"}) {
		t.Errorf("%q %q", trust, rest)
	}
	if trust, rest := factWords(facts[2:3]); !reflect.DeepEqual(trust, []string{"gap −0.02"}) || len(rest) > 0 {
		t.Errorf("%q %q", trust, rest)
	}
	for f, want := range map[float64]string{0.0001: "< 0.1 %", 0.012: "1.2 %", 1.5: "150 %"} {
		if got := share(f); got != want {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
}

func TestAnAnswerIsWrongOnlyWhereTheModelKnowsTheRightOne(t *testing.T) {
	st := state.State{Items: []*state.Item{{Label: "b", Truth: "a"}, {Label: "b", Truth: "z"}, {Label: "a", Truth: "a"}}}
	st.Model.Info = &task.ModelInfo{Labels: []string{"a", "b"}}
	s := &strip{context: &context{state: &st}}
	for i, want := range []bool{true, false, false} {
		if got := s.frame(i).Doubt; got != want {
			t.Errorf("item %d: doubt %v", i, got)
		}
	}
}

// What methods measure is told in words of either language; no name of a fact
// is taken for another text's.
func TestFactsHaveWords(t *testing.T) {
	facts := []task.Fact{
		{ID: "segments", Value: 9},
		{ID: "intercept", Value: -.5},
		{ID: "score-full", Value: 6.17},
		{ID: "score-off", Value: .25},
		{ID: "weighted-r2", Value: .934},
		{ID: "samples", Value: 4000},
	}
	for language, want := range map[string]string{
		"en":      "R² 0.93 · 9 segments · intercept −0.5 · all off: 0.25 · 4,000 samples",
		"zh-Hans": "R² 0.93 · 9 个区块 · 截距 −0.5 · 全部遮去：0.25 · 4,000 个样本",
	} {
		i18n.Use(language)
		trust, rest := factWords(facts)
		if got := strings.Join(append(trust, rest...), " · "); got != want {
			t.Errorf("%s: %s, want %s", language, got, want)
		}
	}
	i18n.Use("en")
	for _, id := range []string{"regions", "standard-error", "channel", "channel-contribution", "layers", "curvature", "biased-layers", "relevance-sum", "score", "steps", "convention-difference"} {
		i18n.Use("zh-Hans")
		if got := factWord(task.Fact{ID: id, Value: 1}, 0); got == strings.ReplaceAll(id, "-", " ")+" 1" {
			t.Errorf("%s has no words", id)
		}
		i18n.Use("en")
	}
}
