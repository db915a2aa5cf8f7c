// Package ui is the window: it wires the screen, the loop and the engine
// together, and owns what belongs to the desktop (menus, keys, dialogs, drops,
// settings).
//
//	err := ui.Run(func() (ui.Engine, error) { return engine.New(...) }, ui.Options{Files: os.Args[1:]})
//
// The window is shown first; the engine is made after it, in the background.
// Only Window.post hands work to that goroutine.
package ui

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/adrg/xdg"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/loop"
	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// ID is the program's name to the desktop, under which settings are kept.
const ID = "app.seewhy.SeeWhy"

// Engine does the work; see loop.Engine.
type Engine = loop.Engine

// Options are what the window is started with; zero values mean the settings
// of last time, or the defaults.
type Options struct {
	// Files are images, folders or a model to open.
	Files []string
	// Model is a reference such as "builtin:NAME" or a path.
	Model string
	// Language is a locale such as "zh_CN"; Theme "system", "light" or "dark".
	Language, Theme string
	// Device is an execution provider's ID.
	Device string
	// Session is the file that what is open is kept in for the next start;
	// empty keeps nothing.
	Session string
	// Clipboard is the desktop's, for pictures and files; nil where there is
	// none for them.
	Clipboard loop.Clipboard
	// Tour shows the tour of the window, unless it was shown before.
	Tour bool
	// Icon is the window's.
	Icon fyne.Resource
}

// UserSession is the session's file in the user's own data.
func UserSession() string { return filepath.Join(xdg.DataHome, "seewhy", "session.json") }

// ErrNoDisplay says that there is no screen to open a window on.
var ErrNoDisplay = errors.New("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set")

// HasDisplay says whether a window can be opened. Without this look Fyne would
// panic.
func HasDisplay() bool {
	switch runtime.GOOS {
	case "darwin", "windows":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// Run opens the window and returns when it is closed. boot makes the engine;
// it runs on a goroutine once the window is there, and what it fails with is
// shown in the window.
func Run(boot func() (Engine, error), o Options) error {
	if !HasDisplay() {
		return ErrNoDisplay
	}
	a := app.NewWithID(ID)
	trustThreads(a)
	if o.Icon != nil {
		a.SetIcon(o.Icon)
	}
	w := newWindow(a, boot, o, fyne.Do)
	leaveOutDepth()
	a.Lifecycle().SetOnStarted(w.start)
	w.win.ShowAndRun()
	w.closed.Store(true)
	w.loop.Close()
	return nil
}

// trustThreads leaves out Fyne's look at the goroutine before each refresh of
// anything, a fifth of the window's time in a walk through pictures. The test
// that drives the program keeps it, and fails on what it finds.
func trustThreads(a fyne.App) {
	if m := a.Metadata().Migrations; m != nil && (os.Getenv(smokeVariable) == "" || os.Getenv("SEEWHY_MEASURE") != "") {
		m["fyneDo"] = true
	}
}

// Window is the program's only window.
type Window struct {
	app    fyne.App
	win    fyne.Window
	loop   *loop.Loop
	screen *screen.Screen
	smoke  *smoke
	closed atomic.Bool
	do     func(func())

	options  state.Options
	shown    state.Settings
	lastPath string
	// pixels is how large the window is to stay on the screen while so many
	// changes of its scale are followed; see keepPixels.
	pixels  fyne.Size
	keeping int
	// recent is what the menu lists.
	recent state.Recent
	// modifiers are the keys such as Shift that are held.
	modifiers func() fyne.KeyModifier
	// watching says that a held key is looked after.
	watching bool

	// table is what keys do, in the language of the moment.
	table []act

	undoItem, redoItem *fyne.MenuItem
	// undoable and redoable are the steps that the menu names.
	undoable, redoable string
}

// newWindow builds the window; do runs a function on its goroutine, as fyne.Do does.
func newWindow(a fyne.App, boot func() (Engine, error), o Options, do func(func())) *Window {
	w := &Window{app: a, do: do, options: settings(a.Preferences(), o), smoke: newSmoke(os.Getenv(smokeVariable))}
	w.loop = loop.New(loop.Config{Boot: boot, Post: w.post, Show: w.show, Remember: a.Preferences().SetString, Session: o.Session, Clipboard: o.Clipboard, Text: func(text string) { a.Clipboard().SetContent(text) }, Timed: w.smoke.timed()})
	w.modifiers = func() fyne.KeyModifier { return heldModifiers(a.Driver()) }
	w.win = a.NewWindow("SeeWhy")
	w.win.SetPadded(false)
	w.win.SetMaster()
	w.win.SetOnDropped(w.OnDropped)
	w.win.SetCloseIntercept(func() {
		w.closed.Store(true)
		w.win.Close()
	})
	w.apply(w.options.Settings)
	w.win.Resize(fyne.NewSize(1280, 800))
	return w
}

// start is called when the window is on the screen.
func (w *Window) start() {
	w.smoke.started(w)
	w.loop.Start(w.options)
}

// post runs f on the window's goroutine, unless the window is closed. It is
// the one place that does.
func (w *Window) post(f func()) {
	if !w.closed.Load() {
		w.do(f)
	}
}

// show draws a state. A changed language or theme rebuilds what depends on it.
func (w *Window) show(s state.State) {
	if s.Settings != w.shown {
		w.apply(s.Settings)
	}
	w.showRecent(s)
	w.screen.Show(s)
	w.showHistory(s)
	w.smoke.show(w, s)
}

// apply sets language and theme and builds the content for them: what is
// built knows its words and colours.
func (w *Window) apply(s state.Settings) {
	if w.screen == nil || s.Theme != w.shown.Theme || s.Scale != w.shown.Scale {
		// The theme's change makes the window look at its scale anew.
		rescale(s.Scale)
		if w.screen != nil && s.Scale != w.shown.Scale {
			w.keepPixels()
		}
		w.app.Settings().SetTheme(look.New(s.Theme))
	}
	i18n.Use(s.Language)
	tellToolkit()
	w.shown = s
	w.build()
	w.win.SetMainMenu(w.menu(s))
}

func (w *Window) build() {
	w.screen = screen.New(screen.Deps{Send: w.loop.Handle, After: w.after, Ask: w.ask, Open: w.app.OpenURL})
	w.win.SetContent(w.screen.Content())
	w.table = w.acts()
	w.keys()
}

func (w *Window) after(d time.Duration, f func()) { time.AfterFunc(d, func() { w.post(f) }) }

// settings are what was remembered, under what was asked for now.
func settings(p fyne.Preferences, o Options) state.Options {
	style := heatmap.DefaultStyle()
	// A colour map that is no longer there would make every map fail.
	if id := p.String("colormap"); id != "" {
		if _, err := heatmap.ColormapByID(id); err == nil {
			style.Colormap = id
		}
	}
	language := pick(o.Language, p.String("language"), locale())
	return state.Options{
		Files: o.Files, Model: o.Model, Style: style, Recent: state.ReadRecent(p.String(state.RecentKey)),
		Device:   pick(o.Device, p.String("device"), task.Auto),
		Settings: state.Settings{Theme: pick(o.Theme, p.String("theme"), look.System), Language: tag(language), Scale: scale(p)},
		Budget:   budget(p),
		TF32:     p.String("tf32") == "true",
		Half:     p.String("float16") == "true",
		Room:     state.ReadRoom(p.String(state.WideKey), p.String(state.StripKey)),
		Tour:     o.Tour && p.String("toured") == "" && os.Getenv(smokeVariable) == "",
	}
}

// tag is the language that a locale means.
func tag(locale string) string {
	before := i18n.Current()
	defer i18n.Use(before)
	i18n.Use(locale)
	return i18n.Current()
}

func locale() string { return pick(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")) }

// pick is the first that is not empty.
func pick(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
