package screen

import (
	"image"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/view"
	"seewhy/ui/widget"
)

// pane is one view of the photo: its question above, its colour bar below.
type pane struct {
	*context
	index                int
	method, layer, class *widget.Picker
	settings             *widget.Button
	form                 *form
	head                 *paneHead
	model                *widget.Picker
	says                 *widget.Text
	who                  *fyne.Container
	active               *widget.Surface
	bar                  *widget.Progress
	viewport             *widget.Viewport
	words                *widget.Text
	busy                 *fyne.Container
	doing                *widget.Text
	colours              *widget.Colorbar
	unit, note           *widget.Text
	foot                 *fyne.Container
	footer               *footer
	root                 *fyne.Container

	photo   *task.ImageInfo
	overlay *state.Overlay
	// barred is the overlay whose colour bar is drawn.
	barred *state.Overlay
	// job is the one whose slowness is being waited for; slow says that it
	// has lasted long enough to tell.
	job  state.JobID
	slow bool
}

func newPane(c *context, index int) *pane {
	p := &pane{
		context: c, index: index, active: widget.NewSurface(look.Panel, 0), bar: widget.NewProgress(), viewport: widget.NewViewport(),
		words: widget.NewText("").Wrapped(18).Aligned(fyne.TextAlignCenter).Colored(look.Muted), doing: widget.NewText("").Small(),
		colours: widget.NewColorbar(), unit: widget.NewText("").Small().Aligned(fyne.TextAlignTrailing), note: widget.NewText("").Small(),
	}
	p.method = widget.NewPicker(i18n.T("Method"), p.chooseMethod)
	p.layer = widget.NewPicker(i18n.T("Layer"), p.chooseLayer).KeepEnd()
	p.class = widget.NewPicker(i18n.T("Class"), p.chooseClass)
	p.settings = widget.NewButton("", look.Sliders, widget.Normal, p.chooseParams)
	p.model = widget.NewPicker("", p.chooseModel)
	p.says = widget.NewText("").Small().Whole().Aligned(fyne.TextAlignTrailing)
	p.who = container.New(whoRow{}, p.model, p.says)
	p.who.Hide()
	p.head = &paneHead{}
	p.viewport.OnZoom = func(f, x, y float64, port view.Port) { c.Send(state.Zoomed{Factor: f, X: x, Y: y, Port: port}) }
	p.viewport.OnPan = func(dx, dy float64, port view.Port) { c.Send(state.Panned{DX: dx, DY: dy, Port: port}) }
	p.viewport.OnFit = func() { c.Send(state.Fitted{}) }
	p.viewport.OnActivate = func() { c.Send(state.PaneActivated{Pane: index}) }
	stop := widget.NewButton(i18n.T("Cancel"), nil, widget.Quiet, func() { c.Send(state.Cancelled{}) })
	p.busy = container.New(chip{}, widget.NewSurface(look.Raised, look.RadiusSmall).Outlined(look.Hairline), p.doing, stop)
	p.busy.Hide()
	p.bar.Hide()
	p.footer = &footer{}
	p.foot = container.New(p.footer, p.colours, p.unit, p.note)
	p.root = container.New(
		paneLayout{p.head, p.footer},
		widget.Line(), container.New(questionRow{}, p.method, p.layer, p.class, p.settings), p.active, p.viewport, p.bar, p.words, p.busy, p.foot, p.who,
	)
	return p
}

// patience is how long work may last before it is talked about; what is
// quicker would only flicker.
const patience = 250 * time.Millisecond

func (p *pane) show(s state.State) {
	k := s.Panes[p.index]
	p.showWho(s)
	p.showQuestion(s, k)
	p.showPhoto(s, k)
	p.showBusy(k)
	p.showFoot(s, k)
	if words := p.say(s, k); words != p.words.Text() {
		p.words.SetText(words)
		// How high the words are decides where they stand.
		p.root.Refresh()
	}
	p.words.SetColor(look.Muted)
	if k.Err != "" || s.Photo.Err != "" || s.Phase == state.Failed {
		p.words.SetColor(look.Text)
	}
	if s.Shown > 1 && s.Active == p.index {
		p.active.SetColor(look.Accent)
	} else {
		p.active.SetColor(look.Hairline)
	}
}

func (p *pane) showQuestion(s state.State, k state.Pane) {
	m, _ := s.Method(p.index)
	info := s.ModelOf(p.index).Info
	title := m.Title
	if info == nil {
		title = "–"
	}
	p.method.SetValue(i18n.T(title))
	p.method.SetDisabled(info == nil)
	p.class.SetDisabled(info == nil)
	p.layer.SetDisabled(info == nil || !m.NeedsLayer)
	p.layer.SetCaption(i18n.T("Layer"))
	if m.NeedsLayer && k.Layer == task.Auto {
		p.layer.SetCaption(i18n.T("Auto layer"))
	}
	p.class.SetCaption(i18n.T("Class"))
	if info != nil && k.Class == task.AutoClass {
		p.class.SetCaption(i18n.T("Auto class"))
	}
	p.layer.SetValue(layerName(info, k, m))
	p.class.SetValue(className(s, p.index))
	p.settings.SetDisabled(len(m.Params) == 0 && !m.Seeded)
	p.settings.SetOn(k.Changed(m))
	if p.form != nil {
		p.form.show(s)
	}
}

// showWho tells, where panes are compared, whose answer each shows.
func (p *pane) showWho(s state.State) {
	if side := s.Shown > 1; side != p.head.who {
		p.head.who = side
		p.who.Hidden = !side
		p.root.Refresh()
	}
	if s.Shown == 1 {
		return
	}
	title := i18n.T("No model yet")
	if info := s.ModelOf(p.index).Info; info != nil {
		title = i18n.T(info.Title)
	}
	p.model.SetValue(title)
	p.model.SetDisabled(s.Phase != state.Ready)
	f := s.ForwardOf(p.index).Prediction
	if f == nil || len(f.Order) == 0 {
		if s.ForwardOf(p.index).Job == 0 {
			p.says.SetText("")
		}
		return
	}
	best := f.Order[0]
	if words := label(s, p.index, best) + "  " + percent(f.Scores[best].Probability); words != p.says.Text() {
		p.says.SetText(words)
		// Its width decides the picker's.
		p.who.Refresh()
	}
	p.says.SetColor(look.Text)
	if s.Photo.Info != nil && s.Photo.Info.Truth != "" && s.Photo.Info.Truth != s.Label(p.index, best) && knows(s, p.index, s.Photo.Info.Truth) {
		p.says.SetColor(look.Warning)
	}
}

func layerName(info *task.ModelInfo, k state.Pane, m task.MethodInfo) string {
	switch {
	case info == nil:
		return "–"
	case !m.NeedsLayer:
		return i18n.T("Input pixels")
	case k.Layer == task.Auto && info.Natural >= 0 && info.Natural < len(info.Layers):
		return info.Layers[info.Natural].Name
	case k.Layer == task.Auto:
		return i18n.T("Auto")
	}
	for _, l := range info.Layers {
		if l.Value == k.Layer {
			return l.Name
		}
	}
	return k.Layer
}

func className(s state.State, pane int) string {
	if s.ModelOf(pane).Info == nil {
		return "–"
	}
	if class := s.Panes[pane].Class; class != task.AutoClass {
		return label(s, pane, class)
	}
	if f := s.ForwardOf(pane).Prediction; f != nil && len(f.Order) > 0 {
		return label(s, pane, f.Order[0])
	}
	return i18n.T("Auto")
}

func (p *pane) showPhoto(s state.State, k state.Pane) {
	if s.Photo.Info != p.photo {
		p.photo = s.Photo.Info
		p.viewport.SetSeen(view.Rect{})
		if p.photo == nil {
			p.viewport.SetPhoto(nil, 0, 0)
		} else {
			p.viewport.SetPhoto(s.Photo.Levels, p.photo.Ref.Width, p.photo.Ref.Height)
		}
	}
	p.viewport.SetView(s.View)
	p.viewport.SetAlpha(s.Style.Alpha)
	if k.Overlay != p.overlay {
		p.overlay = k.Overlay
		var img *image.RGBA
		if k.Overlay != nil {
			img = k.Overlay.Image
		}
		p.viewport.SetOverlay(img, k.Overlay != nil && !k.Overlay.Style.Smooth)
		if k.Overlay != nil && k.Result != nil && p.photo != nil {
			r, w, h := k.Result.Region, float64(p.photo.Ref.Width), float64(p.photo.Ref.Height)
			p.viewport.SetSeen(view.Rect{X: r.X0 / w, Y: r.Y0 / h, W: (r.X1 - r.X0) / w, H: (r.Y1 - r.Y0) / h})
		}
	}
}

func (p *pane) showBusy(k state.Pane) {
	if k.Job != p.job {
		p.job, p.slow = k.Job, false
		if job := k.Job; job != 0 {
			p.After(patience, func() {
				if p.job == job {
					p.slow = true
					p.showBusy(p.state.Panes[p.index])
				}
			})
		}
	}
	if k.Job == 0 || !p.slow {
		if p.busy.Visible() {
			p.busy.Hide()
			p.bar.Hide()
		}
		return
	}
	words := i18n.T("Computing …")
	if k.Work.Done > 0 {
		words = i18n.T("Computing … %.0f %%", 100*k.Work.Done)
	}
	p.doing.SetText(words)
	p.bar.Set(k.Work.Done)
	if !p.busy.Visible() {
		p.busy.Show()
		p.bar.Show()
	}
}

// say is what stands in the middle where there is no picture, or no map.
func (p *pane) say(s state.State, k state.Pane) string {
	switch {
	case s.Phase == state.Failed:
		return i18n.T("Nothing can be computed yet.") + "\n\n" + s.Trouble
	case s.Photo.Err != "":
		name := ""
		if it, _ := s.Item(s.Photo.Item); it != nil {
			name = filepath.Base(it.Name)
		}
		return i18n.T("%s cannot be shown.", name) + "\n\n" + s.Photo.Err
	case k.Err != "":
		return i18n.T(k.Err)
	case s.Photo.Info != nil:
		return ""
	case s.Phase == state.Starting:
		return i18n.T("Starting …")
	case len(s.Items) == 0:
		return i18n.T("Drop pictures, a folder or an ONNX model anywhere in this window, or press Ctrl+O.")
	}
	return i18n.T("Opening the picture …")
}

// barPixels is the number of pixels in a colour bar's strip.
const barPixels = 256

func (p *pane) showFoot(s state.State, k state.Pane) {
	if notes := anyNotes(s); p.footer.notes != notes {
		p.footer.notes = notes
		p.root.Refresh()
	}
	if k.Overlay == nil || k.Result == nil {
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
	}
	p.unit.SetText(resultWords(s, p.index))
	words, warning := noteWords(s, k)
	p.note.SetText(words)
	p.note.SetColor(look.Muted)
	if warning {
		p.note.SetColor(look.Warning)
	}
	if !p.foot.Visible() {
		p.foot.Show()
	}
}

// resultWords are what was explained, and what the method measured on the way.
func resultWords(s state.State, pane int) string {
	r := s.Panes[pane].Result
	name := inWords(s.ModelOf(pane).Info, r.Target.Label)
	words := i18n.T("%s: score %s, %s", name, short(r.Value), percent(r.Target.Probability))
	switch r.Task.Target.Kind {
	case task.Probability:
		words = i18n.T("%s: probability %s", name, percent(r.Target.Probability))
	case task.Margin:
		words = i18n.T("%s rather than %s: %s", name, label(s, pane, r.Task.Target.Rather), short(r.Value))
	}
	return strings.Join(append([]string{words}, factWords(r.Facts)...), "  ·  ")
}

// anyNotes says whether some pane has notes: all then leave room for them, so
// that the pictures stay level with each other.
func anyNotes(s state.State) bool {
	for _, k := range s.Panes[:s.Shown] {
		if k.Overlay != nil && k.Result != nil {
			if words, _ := noteWords(s, k); words != "" {
				return true
			}
		}
	}
	return false
}

func noteWords(s state.State, k state.Pane) (words string, warning bool) {
	var all []string
	if k.Overlay.Flat {
		all, warning = append(all, i18n.T("The map is flat: no place counts more than another.")), true
	}
	notes := slices.Clone(k.Result.Notes)
	if s.Photo.Info != nil {
		notes = append(notes, s.Photo.Info.Notes...)
	}
	for _, urgent := range []bool{true, false} {
		for _, n := range notes {
			if n.Warning == urgent {
				all, warning = append(all, note(n)), warning || n.Warning
			}
		}
	}
	if k.Overlay.Range.Clipped {
		all = append(all, i18n.T("The strongest 1 % share the end colour."))
	}
	return strings.Join(all, "  ·  "), warning
}
