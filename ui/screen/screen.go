// Package screen holds the parts of the window and puts them together. Each
// part shows its share of the state and sends messages; nothing is decided here.
//
//	s := screen.New(screen.Deps{Send: loop.Handle, ...})
//	window.SetContent(s.Content())
//	s.Show(st)
package screen

import (
	"net/url"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// Deps is what the window's parts need from outside.
type Deps struct {
	// Send hands a message over on the window's goroutine.
	Send func(state.Msg)
	// After runs f on the window's goroutine after d.
	After func(d time.Duration, f func())
	// Ask opens the dialog for a file.
	Ask func(Question)
	// Open shows what an address names in the desktop's program for it.
	Open func(*url.URL) error
}

// Question is what a file dialog is opened for.
type Question int

// The questions.
const (
	AskImages Question = iota
	AskFolder
	AskModel
	AskLabels
	AskExport
	AskProject
	AskSaveProject
	// AskSavePicture is for the active pane's picture with its map.
	AskSavePicture
	// AskLike is for the picture that the active pane compares with.
	AskLike
)

// part is one region of the window.
type part interface {
	content() fyne.CanvasObject
	show(s state.State)
}

// Screen is the whole content of the window.
type Screen struct {
	deps   Deps
	parts  []part
	stage  *stage
	answer *answer
	side   *modelPanel
	status *status
	strip  *strip
	body   *fyne.Container
	root   fyne.CanvasObject
	state  state.State
}

// The sides' widths.
const sideWidth float32 = 268

// New builds the content in the language of the moment.
func New(d Deps) *Screen {
	s := &Screen{deps: d}
	ctx := &context{Deps: d, state: &s.state, tips: widget.NewTips(d.After)}
	s.side, s.stage, s.answer = newModelPanel(ctx), newStage(ctx), newAnswer(ctx)
	strip, status := newStrip(ctx), newStatus(ctx)
	s.status = status
	s.strip = strip
	page, tour := newSettingsPage(ctx), newTour(ctx, s)
	hint := newCarryHint(ctx)
	ctx.outside = s.outside
	s.parts = []part{s.side, s.stage, s.answer, strip, status, page, tour, hint}
	s.body = container.New(frame{s}, s.side.content(), widget.Line(), s.stage.content(), widget.Line(), s.answer.content(), widget.Line(), strip.content(), widget.Line(), status.content())
	s.root = container.NewStack(s.body, page.content(), tour.content(), hint.content(), ctx.tips)
	return s
}

// Content is what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.root }

// Show draws a state.
func (s *Screen) Show(st state.State) {
	before := s.state
	s.state = st
	for _, p := range s.parts {
		p.show(st)
	}
	if size := s.body.Size(); before.Room.Wide != st.Room.Wide || (frame{s}).lowStrip(size) != s.strip.low {
		relay(s.body)
		// The photo is larger or smaller now.
		s.stage.showZoom(st)
	}
}

// FocusSearch puts the keyboard into the search over classes.
func (s *Screen) FocusSearch() {
	if s.state.Room.Wide {
		s.deps.Send(state.RoomToggled{})
	}
	s.answer.list.FocusSearch()
}

// OpenRegions opens the list of regions, with its bar of tools.
func (s *Screen) OpenRegions() {
	if s.state.Marking.Open {
		s.stage.tools.openRegions()
		return
	}
	s.deps.Send(state.ToolsToggled{})
	// The list opens under its button, which has no place before the next frame.
	s.deps.After(frameTime, s.stage.tools.openRegions)
}

// frameTime is within which what has come is laid out.
const frameTime = 60 * time.Millisecond

// ActivePort is the viewport that zoom keys act on.
func (s *Screen) ActivePort() Port { return s.stage.port() }

// context is what the parts share.
type context struct {
	Deps
	state *state.State
	tips  *widget.Tips
	// outside says whether a pane that is dragged to a place of the window is
	// saved when it is let go there.
	outside func(fyne.Position) bool
}

// Anchors are the places that a test aims at, by name.
func (s *Screen) Anchors() map[string]fyne.CanvasObject {
	p := s.stage.panes[0]
	return map[string]fyne.CanvasObject{
		"stage": p.viewport, "method": p.method, "settings": p.settings, "layer": p.layer, "class": p.class,
		"regions": s.stage.tools.regions, "beside": s.stage.tools.beside,
		"alpha": s.stage.fader, "overlay": s.stage.look, "layers": s.stage.layers, "export": s.stage.export, "compare": s.stage.compare, "models": s.side.models,
		"film": s.strip.film, "filter": s.strip.bar.search, "mark": s.strip.bar.mark, "confidence": s.strip.bar.share, "sort": s.strip.bar.sort,
	}
}
