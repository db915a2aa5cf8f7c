package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// conceptStrip shows, under the stage, all concepts that the active pane's
// layer was divided into: in one picture, then each. A click shows it in the
// pane.
type conceptStrip struct {
	*context
	film  *widget.Filmstrip
	title *widget.Text
	words *widget.Text
	root  *fyne.Container
	last  state.ConceptStrip
	at    int
}

func newConceptStrip(c *context) *conceptStrip {
	s := &conceptStrip{context: c, film: widget.NewFilmstrip(), title: heading("").Whole(), words: widget.NewText("").Small().Aligned(fyne.TextAlignTrailing)}
	s.film.OnPicked = func(i int) { c.Send(state.ConceptPicked{Pane: c.state.Concepts.Pane, Concept: i}) }
	s.root = container.New(sweepLayout{}, widget.Line(), s.title, s.words, widget.Spacer(6, 1), s.film)
	s.root.Hide()
	return s
}

// show tells whether the strip has come or gone.
func (s *conceptStrip) show(st state.State) bool {
	w := st.Concepts
	on := w.Of != nil
	changed := s.root.Hidden == on
	s.root.Hidden = !on
	if !on {
		return changed
	}
	k := st.Panes[w.Pane]
	at := w.Of.ShownConcept() + 1
	if k.Mixed {
		at = 0
	}
	if w.Of == s.last.Of && w.Pane == s.last.Pane && same(w.Thumbs, s.last.Thumbs) && at == s.at && !changed {
		return false
	}
	s.last, s.at = w, at
	title := i18n.T("Concepts of the layer")
	if st.Shown > 1 {
		title = i18n.T("Concepts of the layer, pane %d", w.Pane+1)
	}
	s.title.SetText(upper(title))
	s.words.SetText(i18n.T("Under each: its share of the activation, and what it scores for %s by itself", inWords(st.ModelOf(w.Pane).Info, w.Of.Target.Label)))
	s.film.Set(len(w.Of.Concepts)+1, s.frame, at)
	return changed
}

func (s *conceptStrip) frame(i int) widget.Frame {
	f := widget.Frame{Title: i18n.T("All in one")}
	if i > 0 {
		c := s.last.Of.Concepts[i-1]
		f.Title = percents(c.Share) + "  ·  " + score(c.Score)
	}
	if i < len(s.last.Thumbs) {
		f.Thumb = s.last.Thumbs[i]
	}
	return f
}
