package screen

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/heatmap"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/view"
	"seewhy/ui/widget"
)

// Port is a viewport's measures.
type Port = view.Port

// stage is the middle: a tool bar and the panes.
type stage struct {
	*context
	panes   []*pane
	grid    *fyne.Container
	compare *widget.Button
	look    *widget.Button
	layers  *widget.Button
	sweep   *sweepStrip
	parts   *conceptStrip
	tools   *toolBar
	whatIf  *widget.Button
	under   *fyne.Container
	graph   *graphPanel
	beside  *fyne.Container
	body    *fyne.Container
	overlay *overlayForm
	export  *widget.Button
	zoom    *widget.Text
	fader   *widget.Fader
	alpha   *widget.Text
	colours *widget.Picker
	toast   *widget.Toast
	root    fyne.CanvasObject

	// said is the newest toast shown, or -1 before the first state: a window
	// that is built anew does not repeat old words.
	said     int
	colormap string
	visible  []int
	// shape is the aspect that the panes are laid out for.
	shape float32
}

const toolHeight float32 = 44

func newStage(c *context) *stage {
	s := &stage{context: c, toast: widget.NewToast(), said: -1}
	s.grid = container.New(split{s.aspect})
	s.compare = widget.NewButton(i18n.T("Compare"), theme.GridIcon(), widget.Quiet, s.chooseLayout)
	fit := widget.NewButton(i18n.T("Fit"), nil, widget.Quiet, func() { c.Send(state.Fitted{Pane: c.state.Active}) })
	fit.SetTip(c.tips, i18n.T("The whole picture (0)"))
	actual := widget.NewButton("1:1", nil, widget.Quiet, func() { c.Send(state.ActualSized{Pane: c.state.Active, Port: s.port()}) })
	actual.SetTip(c.tips, i18n.T("A pixel of the picture is a pixel of the screen (1)"))
	s.zoom = widget.NewText("100 %").Small()
	s.fader = widget.NewFader(func(a float64) { c.Send(state.AlphaSet{Alpha: a}) })
	s.alpha = widget.NewText("").Small().Aligned(fyne.TextAlignTrailing)
	s.colours = widget.NewPicker("", s.chooseColours)
	s.colours.SetTip(c.tips, i18n.T("Colour map"))
	s.look = widget.NewButton(i18n.T("Overlay"), look.Sliders, widget.Quiet, s.openOverlay)
	s.layers = widget.NewButton(i18n.T("Layers"), look.Layers, widget.Quiet, func() { c.Send(state.SweepToggled{}) })
	for _, b := range []*widget.Button{s.compare, s.look, s.layers} {
		b.SetTip(c.tips, "")
	}
	s.sweep, s.parts = newSweepStrip(c), newConceptStrip(c)
	s.tools = newToolBar(c)
	s.whatIf = widget.NewButton(i18n.T("What if?"), look.WhatIf, widget.Quiet, func() { c.Send(state.ToolsToggled{}) })
	s.whatIf.SetTip(c.tips, "")
	s.graph = newGraphPanel(c)
	s.export = widget.NewButton(i18n.T("Export"), nil, widget.Primary, func() { c.Ask(AskExport) })
	zoom, alpha := container.New(sized{42, 18}, s.zoom), container.New(sized{36, 18}, s.alpha)
	var spares []*spare
	for _, o := range []fyne.CanvasObject{s.look, s.layers, s.compare, s.whatIf, zoom, actual, fit, alpha} {
		spares = append(spares, &spare{object: o})
	}
	bar := container.New(
		row{right: 6, gap: 4, pad: 8, height: toolHeight, spares: spares},
		s.compare, s.layers, s.whatIf, fit, actual, zoom,
		container.New(sized{100, 22}, s.fader), alpha,
		container.New(sized{74, widget.ControlHeight}, s.colours), s.look, s.export,
	)
	s.addPane()
	s.beside = container.New(besideGraph{}, container.NewStack(s.grid, s.toast), s.graph.root)
	s.body = container.New(overStrip{}, s.beside, s.parts.root, s.sweep.root)
	s.under = container.New(underBar{}, s.tools.root, s.body)
	s.root = container.New(headed{toolHeight}, bar, widget.Line(), s.under)
	return s
}

func (s *stage) content() fyne.CanvasObject { return s.root }

func (s *stage) addPane() {
	p := newPane(s.context, len(s.panes))
	s.panes = append(s.panes, p)
	s.grid.Add(p.root)
}

// port is the active pane's viewport.
func (s *stage) port() Port { return s.panes[min(s.state.Active, len(s.panes)-1)].viewport.Port() }

func (s *stage) show(st state.State) {
	s.showPanes(st)
	style := st.Panes[st.Active].Style
	if swept, divided, drawn := s.sweep.show(st), s.parts.show(st), s.graph.show(st); swept || divided || drawn {
		relay(s.body)
		relay(s.beside)
	}
	if s.tools.show(st) {
		relay(s.under)
	}
	s.whatIf.SetOn(st.Marking.Open)
	s.layers.SetOn(st.Sweep.On)
	s.compare.SetOn(st.Shown > 1)
	s.look.SetOn(style.Mode != heatmap.Colours || style.Threshold > 0 || style.Percentile > 0 || style.Contours > 0 || !style.Smooth)
	s.export.SetDisabled(len(st.Exportable()) == 0)
	s.fader.SetValue(style.Alpha)
	s.alpha.SetText(fmt.Sprintf("%.0f %%", style.Alpha*100))
	s.showZoom(st)
	if style.Colormap != s.colormap {
		s.colormap = style.Colormap
		for _, m := range heatmap.Colormaps() {
			if m.ID == s.colormap {
				s.colours.SetSwatch(swatch(m))
			}
		}
	}
	if s.overlay != nil {
		s.overlay.show(st)
	}
	s.showToast(st.Toast)
}

// aspect is the width of the picture by its height, within what panes can be.
func (s *stage) aspect() float32 {
	i := s.state.Photo.Info
	if i == nil || i.Ref.Width <= 0 || i.Ref.Height <= 0 {
		return 1
	}
	return min(max(float32(i.Ref.Width)/float32(i.Ref.Height), 0.3), 3)
}

// showPanes brings the visible panes onto the stage.
func (s *stage) showPanes(st state.State) {
	visible := st.Visible()
	for len(s.panes) < st.Shown {
		s.addPane()
	}
	if aspect := s.aspect(); !slices.Equal(visible, s.visible) || aspect != s.shape {
		s.visible, s.shape = visible, aspect
		for i, p := range s.panes {
			p.root.Hidden = !slices.Contains(visible, i)
		}
		relay(s.grid)
	}
	for _, i := range visible {
		s.panes[i].show(st)
	}
}

func (s *stage) showZoom(st state.State) {
	if st.Photo.Info == nil {
		s.zoom.SetText("")
		return
	}
	port := s.port()
	r := st.Panes[st.Active].View.Place(port)
	if r.W > 0 {
		s.zoom.SetText(fmt.Sprintf("%.0f %%", math.Round(100*r.W*port.Scale/port.PhotoW)))
	}
}

// sayFor is how long a message stays.
const sayFor = 6 * time.Second

func (s *stage) showToast(t state.Toast) {
	first := s.said < 0
	if t.Serial == s.said {
		return
	}
	s.said = t.Serial
	if first {
		return
	}
	s.toast.Say(t.Text, t.Warning)
	s.After(sayFor, func() {
		if s.said == t.Serial {
			s.toast.Say("", false)
		}
	})
}

func (s *stage) chooseColours() {
	var items []widget.Choice
	for _, m := range heatmap.Colormaps() {
		items = append(items, widget.Choice{ID: m.ID, Title: i18n.T(m.Title), Note: i18n.T(m.Note), Swatch: swatch(m), Chosen: m.ID == s.state.Panes[s.state.Active].Style.Colormap})
	}
	choose(s.colours, 390, items, "", func(id string) { s.Send(state.ColormapPicked{ID: id}) })
}

// swatch is a colour map as a strip.
func swatch(m heatmap.Colormap) *canvas.Image {
	img := image.NewRGBA(image.Rect(0, 0, len(m.LUT), 1))
	for i, c := range m.LUT {
		img.SetRGBA(i, 0, color.RGBA(c))
	}
	out := canvas.NewImageFromImage(img)
	out.ScaleMode = canvas.ImageScaleFastest
	out.CornerRadius = 2
	return out
}

// headed is a bar of fixed height, a hairline and the rest.
type headed struct{ height float32 }

func (h headed) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, size.Width, h.height)
	put(o[1], 0, h.height, size.Width, 1)
	put(o[2], 0, h.height+1, size.Width, size.Height-h.height-1)
}

func (h headed) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(o[0].MinSize().Width, o[2].MinSize().Width), h.height+1+o[2].MinSize().Height)
}

// overStrip is the stage with strips under it, those that are seen.
type overStrip struct{}

func (overStrip) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := size.Height
	for i := len(o) - 1; i > 0; i-- {
		if o[i].Visible() {
			strip := o[i].MinSize().Height
			h -= strip
			put(o[i], 0, h, size.Width, strip)
		}
	}
	put(o[0], 0, 0, size.Width, h)
}

func (overStrip) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
