package screen

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"seewhy/assets/i18n"
	"seewhy/ui/fake"
	"seewhy/ui/look"
	"seewhy/ui/loop"
	"seewhy/ui/state"
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

func thumbs(s state.State) bool {
	for _, it := range s.Items[:8] {
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

func TestLook(t *testing.T) {
	for _, c := range []struct {
		theme, language string
		w, h            float32
	}{{look.Dark, "en", 1280, 772}, {look.Light, "zh-Hans", 1280, 772}} {
		t.Run(c.theme+c.language, func(t *testing.T) {
			d := newDesk(t, c.theme, c.language, c.w, c.h, state.Options{})
			d.shot(c.theme + "-" + c.language + "-start")
			d.until("heat", heat)
			d.until("thumbnails", thumbs)
			d.shot(c.theme + "-" + c.language + "-heat")
			d.loop.Handle(state.CompareToggled{})
			d.until("second pane", heat)
			d.loop.Handle(state.RatherPicked{Pane: 1, Class: 3})
			d.until("margin", heat)
			d.shot(c.theme + "-" + c.language + "-compare")
			test.Tap(d.stage.panes[0].layer)
			d.shot(c.theme + "-" + c.language + "-layers")
		})
	}
}
