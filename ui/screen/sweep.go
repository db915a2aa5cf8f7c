package screen

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// sweepStrip shows the map of every natural layer under the stage; a click
// takes its layer into the pane.
type sweepStrip struct {
	*context
	film  *widget.Filmstrip
	title *widget.Text
	words *widget.Text
	close *widget.Button
	root  *fyne.Container
	last  state.Sweep
	layer string
}

func newSweepStrip(c *context) *sweepStrip {
	s := &sweepStrip{context: c, film: widget.NewFilmstrip(), title: heading("").Whole(), words: widget.NewText("").Small().Aligned(fyne.TextAlignTrailing)}
	s.film.OnPicked = func(i int) {
		if w := c.state.Sweep; i < len(w.Maps) {
			c.Send(state.LayerPicked{Pane: w.Pane, Value: w.Maps[i].Layer.Value})
		}
	}
	s.film.OnMenu = s.menu
	s.close = widget.NewButton(i18n.T("Close"), nil, widget.Quiet, func() { c.Send(state.SweepToggled{}) })
	s.root = container.New(sweepLayout{}, widget.Line(), s.title, s.words, s.close, s.film)
	s.root.Hide()
	return s
}

// show tells whether the strip has come or gone.
func (s *sweepStrip) show(st state.State) bool {
	w := st.Sweep
	changed := s.root.Hidden == w.On
	s.root.Hidden = !w.On
	if !w.On {
		return changed
	}
	layer := ""
	if r := st.Panes[w.Pane].Result; r != nil {
		layer = r.Task.Layer
	}
	if w.Job == s.last.Job && w.Work == s.last.Work && w.Err == s.last.Err && layer == s.layer && same(w.Maps, s.last.Maps) && !changed {
		return false
	}
	s.last, s.layer = w, layer
	title := i18n.T("Every natural layer")
	if st.Shown > 1 {
		title = i18n.T("Every natural layer, pane %d", w.Pane+1)
	}
	s.title.SetText(upper(title))
	at := -1
	for i, m := range w.Maps {
		if m.Layer.Value == layer {
			at = i
		}
	}
	s.words.SetText(sweepWords(w, at))
	s.film.Set(len(w.Maps), s.frame, at)
	return changed
}

// sweepWords tell how the work goes, and of the chosen layer, if any, why its
// map is no explanation.
func sweepWords(w state.Sweep, at int) string {
	switch {
	case w.Err != "":
		return i18n.Tell(w.Err)
	case w.Job != 0 && w.Work.Done > 0:
		return i18n.T("Computing … %.0f %%", 100*w.Work.Done)
	case w.Job != 0:
		return i18n.T("Computing …")
	}
	if at >= 0 && w.Maps[at].Degenerate() {
		var why []string
		for _, k := range w.Maps[at].Wrong() {
			why = append(why, i18n.T(k))
		}
		return layerTitle(w.Maps[at].Layer) + ": " + strings.Join(why, " · ")
	}
	return i18n.T("A click takes the layer into the pane")
}

func (s *sweepStrip) frame(i int) widget.Frame {
	m := s.last.Maps[i]
	f := widget.Frame{Title: layerTitle(m.Layer), KeepEnd: true, Badge: flaw(m), Doubt: m.Degenerate()}
	if i < len(s.last.Thumbs) {
		f.Thumb = s.last.Thumbs[i]
	}
	return f
}

// flaw says in a word or two why a layer's map is no explanation.
func flaw(m task.LayerMap) string {
	switch {
	case m.Vanished:
		return i18n.T("no gradient")
	case m.Empty:
		return i18n.T("empty")
	case m.Same:
		return i18n.T("not by class")
	}
	return ""
}

// sweepLayout is a line of words over a strip.
type sweepLayout struct{}

const sweepHead float32 = 24

func (sweepLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, size.Width, 1)
	title := o[1].MinSize().Width
	put(o[1], 12, 5, title, sweepHead-4)
	w := o[3].MinSize().Width
	put(o[2], title+24, 5, max(size.Width-title-24-w-10, 0), sweepHead-4)
	put(o[3], size.Width-w-4, 3, w, sweepHead)
	put(o[4], 0, sweepHead+1, size.Width, size.Height-sweepHead-1)
}

func (sweepLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, sweepHead+1+o[4].MinSize().Height)
}
