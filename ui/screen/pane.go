package screen

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

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
	pickers              *fyne.Container
	// small is the whole head of a pane that has no room for more.
	small       *fyne.Container
	summary     *widget.Picker
	solo, close [2]*widget.Button
	card        *paneCard
	reading     *fyne.Container
	parts       *segmentCard
	like        *likeCard
	value       *widget.Text
	active      *widget.Surface
	bar         *widget.Progress
	viewport    *widget.Viewport
	words       *widget.Text
	offers      *offers
	busy        *fyne.Container
	keep        *widget.Button
	doing       *widget.Text
	colours     *widget.Colorbar
	unit, note  *widget.Text
	foot        *fyne.Container
	footer      *footer
	teller      *widget.Teller
	shares      *widget.Shares
	// What is cut in them is told whole where the mouse rests.
	shareTeller *widget.Teller
	// regions is for how many the foot has room.
	regions int
	// edited is what the pane shows: the edited picture or the original.
	edited *widget.Button
	sign   *fyne.Container
	grip   *widget.Grip
	root   *fyne.Container

	photo   *task.ImageInfo
	overlay *state.Overlay
	// barred is the overlay whose colour bar is drawn.
	barred *state.Overlay
	// job is the one whose slowness is being waited for; slow says that it
	// has lasted long enough to tell.
	job  state.JobID
	slow bool
	// asked is what the pickers show.
	asked string
	// compact says that the pane is too small for its full head and foot.
	compact bool
	// narrow says that the buttons of a small head have no room: keys and the
	// pane's menu do the same.
	narrow bool
}

func newPane(c *context, index int) *pane {
	p := &pane{
		context: c, index: index, active: widget.NewSurface(look.Panel, 0), bar: widget.NewProgress(), viewport: widget.NewViewport(),
		words: widget.NewText("").Wrapped(18).Aligned(fyne.TextAlignCenter).Colored(look.Muted), doing: widget.NewText("").Small().Whole(),
		colours: widget.NewColorbar(), unit: widget.NewText("").Small().Aligned(fyne.TextAlignTrailing), note: widget.NewText("").Small(),
	}
	p.method = widget.NewPicker(i18n.T("Method"), func() { p.chooseMethod(p.method) })
	p.layer = widget.NewPicker(i18n.T("Layer"), func() { p.chooseLayer(p.layer) })
	p.class = widget.NewPicker(i18n.T("Class"), func() { p.chooseClass(p.class) })
	p.settings = widget.NewButton("", look.Sliders, widget.Normal, func() { p.chooseParams(p.settings) })
	p.settings.SetTip(c.tips, i18n.T("The method's settings"))
	p.pickers = container.New(questionRow{}, p.method, p.layer, p.class, p.settings)
	p.model = widget.NewPicker("", func() { p.chooseModel(p.model) })
	p.says = widget.NewText("").Small().Whole().Aligned(fyne.TextAlignTrailing)
	for i := range 2 {
		p.solo[i] = widget.NewButton("", theme.ViewFullScreenIcon(), widget.Quiet, func() { c.Send(state.PaneSoloed{Pane: index}) })
		p.close[i] = widget.NewButton("", theme.CancelIcon(), widget.Quiet, func() { c.Send(state.PaneClosed{Pane: index}) })
		p.solo[i].SetTip(c.tips, i18n.T("This pane alone (S)"))
		p.close[i].SetTip(c.tips, i18n.T("Close the pane (X)"))
	}
	p.who = container.New(whoRow{}, p.model, p.says, p.solo[0], p.close[0])
	p.who.Hide()
	p.summary = widget.NewPicker("", p.openCard)
	p.small = container.New(smallRow{}, p.summary, p.solo[1], p.close[1])
	p.small.Hide()
	p.head = &paneHead{}
	p.wire()
	stop := widget.NewButton(i18n.T("Cancel"), nil, widget.Quiet, func() { c.Send(state.Cancelled{}) })
	p.keep = widget.NewButton(i18n.T("Stop and keep"), nil, widget.Quiet, func() { c.Send(state.Kept{Pane: index}) })
	p.keep.Hide()
	p.busy = container.New(chip{}, widget.NewSurface(look.Raised, look.RadiusSmall).Outlined(look.Hairline), p.doing, p.keep, stop)
	p.busy.Hide()
	p.value = widget.NewText("").Small().Colored(look.Text).Whole()
	p.reading = container.New(readingChip{}, widget.NewSurface(look.Raised, 4), p.value)
	p.reading.Hide()
	p.bar.Hide()
	p.footer = &footer{}
	p.shares, p.shareTeller = widget.NewShares(), widget.NewTeller(c.tips)
	p.edited = p.newEditedButton()
	// The button's own ground lets the photo through.
	p.sign = container.NewStack(widget.NewSurface(look.Panel, look.RadiusSmall), p.edited)
	p.sign.Hide()
	p.teller = widget.NewTeller(c.tips)
	p.foot = container.New(p.footer, p.colours, p.unit, p.note, p.teller)
	p.offers = newOffers(p)
	p.root = container.New(
		paneLayout{p},
		widget.Line(), p.pickers, p.active, p.viewport, p.bar, p.offers.ground, p.words, p.busy, p.foot, p.who, p.small, p.reading,
		p.shares, p.sign, p.offers.root,
	)
	p.parts, p.grip = newSegmentCard(p), p.newGrip()
	p.like = newLikeCard(p)
	p.root.Add(p.like.root)
	p.root.Add(p.parts.root)
	p.root.Add(p.grip)
	p.root.Add(p.shareTeller)
	return p
}

// wire sends what is done in the viewport.
func (p *pane) wire() {
	c, index, v := p.context, p.index, p.viewport
	v.Later = c.After
	v.OnZoom = func(f, x, y float64, port view.Port) {
		c.Send(state.Zoomed{Pane: index, Factor: f, X: x, Y: y, Port: port})
	}
	v.OnPan = func(dx, dy float64, port view.Port) { c.Send(state.Panned{Pane: index, DX: dx, DY: dy, Port: port}) }
	v.OnMenu = p.menu
	v.OnFit = func() { c.Send(state.Fitted{Pane: index}) }
	v.OnActivate = func() {
		if c.state.Active != index {
			c.Send(state.PaneActivated{Pane: index})
		}
	}
	v.OnPoint = func(x, y float64, on bool) {
		if on || c.state.Pointer.On {
			c.Send(state.PointerMoved{Pane: index, X: x, Y: y, On: on})
		}
	}
	p.wireTool()
	v.OnWipe = func(at float64) { c.Send(state.WipeSet{Pane: index, At: at}) }
}

// patience is how long work may last before it is talked about; what is
// quicker would only flicker.
const patience = 250 * time.Millisecond

func (p *pane) show(s state.State) {
	k := s.Panes[p.index]
	p.showWho(s)
	p.showQuestion(s, k)
	p.showSmall(s, k)
	p.showPhoto(s, k)
	p.showPointer(s, k)
	p.parts.show(s, k)
	p.like.show(s, k)
	p.showBusy(k)
	p.showFoot(s, k)
	p.showMarking(s, k)
	p.showShares(s, k)
	offered := p.offers.show(s)
	if words := p.say(s, k); offered || words != p.words.Text() {
		p.words.SetText(words)
		// How high the words are decides where they stand.
		relay(p.root)
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

func (p *pane) showPhoto(s state.State, k state.Pane) {
	if s.Photo.Info != p.photo {
		p.photo = s.Photo.Info
		p.viewport.SetSeen(view.Rect{})
		if p.photo == nil {
			p.viewport.SetPhoto(nil, 0, 0)
		} else {
			p.viewport.SetPhoto(s.LevelsOf(p.index), p.photo.Ref.Width, p.photo.Ref.Height)
		}
	}
	if p.photo != nil {
		p.viewport.SetLevels(s.LevelsOf(p.index))
	}
	p.viewport.SetView(k.View)
	alpha := k.Style.Alpha
	if s.Marking.Peek {
		alpha = 0
	}
	p.viewport.SetAlpha(alpha)
	p.viewport.SetPanning(s.Panning)
	wipe := -1.0
	if k.Wipe.On {
		wipe = k.Wipe.At
	}
	p.viewport.SetWipe(wipe)
	p.viewport.SetLines(k.Switches.Outline)
	p.viewport.OnPress = nil
	if len(s.Boxes(p.index)) > 1 && !s.Marks.Hidden && s.Marking.Tool == state.NoTool {
		p.viewport.OnPress = func(x, y float64) { p.Send(state.BoxPressed{Pane: p.index, X: x, Y: y}) }
	}
	if k.Switches.On {
		p.viewport.OnPress = func(x, y float64) { p.Send(state.SegmentPressed{Pane: p.index, X: x, Y: y}) }
	}
	if k.Overlay != p.overlay {
		p.overlay = k.Overlay
		var img *image.RGBA
		if k.Overlay != nil {
			img = k.Overlay.Image
		}
		p.viewport.SetOverlay(img, k.Overlay != nil && !k.Overlay.Style.Smooth)
		if k.Overlay != nil && k.Result != nil && p.photo != nil && k.Show == state.ShowMap {
			r, w, h := k.Result.Region, float64(p.photo.Ref.Width), float64(p.photo.Ref.Height)
			p.viewport.SetSeen(view.Rect{X: r.X0 / w, Y: r.Y0 / h, W: (r.X1 - r.X0) / w, H: (r.Y1 - r.Y0) / h})
		}
	}
}

// showPointer marks where the mouse is over any pane, and tells the value there.
func (p *pane) showPointer(s state.State, k state.Pane) {
	p.viewport.SetCross(s.Pointer.X, s.Pointer.Y, s.Pointer.On)
	words := ""
	if r, ok := s.Reading(p.index); ok {
		words = heatmap.FormatValue(r.Raw)
		if r.Error > 0 {
			words += " ± " + endWord(r.Error, r.Error)
		}
		words += "  ·  " + percents(r.Scaled)
		if k.Show == state.ShowMap && k.Result != nil && s.Shown > 1 && !p.compact {
			words += "  ·  " + i18n.T("pane %d", p.index+1)
		}
	}
	if words == "" {
		if p.reading.Visible() {
			p.reading.Hide()
		}
		return
	}
	if p.value.Text() != words {
		p.value.SetText(words)
		p.reading.Resize(p.reading.MinSize())
	}
	if !p.reading.Visible() {
		p.reading.Show()
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
		if k.Work.Left > 0 {
			words = i18n.T("Computing … %.0f %%, %s left", 100*k.Work.Done, i18n.T("%d s", max(int(k.Work.Left.Seconds()+.5), 1)))
		}
	}
	if p.doing.Text() != words || p.keep.Hidden == k.Partial {
		p.doing.SetText(words)
		p.keep.Hidden = !k.Partial
		// How wide the words are decides where they stand.
		relay(p.root)
		relay(p.busy)
	}
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
		return i18n.T("Nothing can be computed yet.") + "\n\n" + i18n.Tell(s.Trouble)
	case s.Photo.Err != "":
		name := ""
		if it, _ := s.Item(s.Photo.Item); it != nil {
			name = it.Title()
		}
		return i18n.T("%s cannot be shown.", name) + "\n\n" + i18n.Tell(s.Photo.Err)
	case k.Err != "":
		return i18n.Tell(k.Err)
	case s.Photo.Info != nil && s.Wanting(p.index) != "":
		return s.Wanting(p.index)
	case s.Photo.Info != nil:
		return ""
	case s.Phase == state.Starting:
		return i18n.T("Starting …")
	case len(s.Items) == 0:
		return i18n.T("Drop pictures, a folder or an ONNX model anywhere in this window, or press Ctrl+O.")
	}
	return i18n.T("Opening the picture …")
}
