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
	body := container.New(frame{}, s.side.content(), widget.Line(), s.stage.content(), widget.Line(), s.answer.content(), widget.Line(), strip.content(), widget.Line(), status.content())
	s.root = container.NewStack(body, page.content(), tour.content(), hint.content(), ctx.tips)
	return s
}

// Content is what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.root }

// Show draws a state.
func (s *Screen) Show(st state.State) {
	s.state = st
	for _, p := range s.parts {
		p.show(st)
	}
}

// FocusSearch puts the keyboard into the search over classes.
func (s *Screen) FocusSearch() { s.answer.list.FocusSearch() }

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

// frame is the window's layout: sides of fixed width, the filmstrip and the
// status line at the bottom, the stage in what is left.
type frame struct{}

const statusHeight float32 = 28

func (frame) Layout(o []fyne.CanvasObject, size fyne.Size) {
	strip := o[6].MinSize().Height
	body := size.Height - strip - statusHeight - 2
	put := func(i int, x, y, w, h float32) {
		o[i].Move(fyne.NewPos(x, y))
		o[i].Resize(fyne.NewSize(w, h))
	}
	put(0, 0, 0, sideWidth, body)
	put(1, sideWidth, 0, 1, body)
	put(2, sideWidth+1, 0, size.Width-2*sideWidth-2, body)
	put(3, size.Width-sideWidth-1, 0, 1, body)
	put(4, size.Width-sideWidth, 0, sideWidth, body)
	put(5, 0, body, size.Width, 1)
	put(6, 0, body+1, size.Width, strip)
	put(7, 0, body+1+strip, size.Width, 1)
	put(8, 0, body+2+strip, size.Width, statusHeight)
}

func (frame) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(2*sideWidth+2+o[2].MinSize().Width, 300+o[6].MinSize().Height)
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
