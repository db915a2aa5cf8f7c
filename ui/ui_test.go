package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/fake"
	"seewhy/ui/look"
	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// desk is the window in Fyne's test driver, with a queue in place of fyne.Do.
type desk struct {
	*Window
	t      *testing.T
	queue  chan func()
	engine *fake.Engine
}

func newDesk(t *testing.T, o Options) *desk {
	a := test.NewTempApp(t)
	d := &desk{t: t, queue: make(chan func(), 10_000), engine: fake.New()}
	d.Window = newWindow(a, func() (Engine, error) { return d.engine, nil }, o, func(f func()) { d.queue <- f })
	t.Cleanup(func() {
		d.closed.Store(true)
		d.loop.Close()
		i18n.Use("en")
	})
	d.start()
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

func heat(s state.State) bool { return s.Panes[0].Overlay != nil && s.Panes[0].Job == 0 }

func TestDrop(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	dir := t.TempDir()
	for _, name := range []string{"b.png", "a.jpg", "notes.txt", "sub folder/c ü.webp"} {
		path := filepath.Join(dir, "pictures", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	model := filepath.Join(dir, "net.onnx")
	if err := os.WriteFile(model, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	d.OnDropped(fyne.NewPos(10, 10), []fyne.URI{storage.NewFileURI(filepath.Join(dir, "pictures")), storage.NewFileURI(model)})
	d.until("pictures and model", func(s state.State) bool {
		return len(s.Items) == 27 && s.Model.Info.Ref.Name == model && s.Photo.Info.Ref.Name == "a.jpg" && heat(s)
	})
	if got := d.loop.State().Items[26].Name; got != "c ü.webp" {
		t.Errorf("last item %q", got)
	}
	web, err := storage.ParseURI("https://example.org/cat.png")
	if err != nil {
		t.Fatal(err)
	}
	d.OnDropped(fyne.Position{}, []fyne.URI{web})
	d.until("words", func(s state.State) bool { return strings.Contains(s.Toast.Text, "cat.png is neither") })
}

func TestKeys(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	c := d.win.Canvas()
	key := func(k fyne.KeyName) { c.OnTypedKey()(&fyne.KeyEvent{Name: k}) }
	first := d.loop.State().Current
	key(fyne.KeyRight)
	if d.loop.State().Current == first {
		t.Error("→ does not walk")
	}
	key(fyne.KeyEnd)
	if s := d.loop.State(); s.Current != s.Items[23].ID {
		t.Error("End does not go to the last picture")
	}
	key(fyne.KeyHome)
	if d.loop.State().Current != first {
		t.Error("Home does not go to the first picture")
	}
	d.until("heat", heat)
	c.OnTypedRune()(']')
	if got := d.loop.State().Panes[0].Style.Alpha; got != 0.55 {
		t.Errorf("alpha %v", got)
	}
	c.OnTypedRune()('+')
	if d.loop.State().Panes[0].View.Fit {
		t.Error("+ does not zoom")
	}
	c.OnTypedRune()('0')
	if !d.loop.State().Panes[0].View.Fit {
		t.Error("0 does not fit")
	}
	if desk, ok := c.(desktop.Canvas); ok {
		desk.OnKeyDown()(&fyne.KeyEvent{Name: fyne.KeySpace})
		if !d.loop.State().Panning {
			t.Error("Space does not let the mouse move the photo")
		}
		desk.OnKeyUp()(&fyne.KeyEvent{Name: fyne.KeySpace})
		if d.loop.State().Panning {
			t.Error("Space stays down")
		}
	}
	c.OnTypedRune()('w')
	c.OnTypedRune()('l')
	if s := d.loop.State(); !s.Panes[0].Wipe.On || s.Links.View {
		t.Error("W and L do nothing")
	}
	c.OnTypedRune()('y')
	d.until("every layer", func(s state.State) bool { return len(s.Sweep.Thumbs) > 0 })
	find(d.win.MainMenu(), fyne.KeyD, fyne.KeyModifierShortcutDefault).Action()
	c.OnTypedRune()('s')
	if s := d.loop.State(); !s.Solo || len(s.Visible()) != 1 {
		t.Error("S does not show a pane alone")
	}
	c.OnTypedRune()('p')
	if s := d.loop.State(); s.Active != 1 || s.Visible()[0] != 1 {
		t.Error("P does not flip to the next pane")
	}
	c.OnTypedRune()('x')
	if s := d.loop.State(); s.Shown != 1 || s.Active != 0 {
		t.Error("X does not close the pane")
	}
	c.OnTypedRune()('?')
	if c.Overlays().Top() == nil {
		t.Error("? shows no sheet")
	}
	key(fyne.KeyEscape)
	if c.Overlays().Top() != nil {
		t.Error("Esc does not close the sheet")
	}
}

// find returns the menu item with a shortcut.
func find(m *fyne.MainMenu, key fyne.KeyName, mod fyne.KeyModifier) *fyne.MenuItem {
	for _, menu := range m.Items {
		for _, i := range menu.Items {
			if s, ok := i.Shortcut.(*desktop.CustomShortcut); ok && s.KeyName == key && s.Modifier == mod {
				return i
			}
		}
	}
	return nil
}

func TestMenu(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	ctrl := fyne.KeyModifierShortcutDefault
	for _, k := range []struct {
		key fyne.KeyName
		mod fyne.KeyModifier
	}{{fyne.KeyO, ctrl}, {fyne.KeyO, ctrl | fyne.KeyModifierShift}, {fyne.KeyE, ctrl}, {fyne.KeyD, ctrl}, {fyne.KeyQ, ctrl}, {fyne.KeyF, ctrl}} {
		if find(d.win.MainMenu(), k.key, k.mod) == nil {
			t.Errorf("no menu item for %v+%s", k.mod, k.key)
		}
	}
	find(d.win.MainMenu(), fyne.KeyD, ctrl).Action()
	if d.loop.State().Shown != 2 {
		t.Error("Ctrl+D does not compare")
	}
	for _, q := range []screen.Question{screen.AskImages, screen.AskFolder, screen.AskModel, screen.AskLabels, screen.AskExport} {
		d.ask(q)
		top := d.win.Canvas().Overlays().Top()
		if top == nil {
			t.Fatalf("no dialog for question %d", q)
		}
		d.win.Canvas().Overlays().Remove(top)
	}
}

func TestLanguageAndThemeChangeAtRunTime(t *testing.T) {
	d := newDesk(t, Options{Language: "en", Theme: look.Light})
	d.until("heat", heat)
	before := d.screen
	d.loop.Handle(state.LanguagePicked{Tag: "zh-Hans"})
	if i18n.Current() != "zh-Hans" || d.screen == before || d.app.Preferences().String("language") != "zh-Hans" {
		t.Error("the language was not changed")
	}
	d.loop.Handle(state.ThemePicked{Theme: look.Dark})
	if got := look.Color(look.Panel); got != look.New(look.Dark).Color(look.Panel, 0) {
		t.Errorf("panel is %v", got)
	}
	d.loop.Handle(state.ItemStepped{By: 1})
	d.until("heat in the new content", func(s state.State) bool { return heat(s) && s.Photo.Item == s.Current })
}

func TestSettingsAreRemembered(t *testing.T) {
	a := test.NewTempApp(t)
	p := a.Preferences()
	p.SetString("theme", look.Dark)
	p.SetString("language", "zh-Hans")
	p.SetString("colormap", "viridis")
	p.SetString("device", "cpu")
	p.SetString("tf32", "true")
	o := settings(p, Options{})
	if o.Settings != (state.Settings{Theme: look.Dark, Language: "zh-Hans", Scale: 1}) || o.Style.Colormap != "viridis" || o.Device != "cpu" || !o.TF32 {
		t.Errorf("%+v", o)
	}
	p.SetString("colormap", "gone")
	o = settings(p, Options{Language: "en_GB.UTF-8", Device: task.Auto})
	if o.Settings.Language != "en" || o.Style.Colormap != "inferno" || o.Device != task.Auto {
		t.Errorf("%+v", o)
	}
}

func TestExportName(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	if got := exportName(d.loop.State()); got != "seewhy.png" {
		t.Errorf("%q", got)
	}
	d.until("heat", heat)
	if got := exportName(d.loop.State()); got != "apple-0-gradcam-mushroom.png" {
		t.Errorf("%q", got)
	}
	if got := clean(`a/b\c:d e` + strings.Repeat("ü", 100)); got != "a-b-c-d-e"+strings.Repeat("ü", 71) {
		t.Errorf("%q", got)
	}
}

func TestNoDisplayIsAnErrorNotAPanic(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if HasDisplay() {
		t.Skip("this system needs no DISPLAY")
	}
	if err := Run(nil, Options{}); err != ErrNoDisplay {
		t.Errorf("%v", err)
	}
}

func TestSmokeLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	t.Setenv(smokeVariable, path)
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	d.loop.Handle(state.AlphaSet{Alpha: 0.25})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"event":"started"`, `"event":"heat","image":"apple-0","layer":"/stage4/block2/relu"`, `"value":0.25`, `"name":"alpha"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in\n%s", want, data)
		}
	}
}
