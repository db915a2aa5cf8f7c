package screen

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// barPixels is the number of pixels in a colour bar's strip.
const barPixels = 256

func (p *pane) showFoot(s state.State, k state.Pane) {
	if some := anyNotes(s); p.footer.notes != some {
		p.footer.notes = some
		relay(p.root)
	}
	if k.Overlay == nil || (k.Result == nil && k.Derived == nil) {
		if p.foot.Visible() {
			p.foot.Hide()
		}
		return
	}
	if o := k.Overlay; o != p.barred {
		p.barred = o
		var marks []widget.Mark
		for _, t := range o.Ticks {
			marks = append(marks, widget.Mark{At: t.At, Text: t.Label})
		}
		p.colours.Set(heatmap.ColorBar(o.Style, o.Signed, barPixels, 1), marks)
		p.colours.SetEnds(endWords(o.Range))
		p.colours.SetCut(o.Cut, o.Signed)
		p.colours.Hidden = o.Mixed
	}
	whole := footWords(s, p.index, false)
	p.unit.SetText(whole)
	if p.compact {
		p.unit.SetText(footWords(s, p.index, true))
	}
	words, warning := noteWords(s, k)
	p.note.SetText(words)
	if empty := words == ""; p.note.Visible() == (empty || p.compact) {
		p.note.Hidden = empty || p.compact
		p.note.Refresh()
	}
	p.note.SetColor(look.Muted)
	if warning {
		p.note.SetColor(look.Warning)
	}
	p.summary.SetWarning(warning)
	told := []string{whole}
	if words != "" {
		told = append(told, strings.ReplaceAll(words, "  ·  ", "\n"))
	}
	p.teller.SetWords(strings.Join(told, "\n"))
	p.teller.SetNeeded(p.compact || p.unit.Cut() || p.note.Cut())
	if !p.foot.Visible() {
		p.foot.Show()
	}
}

// endWords are the ends of a scale in three digits; what is nothing beside the
// other end is zero.
func endWords(r heatmap.Range) (low, high string) {
	scale := max(math.Abs(r.Min), math.Abs(r.Max))
	return endWord(r.Min, scale), endWord(r.Max, scale)
}

func endWord(v, scale float64) string {
	size := math.Abs(v)
	switch {
	case size < 1e-4*scale || size == 0:
		return "0"
	case size < 1e-3 || size >= 1e3:
		return heatmap.FormatValue(v)
	}
	return strings.Replace(strconv.FormatFloat(v, 'g', 3, 64), "-", "−", 1)
}

// footWords tell what a pane's map measures; briefly without the class, which
// stands in the head.
func footWords(s state.State, pane int, briefly bool) string {
	k := s.Panes[pane]
	d := k.Derived
	if k.Show == state.ShowMap || d == nil {
		return resultWords(s, pane, briefly)
	}
	return strings.Join([]string{
		i18n.T("rank correlation %s", score(d.Rho)), i18n.T("%s of the strongest tenth in common", percents(d.Overlap)), i18n.T("%d maps", d.Maps),
	}, "  ·  ")
}

// percents writes a share without decimals.
func percents(v float64) string {
	return strings.Replace(fmt.Sprintf("%.0f %%", 100*v), "-", "−", 1)
}

// resultWords are what was explained, and what the method measured on the way.
func resultWords(s state.State, pane int, briefly bool) string {
	r := s.Panes[pane].Result
	name := inWords(s.ModelOf(pane).Info, r.Target.Label)
	what := target.Of(r.Task.Target.Kind)
	share := percent(r.Target.Probability)
	if m := s.ModelOf(pane).Info; m != nil && m.Output == task.Segmentation {
		share = i18n.T("%s of the area", share)
	}
	words := i18n.T(what.Foot, score(r.Value), share)
	switch {
	case r.Task.Like != nil:
		words = i18n.T("likeness to %s: %s", r.Task.Like.Title(func(key string) string { return i18n.T(key) }), score(r.Value))
	case what.Second:
		words = i18n.T("%s rather than %s: %s", name, label(s, pane, r.Task.Target.Rather), score(r.Value))
	case !briefly:
		words = i18n.T("%s: %s", name, words)
	}
	// What says how far to trust the map comes first: the end may be cut, and the
	// answer stands elsewhere too.
	var parts []string
	if s.Panes[pane].Partial {
		parts = append(parts, i18n.T("unfinished"))
	}
	if mean, share, ok := s.Spread(pane); ok {
		// The scale shrinks too while a map sharpens: the share alone may grow.
		parts = append(parts, i18n.T("error ± %s (%s)", fmt.Sprintf("%.2g", mean), percent(share)))
	}
	trust, rest := factWords(r.Facts)
	return strings.Join(slices.Concat(parts, trust, []string{words}, rest), "  ·  ")
}

// anyNotes says whether some pane has notes: all then leave room for them, so
// that the pictures stay level with each other.
func anyNotes(s state.State) bool {
	for _, i := range s.Visible() {
		if k := s.Panes[i]; k.Overlay != nil && (k.Overlay.Flat || k.Overlay.Mixed || k.Overlay.Range.Clipped || len(notes(s, k)) > 0) {
			return true
		}
	}
	return false
}

// notes are those of a pane's map and of the photo.
func notes(s state.State, k state.Pane) []task.Note {
	var out []task.Note
	if k.Result != nil && k.Show == state.ShowMap {
		out = slices.Clip(k.Result.Notes)
	}
	if s.Photo.Info != nil {
		out = append(out, s.Photo.Info.Notes...)
	}
	return out
}

func noteWords(s state.State, k state.Pane) (words string, warning bool) {
	var all []string
	if k.Overlay.Flat {
		all, warning = append(all, i18n.T("The map is flat: no place counts more than another.")), true
	}
	said := notes(s, k)
	for _, urgent := range []bool{true, false} {
		for _, n := range said {
			if n.Warning == urgent {
				all, warning = append(all, note(named(k, n))), warning || n.Warning
			}
		}
	}
	if k.Overlay.Mixed {
		all = append(all, i18n.T("Each place has the colour of the concept that gives most to its activation."))
	}
	if k.Overlay.Range.Clipped {
		all = append(all, i18n.T("The strongest 1 % share the end colour."))
	}
	return strings.Join(all, "  ·  "), warning
}
