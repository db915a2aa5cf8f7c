package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/analysis/region"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// regionForm lists the photo's regions, and names new ones.
type regionForm struct {
	*context
	column *fyne.Container
	pop    *fynewidget.PopUp

	// drawn is what the form was built from.
	drawn regionView
	built bool
}

type regionView struct {
	first    *task.Region
	n        int
	selected bool
	nameable bool
	hidden   bool
	photo    bool
	gallery  bool
	// asks says that the model can be asked about a region.
	asks bool
}

// openRegions opens the form under its button.
func (b *toolBar) openRegions() {
	b.form = &regionForm{context: b.context, column: container.New(widget.Column{Width: formWidth - 12, Gap: 6, Pad: 10})}
	b.form.show(*b.state)
	b.form.pop = popUnder(b.regions, b.form.column, formWidth)
}

// regionNames are offered to be picked; any other can be written.
func regionNames() []string {
	return []string{i18n.T("Subject"), i18n.T("Background"), i18n.T("Face"), i18n.T("Text"), i18n.T("Watermark"), i18n.T("Hands")}
}

func (f *regionForm) show(s state.State) {
	if f.pop != nil && !f.pop.Visible() {
		return
	}
	all := s.Regions()
	v := regionView{n: len(all), selected: len(s.Marking.Selection) > 0, nameable: s.Nameable(), hidden: s.Marks.Hidden, photo: s.Photo.Info != nil, gallery: s.InGallery(), asks: asks(s)}
	if len(all) > 0 {
		v.first = &all[0]
	}
	if f.built && v == f.drawn {
		return
	}
	f.drawn, f.built = v, true
	f.column.Objects = f.build(all, v)
	f.column.Refresh()
	if f.pop != nil {
		canvas := fyne.CurrentApp().Driver().CanvasForObject(f.column)
		height := f.column.MinSize().Height + 10
		if canvas != nil {
			height = min(height, canvas.Size().Height-f.pop.Content.Position().Y-16)
		}
		f.pop.Resize(fyne.NewSize(formWidth, height))
	}
}

func (f *regionForm) build(all []task.Region, v regionView) []fyne.CanvasObject {
	out := []fyne.CanvasObject{widget.NewText(i18n.T("Regions of this picture")).Bold()}
	if len(all) == 0 {
		out = append(out, widget.NewText(i18n.T("Name a part of the picture, and each pane tells how much of its map lies there, beside how much of the area does.")).Small().Wrapped(4))
	}
	for i, r := range all {
		out = append(out, f.line(i, r, v.asks))
	}
	if v.asks && len(all) > 0 {
		out = append(out, widget.NewText(i18n.T("The question mark explains the model's answer in that region.")).Small().Wrapped(2))
	}
	if len(all) > 0 {
		outline := widget.NewButton(i18n.T("Outline them"), nil, widget.Normal, func() { f.Send(state.RegionsShown{On: f.state.Marks.Hidden}) })
		outline.SetOn(!v.hidden)
		out = append(out, outline)
	}
	if v.gallery {
		known := widget.NewButton(i18n.T("Take what the gallery knows"), nil, widget.Normal, func() { f.Send(state.KnownRegionsTaken{}) })
		known.SetTip(f.tips, i18n.T("The picture's objects and what misleads, to the pixel"))
		out = append(out, known)
	}
	out = append(out, widget.Spacer(1, 2))
	if !v.nameable {
		pick := widget.NewButton(i18n.T("Select a part with the lasso"), look.Lasso, widget.Normal, func() {
			f.pop.Hide()
			f.Send(state.SelectingSet{On: true})
			if f.state.Marking.Tool != state.LassoTool {
				f.Send(state.ToolPicked{Tool: state.LassoTool})
			}
		})
		pick.SetDisabled(!v.photo)
		return append(out, pick)
	}
	title := i18n.T("Name what is hidden")
	if v.selected {
		title = i18n.T("Name what is selected")
	}
	out = append(out, widget.NewText(title).Bold())
	var chips []fyne.CanvasObject
	for _, name := range regionNames() {
		chips = append(chips, widget.NewButton(name, nil, widget.Normal, func() { f.Send(state.RegionNamed{Name: name}) }))
	}
	out = append(out, container.New(thirds{4}, chips[:3]...), container.New(thirds{4}, chips[3:]...))
	field := widget.NewField(func(text string) { f.Send(state.RegionNamed{Name: text}) })
	field.PlaceHolder = i18n.T("Another name, then Enter")
	field.OnClosed = func() { f.pop.Hide() }
	out = append(out, field)
	if v.selected {
		hide := widget.NewButton(i18n.T("Hide the selection"), nil, widget.Normal, func() { f.Send(state.SelectionHidden{}) })
		drop := widget.NewButton(i18n.T("Drop it"), nil, widget.Normal, func() { f.Send(state.SelectionCleared{}) })
		out = append(out, container.New(thirds{4}, hide, drop))
	}
	return out
}

// line is a region: its colour, its name to be changed, and what can be done
// with it.
func (f *regionForm) line(i int, r task.Region, asks bool) fyne.CanvasObject {
	dot := canvas.NewCircle(region.Color(i))
	name := widget.NewField(func(text string) { f.Send(state.RegionRenamed{Region: i, Name: text}) })
	name.SetValue(r.Name)
	name.OnClosed = func() { f.pop.Hide() }
	hide := widget.NewButton("", theme.VisibilityOffIcon(), widget.Quiet, func() { f.Send(state.RegionHidden{Region: i}) })
	hide.SetTip(f.tips, i18n.T("Hide it from the model"))
	drop := widget.NewButton("", theme.CancelIcon(), widget.Quiet, func() { f.Send(state.RegionDeleted{Region: i}) })
	drop.SetTip(f.tips, i18n.T("Forget this region"))
	if !asks {
		return container.New(regionRow{}, dot, name, hide, drop)
	}
	ask := widget.NewButton("", theme.QuestionIcon(), widget.Quiet, func() { f.Send(state.RegionAsked{Region: i}) })
	ask.SetOn(r.Asked)
	ask.SetTip(f.tips, i18n.T("Explain the model's answer here: a segmentation in this region, a detector's box nearest to it"))
	return container.New(regionRow{}, dot, name, ask, hide, drop)
}

// asks says that a model that is seen can be asked about a part of the picture.
func asks(s state.State) bool {
	for i := range s.Shown {
		if state.Places(s.ModelOf(i)) {
			return true
		}
	}
	return false
}

// regionRow is a dot, a field and two buttons.
type regionRow struct{}

func (regionRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const dot = 11
	b := widget.ControlHeight
	put(o[0], 2, (size.Height-dot)/2, dot, dot)
	buttons := o[2:]
	put(o[1], dot+10, 0, size.Width-dot-10-float32(len(buttons))*(b+2)-2, size.Height)
	for i, button := range buttons {
		put(button, size.Width-float32(len(buttons)-i)*(b+2)+2, (size.Height-b)/2, b, b)
	}
}

func (regionRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, o[1].MinSize().Height)
}
