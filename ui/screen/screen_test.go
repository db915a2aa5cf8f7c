package screen

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/fake"
	"seewhy/ui/look"
	"seewhy/ui/loop"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// desk is the whole window's content in Fyne's test driver, over an engine of
// formulas, with a queue for the messages.
type desk struct {
	*Screen
	t      *testing.T
	window fyne.Window
	loop   *loop.Loop
	engine *fake.Engine
	asked  []Question
	opened []string
	queue  chan func()
	timers []func()
}

func newDesk(t *testing.T, theme, language string, w, h float32, o state.Options) *desk {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(theme))
	i18n.Use(language)
	t.Cleanup(func() { i18n.Use("en") })
	d := &desk{t: t, engine: fake.New(), queue: make(chan func(), 10_000)}
	d.loop = loop.New(loop.Config{
		Boot: func() (loop.Engine, error) { return d.engine, nil },
		Post: func(f func()) { d.queue <- f },
		Show: func(s state.State) { d.Show(s) },
	})
	t.Cleanup(d.loop.Close)
	d.Screen = New(Deps{
		Send:  func(m state.Msg) { d.loop.Handle(m) },
		After: func(_ time.Duration, f func()) { d.timers = append(d.timers, f) },
		Ask:   func(q Question) { d.asked = append(d.asked, q) },
		Open: func(u *url.URL) error {
			d.opened = append(d.opened, u.String())
			return nil
		},
	})
	d.window = test.NewWindow(d.Content())
	d.window.SetPadded(false)
	d.window.Resize(fyne.NewSize(w, h))
	d.loop.Start(o)
	return d
}

func (d *desk) until(what string, done func(state.State) bool) {
	d.t.Helper()
	late := time.After(20 * time.Second)
	for !done(d.loop.State()) {
		select {
		case f := <-d.queue:
			f()
		case <-late:
			d.t.Fatalf("never: %s", what)
		}
	}
}

func heat(s state.State) bool {
	for _, p := range s.Panes[:s.Shown] {
		if p.Overlay == nil || p.Job != 0 {
			return false
		}
	}
	return s.Forward.Prediction != nil
}

func thumbs(s state.State) bool { return thumbed(s, 8) }

// thumbed says that the first pictures of the filmstrip show all they will.
func thumbed(s state.State, first int) bool {
	for _, it := range s.Items[:first] {
		if it.Thumb == nil || it.Label == "" {
			return false
		}
	}
	return true
}

// shot saves a picture of the window where SEEWHY_SHOTS names a folder.
func (d *desk) shot(name string) image.Image {
	img := d.window.Canvas().Capture()
	if dir := os.Getenv("SEEWHY_SHOTS"); dir != "" {
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			d.t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, img); err != nil {
			d.t.Fatal(err)
		}
	}
	return img
}

// TestLook walks through the window in both themes and languages. With
// SEEWHY_SHOTS set it leaves pictures to look at; always, nothing may be cut
// off: every part must have the room that it asks for.
func TestLook(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	for _, c := range []struct {
		theme, language string
		w, h            float32
	}{{look.Dark, "en", 1280, 772}, {look.Light, "zh-Hans", 1280, 772}, {look.Light, "en", 1920, 1052}} {
		name := fmt.Sprintf("%s-%s-%.0f", c.theme, c.language, c.w)
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, c.theme, c.language, c.w, c.h, state.Options{})
			d.shot(name + "-start")
			d.until("heat", heat)
			d.until("thumbnails", thumbs)
			d.shot(name + "-heat")
			d.loop.Handle(state.CompareToggled{})
			d.until("second pane", heat)
			d.loop.Handle(state.RatherPicked{Pane: 1, Class: 3})
			d.until("margin", heat)
			d.shot(name + "-compare")
			for _, k := range d.window.Content().(*fyne.Container).Objects {
				if min, size := k.MinSize(), k.Size(); size.Width < min.Width-0.5 {
					t.Errorf("a part is %v wide and needs %v", size.Width, min.Width)
				}
			}
			test.Tap(d.stage.panes[0].layer)
			d.shot(name + "-layers")
		})
	}
}

func TestHeatIsShownOverThePhoto(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	p := d.stage.panes[0]
	middle := func() color.Color {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.viewport)
		return d.window.Canvas().Capture().At(int(at.X+p.viewport.Size().Width*0.6), int(at.Y+p.viewport.Size().Height*0.6))
	}
	d.loop.Handle(state.AlphaSet{Alpha: 0})
	plain := middle()
	d.loop.Handle(state.AlphaSet{Alpha: 1})
	full := middle()
	if plain == full {
		t.Errorf("the map is not seen: %v", full)
	}
	if d.engine.Explains() != 1 {
		t.Errorf("the slider computed %d maps", d.engine.Explains()-1)
	}
	if got := d.stage.alpha.Text(); got != "100 %" {
		t.Errorf("label %q", got)
	}
}

func TestPickersAskTheEngine(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	p := d.stage.panes[0]
	pick := func(anchor fyne.Tappable, title string) {
		t.Helper()
		test.Tap(anchor)
		top := d.window.Canvas().Overlays().Top()
		if top == nil {
			t.Fatalf("no list for %q", title)
		}
		list := top.(*fynewidget.PopUp).Content.(*widget.Choices)
		for _, k := range title {
			test.Type(list.Focus(), string(k))
		}
		list.Focus().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if d.window.Canvas().Overlays().Top() != nil {
			t.Errorf("the list stays open after %q", title)
		}
	}
	pick(p.layer, "stage1.block1")
	d.until("layer", func(s state.State) bool {
		r := s.Panes[0].Result
		return r != nil && r.Task.Layer == "/stage1/block1/relu"
	})
	if got := p.layer.Value(); got != "stage1.block1" {
		t.Errorf("layer shown as %q", got)
	}
	pick(p.class, "umbrella")
	d.until("class", func(s state.State) bool { return s.Panes[0].Result.Target.Label == "umbrella" })
	if got := p.class.Value(); got != "umbrella" {
		t.Errorf("class shown as %q", got)
	}
	if !d.answer.follow.Visible() {
		t.Error("there is no way back to the model's answer")
	}
	test.Tap(d.answer.follow)
	d.until("auto", func(s state.State) bool { return s.Panes[0].Job == 0 && s.Panes[0].Class == -1 })
	pick(p.layer, "Auto")
	pick(d.side.models, "biased")
	d.until("model", func(s state.State) bool { return s.Model.Info.Ref.Name == "seewhy-scenes-biased" && heat(s) })
	if got := d.side.gradients.Text(); got != "Exact gradients for 97 % of the operations. No rule for GridSample (/warp/GridSample). What still works: Grad-CAM, LIME, Deep Feature Factorization, Saliency." {
		t.Errorf("%q", got)
	}
	if d.side.guessed.Text() == "" {
		t.Error("a guess must be named as one")
	}
}

func TestWordsForTrouble(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{Files: []string{"/nowhere/notes.txt"}})
	d.until("words", func(s state.State) bool { return s.Toast.Text == "notes.txt is neither a picture nor an ONNX model." })
	d.until("heat", heat)
	d.loop.Handle(state.FilesSorted{Images: []string{"/p/broken.png"}})
	d.until("failure", func(s state.State) bool { return s.Photo.Err != "" })
	if got := d.stage.panes[0].words.Text(); got != "broken.png cannot be shown.\n\nbroken.png is not a picture: it begins like a text file" {
		t.Errorf("%q", got)
	}
	d.loop.Handle(state.ModelPicked{Ref: "/m/broken.onnx"})
	d.until("model failure", func(s state.State) bool { return s.Model.Err != "" })
	if d.side.trouble.Text() == "" || d.side.title.Text() != "SeeWhy Scenes (honest)" {
		t.Error("the old model stays and the failure is told")
	}
	d.loop.Handle(state.EngineFailed{Err: "no library: run make setup"})
	if got := d.stage.panes[0].words.Text(); got != "Nothing can be computed yet.\n\nno library: run make setup" {
		t.Errorf("%q", got)
	}
}

func TestErrorsAreToldInTheWindowsLanguage(t *testing.T) {
	d := newDesk(t, look.Dark, "zh-Hans", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.ExplainFailed{Job: 0})
	d.loop.Handle(state.MethodPicked{ID: "saliency"})
	d.loop.Handle(state.ExplainFailed{Job: d.loop.State().Panes[0].Job, Err: "Saliency on m: not enough memory"})
	if got := d.stage.panes[0].words.Text(); got != "显著图，模型 m：内存不足" {
		t.Errorf("%q", got)
	}
}

func TestSlowWorkIsToldAndCanBeStopped(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.engine.Slow(time.Hour)
	d.loop.Handle(state.MethodPicked{ID: "saliency"})
	p := d.stage.panes[0]
	if p.busy.Visible() {
		t.Error("quick work must not flicker")
	}
	for _, f := range d.timers {
		f()
	}
	if !p.busy.Visible() || !p.bar.Visible() {
		t.Error("slow work is not told")
	}
	d.loop.Handle(state.Cancelled{})
	if p.busy.Visible() || d.loop.State().Panes[0].Job != 0 {
		t.Error("not stopped")
	}
}

// The answer to one picture does not stand beside another for long.
func TestAnOldAnswerDoesNotStay(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	old := d.answer.top.Text()
	d.loop.Handle(state.ItemPicked{Item: d.state.FilmItem(3).ID})
	d.until("the next picture, without an answer", func(s state.State) bool { return s.Forward.Job != 0 && s.Forward.Prediction == nil })
	if got := d.answer.top.Text(); got != old {
		t.Errorf("a quick answer must not flicker: %q", got)
	}
	for _, f := range d.timers {
		f()
	}
	if got := d.answer.top.Text(); got != "–" {
		t.Errorf("%q stays beside another picture", got)
	}
	d.until("its answer", func(s state.State) bool { return s.Forward.Prediction != nil })
	if got := d.answer.top.Text(); got == "–" {
		t.Error("the answer is not shown")
	}
}

func TestDialogsAreAskedFor(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	test.Tap(d.stage.export)
	test.Tap(d.side.labels)
	if !reflect.DeepEqual(d.asked, []Question{AskExport, AskLabels}) {
		t.Errorf("%v", d.asked)
	}
}

// A theme may change while the window is open, by the system's hand: nothing
// may keep the old colours.
func TestThemeChangeReachesEverything(t *testing.T) {
	// The frames in sight: the last is cut at the window's edge.
	inSight := func(s state.State) bool { return thumbed(s, 12) }
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.until("thumbnails", inSight)
	fyne.CurrentApp().Settings().SetTheme(look.New(look.Light))
	changed := d.shot("theme-changed")
	fresh := newDesk(t, look.Light, "en", 1280, 772, state.Options{})
	fresh.until("heat", heat)
	fresh.until("thumbnails", inSight)
	want := fresh.shot("theme-fresh")
	// The status line tells times and what still runs.
	size := want.Bounds()
	size.Max.Y -= int(statusHeight)
	differ := image.Rectangle{}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			if changed.At(x, y) != want.At(x, y) {
				differ = differ.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if !differ.Empty() {
		t.Errorf("in %v the window differs from one that was light from the start", differ)
	}
}
