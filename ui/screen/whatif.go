package screen

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// toolBar is the second row over the stage: tools that hide parts of the
// picture or mark them, and what is done with the result.
type toolBar struct {
	*context
	tools   map[state.Tool]*widget.Button
	fill    *widget.Picker
	size    *widget.Fader
	regions *widget.Button
	beside  *widget.Button
	clear   *widget.Button
	row     *fyne.Container
	root    *fyne.Container
	form    *regionForm
}

// fillWidth has room for the longest filling.
const fillWidth float32 = 156

// selecting is the choice, beside the fills, that hides nothing.
const selecting = "select"

func newToolBar(c *context) *toolBar {
	b := &toolBar{context: c, tools: map[state.Tool]*widget.Button{}}
	var objects []fyne.CanvasObject
	for _, k := range []struct {
		tool state.Tool
		icon fyne.Resource
		tip  string
	}{
		{state.BrushTool, look.Brush, i18n.T("Brush (B): paint over what is to be hidden")},
		{state.BoxTool, look.Box, i18n.T("Box (M): drag over a rectangle")},
		{state.LassoTool, look.Lasso, i18n.T("Lasso (O): draw around a part")},
		{state.PickTool, look.Segments, i18n.T("Pieces (G): click and drag over pieces that look alike")},
		{state.EraserTool, look.Eraser, i18n.T("Eraser (E): show the picture as it was")},
	} {
		button := widget.NewButton("", k.icon, widget.Quiet, func() { c.Send(state.ToolPicked{Tool: k.tool}) })
		button.SetTip(c.tips, k.tip)
		b.tools[k.tool] = button
		objects = append(objects, button)
	}
	b.fill = widget.NewPicker("", b.chooseFill)
	b.fill.SetTip(c.tips, i18n.T("What a finished shape does: hide with a filling, or select"))
	b.size = widget.NewFader(func(v float64) { c.Send(state.BrushSized{Radius: radiusAt(v)}) })
	b.beside = widget.NewButton(i18n.T("Original beside"), look.Beside, widget.Quiet, func() { c.Send(state.BesideToggled{}) })
	b.beside.SetTip(c.tips, i18n.T("The original beside the edited picture (C); hold H to see it for a moment"))
	b.regions = widget.NewButton(i18n.T("Regions"), look.Regions, widget.Quiet, b.openRegions)
	b.regions.SetTip(c.tips, i18n.T("Name parts, and see how much of each map lies in them (T)"))
	b.clear = widget.NewButton(i18n.T("Clear"), theme.DeleteIcon(), widget.Quiet, func() { c.Send(state.EditsCleared{}) })
	b.clear.SetTip(c.tips, i18n.T("Show the whole picture again (Backspace)"))
	objects = append(
		objects, container.New(sized{fillWidth, widget.ControlHeight}, b.fill), container.New(sized{84, 22}, b.size),
		b.regions, b.beside, b.clear,
	)
	spares := []*spare{{object: b.clear}, {object: b.regions}, {object: b.beside}, {object: objects[6]}}
	b.row = container.New(row{right: 7, gap: 1, pad: 8, height: toolHeight - 4, spares: spares}, objects...)
	b.root = container.New(headed{toolHeight - 4}, b.row, widget.Line(), widget.Spacer(1, 0))
	b.root.Hide()
	return b
}

// The slider goes by ratios: of small brushes a step matters as much as of
// large ones.
func radiusAt(place float64) float64 {
	return state.LeastRadius * math.Pow(state.MostRadius/state.LeastRadius, place)
}

func radiusPlace(radius float64) float64 {
	return math.Log(radius/state.LeastRadius) / math.Log(state.MostRadius/state.LeastRadius)
}

// show tells whether the bar has come or gone.
func (b *toolBar) show(s state.State) bool {
	k := s.Marking
	changed := b.root.Hidden == k.Open
	b.root.Hidden = !k.Open
	if b.form != nil {
		b.form.show(s)
	}
	if !k.Open {
		return changed
	}
	for tool, button := range b.tools {
		button.SetOn(k.Tool == tool)
		button.SetDisabled(s.Photo.Info == nil)
	}
	b.fill.SetValue(fillWords(k))
	b.size.SetValue(radiusPlace(k.Radius))
	edited := len(s.Edits()) > 0
	original := false
	for _, i := range s.Visible() {
		original = original || s.Panes[i].Original
	}
	b.beside.SetOn(original && edited)
	b.clear.SetDisabled(!edited)
	b.regions.SetOn(len(s.Marking.Selection) > 0)
	return changed
}

// fillTitle names a filling.
func fillTitle(f task.Fill) string {
	switch f {
	case task.FillMean:
		return i18n.T("Mean colour")
	case task.FillNoise:
		return i18n.T("Noise")
	case task.FillGrey:
		return i18n.T("Mid-grey")
	case task.FillInpaint:
		return i18n.T("Surroundings")
	}
	return i18n.T("Blur")
}

func fillWords(k state.Marking) string {
	if k.Selecting {
		return i18n.T("Select")
	}
	return i18n.T("Hide: %s", fillTitle(k.Fill))
}

func (b *toolBar) chooseFill() {
	k := b.state.Marking
	items := []widget.Choice{{Header: true, Title: i18n.T("Hide with")}}
	for _, f := range []struct {
		fill task.Fill
		note string
	}{
		{task.FillBlur, i18n.T("The picture itself, out of focus: colours stay, shapes go.")},
		{task.FillMean, i18n.T("The mean colour of the picture.")},
		{task.FillNoise, i18n.T("A random colour at each pixel.")},
		{task.FillGrey, i18n.T("128 in every channel, as most papers do.")},
		{task.FillInpaint, i18n.T("What is around the shape, continued into it.")},
	} {
		items = append(items, widget.Choice{ID: string(f.fill), Title: fillTitle(f.fill), Note: f.note, Chosen: !k.Selecting && k.Fill == f.fill})
	}
	items = append(
		items, widget.Choice{Header: true, Title: i18n.T("Hide nothing")},
		widget.Choice{ID: selecting, Title: i18n.T("Select"), Note: i18n.T("Mark a part to name it as a region, or to hide it later."), Chosen: k.Selecting},
	)
	choose(b.fill, 300, items, "", func(id string) {
		if id == selecting {
			b.Send(state.SelectingSet{On: true})
			return
		}
		b.Send(state.FillPicked{Fill: task.Fill(id)})
	})
}

// underBar is the stage with the bar of tools over it, where that is seen.
type underBar struct{}

func (underBar) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := float32(0)
	if o[0].Visible() {
		h = o[0].MinSize().Height
		put(o[0], 0, 0, size.Width, h)
	}
	put(o[1], 0, h, size.Width, size.Height-h)
}

func (underBar) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(o[0].MinSize().Width, o[1].MinSize().Width), o[1].MinSize().Height)
}
