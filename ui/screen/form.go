package screen

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// form is the settings of a pane's method, made from the method's table entry.
type form struct {
	*context
	pane   int
	method string
	rows   []*formRow
	seed   *widget.Field
	size   *sizeRow
	preset map[string]*widget.Button
	reset  *widget.Button
	column *fyne.Container
	pop    *fynewidget.PopUp
}

// formRow is one parameter: a list where it has choices, else a slider and a field.
type formRow struct {
	param task.Param
	list  *widget.Picker
	fader *widget.Fader
	field *widget.Field
}

const formWidth float32 = 320

// chooseParams opens the settings under their button.
func (p *pane) chooseParams(anchor fyne.CanvasObject) {
	m, ok := p.state.Method(p.index)
	if !ok {
		return
	}
	p.form = newForm(p.context, p.index, m)
	p.form.show(*p.state)
	p.form.open(anchor)
}

func newForm(c *context, pane int, m task.MethodInfo) *form {
	f := &form{context: c, pane: pane, method: m.ID, preset: map[string]*widget.Button{}}
	objects := []fyne.CanvasObject{widget.NewText(i18n.T(m.Title)).Bold()}
	if len(m.Presets) > 0 {
		var row []fyne.CanvasObject
		for _, k := range m.Presets {
			b := widget.NewButton(i18n.T(k.Title), nil, widget.Normal, func() { c.Send(state.MethodPresetPicked{Pane: pane, ID: k.ID}) })
			f.preset[k.ID] = b
			row = append(row, b)
		}
		objects = append(objects, container.New(thirds{5}, row...))
	}
	for _, k := range m.Params {
		r := &formRow{param: k}
		f.rows = append(f.rows, r)
		objects = append(objects, widget.Spacer(1, 2))
		title := widget.NewText(i18n.T(k.Title))
		if len(k.Choices) > 0 {
			r.list = widget.NewPicker("", func() { f.chooseOne(r) })
			objects = append(objects, title, r.list)
		} else {
			r.field = f.newField(func(text string) { f.write(r, text) })
			r.fader = widget.NewFader(func(at float64) { f.set(r, state.ParamAt(k, at), true) })
			if k.Max > k.Min {
				r.fader.Notch = max(r.fader.Notch, k.Step/(k.Max-k.Min))
			}
			objects = append(objects, container.New(fieldRow{}, title, r.field, widget.NewText(i18n.T(k.Unit)).Small().Whole()), r.fader)
		}
		objects = append(objects, widget.NewText(i18n.T(k.Help)).Small().Wrapped(3))
	}
	if m.Seeded {
		f.seed = f.newField(f.writeSeed)
		objects = append(
			objects, widget.Spacer(1, 2),
			container.New(fieldRow{}, widget.NewText(i18n.T("Seed")), f.seed, widget.NewText("").Whole()),
			widget.NewText(i18n.T("Where random numbers begin: the same seed gives the same map.")).Small().Wrapped(3),
		)
	}
	if f.size = newSizeRow(f); f.size != nil {
		objects = append(objects, f.size.objects...)
	}
	f.reset = widget.NewButton(i18n.T("Reset to defaults"), nil, widget.Normal, func() { c.Send(state.ParamsReset{Pane: pane}) })
	objects = append(objects, widget.Spacer(1, 4), f.reset)
	f.column = container.New(widget.Column{Width: formWidth - 12, Gap: 4, Pad: 10}, objects...)
	return f
}

func (f *form) newField(committed func(string)) *widget.Field {
	field := widget.NewField(committed)
	field.OnClosed = func() { f.close() }
	return field
}

// open shows the form under an object.
func (f *form) open(anchor fyne.CanvasObject) { f.pop = popUnder(anchor, f.column, formWidth) }

func (f *form) close() {
	if f.pop != nil {
		f.pop.Hide()
	}
}

// show fills the form with the pane's values; the settings of another method
// would be another form.
func (f *form) show(s state.State) {
	if f.pop != nil && !f.pop.Visible() {
		return
	}
	k := s.Panes[f.pane]
	if f.pop != nil && (k.Method != f.method || f.pane >= s.Shown || s.AnySize(f.pane) != (f.size != nil)) {
		f.close()
		return
	}
	for _, r := range f.rows {
		v := k.Param(r.param)
		if r.list != nil {
			r.list.SetValue(i18n.T(r.param.Words(v)))
			continue
		}
		r.fader.SetValue(state.ParamPlace(r.param, v))
		r.field.SetValue(strconv.FormatFloat(v, 'g', -1, 64))
	}
	if f.seed != nil {
		f.seed.SetValue(strconv.FormatUint(k.Seed, 10))
	}
	f.size.show(s)
	m, _ := s.Method(f.pane)
	f.reset.SetDisabled(!k.Changed(m) && !s.Resized(f.pane))
	chosen := k.Preset(m)
	for id, b := range f.preset {
		b.SetOn(id == chosen)
	}
}

func (f *form) set(r *formRow, v float64, sliding bool) {
	f.Send(state.ParamSet{Pane: f.pane, ID: r.param.ID, Value: v, Sliding: sliding})
}

// write takes what was typed; what is no number leaves the value as it is.
func (f *form) write(r *formRow, text string) {
	if v, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64); err == nil {
		f.set(r, v, false)
	}
	f.show(*f.state)
}

func (f *form) writeSeed(text string) {
	if v, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64); err == nil {
		f.Send(state.SeedSet{Pane: f.pane, Seed: v})
	}
	f.show(*f.state)
}

func (f *form) chooseOne(r *formRow) {
	chosen := int(f.state.Panes[f.pane].Param(r.param))
	items := make([]widget.Choice, len(r.param.Choices))
	for i, c := range r.param.Choices {
		items[i] = widget.Choice{ID: strconv.Itoa(i), Title: i18n.T(c), Chosen: i == chosen}
	}
	choose(r.list, formWidth-32, items, "", func(id string) {
		if i, err := strconv.Atoi(id); err == nil {
			f.set(r, float64(i), false)
		}
	})
}

// fieldRow is a title, and at the right a field with its unit.
type fieldRow struct{}

const fieldWidth float32 = 76

func (fieldRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	unit := o[2].MinSize().Width
	if unit > 0 {
		unit += 6
	}
	put(o[0], 0, 0, size.Width-fieldWidth-unit-6, size.Height)
	put(o[1], size.Width-fieldWidth-unit, 0, fieldWidth, size.Height)
	put(o[2], size.Width-unit+6, 0, unit, size.Height)
}

func (fieldRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, o[1].MinSize().Height)
}
