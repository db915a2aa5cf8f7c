package screen

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// settingsPage lies over the window: how it looks, what it may use, where it
// keeps files.
type settingsPage struct {
	*context
	veil             *widget.Veil
	themes, tongues  []*widget.Button
	scale            *widget.Text
	less, more       *widget.Button
	budget           *widget.Fader
	limit, memory    *widget.Text
	automatic        *widget.Button
	devices, stores  *fyne.Container
	precision        *precisionRow
	column           *fyne.Container
	root             *fyne.Container
	shownDevices     []task.DeviceInfo
	shownDevice      string
	shownStores      []task.Store
	clearing         string
	asking           string
	themeIDs, tongue []string
}

// The page's width, what is left free at its edges, and what a setting has
// beside its name.
const (
	settingsWidth float32 = 560
	settingsPad   float32 = 20
	settingName   float32 = 150
	settingWidth          = settingsWidth - 2*settingsPad - settingName
)

func newSettingsPage(c *context) *settingsPage {
	p := &settingsPage{
		context: c, scale: widget.NewText("").Aligned(fyne.TextAlignCenter),
		limit: widget.NewText("").Whole().Aligned(fyne.TextAlignTrailing), memory: widget.NewText("").Small().Wrapped(2),
		devices: container.New(widget.Column{Width: settingWidth, Gap: 9}), stores: container.New(widget.Column{Width: settingWidth, Gap: 6}),
	}
	p.veil = widget.NewVeil(func() { c.Send(state.SettingsToggled{}) })
	for _, t := range []struct{ id, title string }{{look.System, i18n.T("As the system")}, {look.Light, i18n.T("Light")}, {look.Dark, i18n.T("Dark")}} {
		p.themeIDs = append(p.themeIDs, t.id)
		p.themes = append(p.themes, widget.NewButton(t.title, nil, widget.Normal, func() { c.Send(state.ThemePicked{Theme: t.id}) }))
	}
	for _, l := range i18n.Languages() {
		p.tongue = append(p.tongue, l.Tag)
		p.tongues = append(p.tongues, widget.NewButton(l.Name, nil, widget.Normal, func() { c.Send(state.LanguagePicked{Tag: l.Tag}) }))
	}
	p.less = widget.NewButton("", theme.ContentRemoveIcon(), widget.Normal, func() { c.Send(state.ScalePicked{Scale: nextScale(c.state.Settings.Scale, -1)}) })
	p.more = widget.NewButton("", theme.ContentAddIcon(), widget.Normal, func() { c.Send(state.ScalePicked{Scale: nextScale(c.state.Settings.Scale, 1)}) })
	p.budget = widget.NewFader(func(at float64) {
		c.Send(state.BudgetSet{MB: budgetAt(at, c.state.Page.Memory)})
	})
	p.automatic = widget.NewButton(i18n.T("Automatic"), nil, widget.Normal, func() { c.Send(state.BudgetSet{}) })
	shut := widget.NewButton("", theme.CancelIcon(), widget.Quiet, func() { c.Send(state.SettingsToggled{}) })
	shut.SetTip(c.tips, i18n.T("Close"))
	rows := func(o ...*widget.Button) *fyne.Container {
		all := make([]fyne.CanvasObject, len(o))
		for i := range o {
			all[i] = o[i]
		}
		return container.NewHBox(all...)
	}
	p.precision = newPrecisionRow(c)
	tour := widget.NewButton(i18n.T("Show the tour again"), nil, widget.Normal, func() { c.Send(state.TourStarted{}) })
	p.column = container.New(
		widget.Column{Width: settingsWidth, Gap: 14, Pad: settingsPad},
		container.NewBorder(nil, nil, widget.NewText(i18n.T("Settings")).Bold().Sized(17).Whole(), shut),
		setting(i18n.T("Theme"), rows(p.themes...)),
		setting(i18n.T("Language"), rows(p.tongues...)),
		setting(i18n.T("Size of everything"), container.NewHBox(p.less, container.New(sized{64, widget.ControlHeight}, p.scale), p.more)),
		widget.Line(),
		setting(i18n.T("Memory of one run"), container.New(
			widget.Column{Width: settingWidth, Gap: 4},
			container.NewBorder(nil, nil, nil, container.NewHBox(container.New(sized{92, widget.ControlHeight}, p.limit), p.automatic), container.New(sized{120, widget.ControlHeight}, p.budget)),
			p.memory,
		)),
		setting(i18n.T("Computed on"), p.devices),
		p.precision.root,
		widget.Line(),
		setting(i18n.T("Files"), p.stores),
		setting("", container.NewHBox(tour)),
	)
	// The panel keeps clicks to itself.
	panel := container.NewStack(widget.NewVeil(nil).Bare(), widget.NewSurface(look.Panel, look.Radius).Outlined(look.Hairline), container.NewVScroll(p.column))
	p.root = container.NewStack(p.veil, container.New(centred{}, panel))
	p.root.Hide()
	return p
}

func (p *settingsPage) content() fyne.CanvasObject { return p.root }

// setting is a name and what sets it.
func setting(name string, o fyne.CanvasObject) *fyne.Container {
	return container.New(settingRow{}, widget.NewText(name).Colored(look.Muted), o)
}

// nextScale is the scale beside another.
func nextScale(now float64, by int) float64 {
	all := state.Scales()
	at := slices.Index(all, state.NearestScale(now))
	return all[min(max(at+by, 0), len(all)-1)]
}

// The slider of the budget: from the least on, to all that is free and used
// now, in steps of least.
const leastBudget = 128

func mostBudget(m task.Memory) int64 {
	return max(leastBudget*2, (m.Free+m.Used)>>20/leastBudget*leastBudget)
}

func budgetAt(at float64, m task.Memory) int64 {
	most := mostBudget(m)
	return max(int64(math.Round(at*float64(most)/leastBudget))*leastBudget, leastBudget)
}

func (p *settingsPage) show(s state.State) {
	if p.root.Hidden == s.Page.On {
		p.root.Hidden = !s.Page.On
		p.root.Refresh()
	}
	if !s.Page.On {
		return
	}
	for i, b := range p.themes {
		b.SetOn(s.Settings.Theme == p.themeIDs[i])
	}
	for i, b := range p.tongues {
		b.SetOn(s.Settings.Language == p.tongue[i])
	}
	scales := state.Scales()
	p.scale.SetText(fmt.Sprintf("%.0f %%", 100*s.Settings.Scale))
	p.less.SetDisabled(s.Settings.Scale <= scales[0])
	p.more.SetDisabled(s.Settings.Scale >= scales[len(scales)-1])
	m := s.Page.Memory
	mb := s.Budget
	if mb == 0 {
		mb = s.Page.Limit >> 20
	}
	p.budget.SetValue(min(max(float64(mb)/float64(mostBudget(m)), 0), 1))
	limit := "–"
	if mb > 0 {
		limit = memorySize(mb << 20)
	}
	p.limit.SetText(limit)
	p.automatic.SetOn(s.Budget == 0)
	words := memoryWords(m)
	changed := p.precision.show(s)
	if words != p.memory.Text() {
		p.memory.SetText(words)
		changed = true
	}
	if !same(s.Devices, p.shownDevices) || s.Device != p.shownDevice {
		p.shownDevices, p.shownDevice = s.Devices, s.Device
		p.showDevices(s)
		changed = true
	}
	if !same(s.Page.Stores, p.shownStores) || s.Page.Clearing != p.clearing || s.Page.Asking != p.asking {
		p.shownStores, p.clearing, p.asking = s.Page.Stores, s.Page.Clearing, s.Page.Asking
		p.showStores(s)
		changed = true
	}
	if changed {
		p.column.Refresh()
		p.root.Refresh()
	}
}

// showDevices lists them: those that work as buttons, and of the others why not.
func (p *settingsPage) showDevices(s state.State) {
	p.devices.RemoveAll()
	line := func(id, title, note string) {
		b := widget.NewButton(title, nil, widget.Normal, func() { p.Send(state.DevicePicked{ID: id}) })
		b.SetOn(s.Device == id)
		p.devices.Add(container.New(deviceRow{}, b, widget.NewText(note).Small().Wrapped(0)))
	}
	line(task.Auto, i18n.T("Automatic"), autoWords(s.Devices))
	// Those that work come first; the others say what they lack.
	devices := slices.Clone(s.Devices)
	slices.SortStableFunc(devices, func(a, b task.DeviceInfo) int {
		switch {
		case a.Works && !b.Works:
			return -1
		case b.Works && !a.Works:
			return 1
		}
		return 0
	})
	for _, d := range devices {
		if d.Works {
			line(d.ID, i18n.T(d.Title), deviceWords(d))
			continue
		}
		why := i18n.Tell(d.Why)
		if why == "" {
			why = i18n.T("It does not work here.")
		}
		title := widget.NewText(i18n.T(d.Title)).Small().Wrapped(2)
		p.devices.Add(container.New(deviceRow{}, title, widget.NewText(strings.ReplaceAll(why, "\n", " ")).Small().Wrapped(0)))
	}
}

// storeTitle says what a store holds.
func storeTitle(id string) string {
	switch id {
	case task.StoreSessions:
		return i18n.T("Models prepared to run")
	case task.StoreModels:
		return i18n.T("Downloaded models")
	}
	return i18n.T("Your choices for models")
}

func (p *settingsPage) showStores(s state.State) {
	p.stores.RemoveAll()
	for _, k := range s.Page.Stores {
		words, kind := i18n.T("Clear"), widget.Normal
		if s.Page.Asking == k.ID {
			words, kind = i18n.T("Clear %s?", size(k.Bytes)), widget.Primary
		}
		clear := widget.NewButton(words, nil, kind, func() { p.Send(state.StoreCleared{ID: k.ID}) })
		clear.SetDisabled(k.Files == 0 || s.Page.Clearing != "")
		path := widget.NewText(k.Path).Small().KeepEnd()
		p.stores.Add(container.New(storeRow{}, widget.NewText(storeTitle(k.ID)), widget.NewText(size(k.Bytes)).Whole().Aligned(fyne.TextAlignTrailing), path, clear))
	}
}

// settingRow is a name at the left, and at its right what sets it.
type settingRow struct{}

func (settingRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, settingName-10, widget.ControlHeight)
	put(o[1], settingName, 0, size.Width-settingName, size.Height)
}

func (settingRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(settingName+o[1].MinSize().Width, max(o[1].MinSize().Height, widget.ControlHeight))
}

// deviceRow is a button, or the name of what does not work here, and words
// beside it.
type deviceRow struct{}

const (
	deviceColumn float32 = 124
	deviceGap    float32 = 10
)

func (deviceRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	says := o[1].(*widget.Text)
	w := size.Width - deviceColumn - deviceGap
	if name, ok := o[0].(*widget.Text); ok {
		put(name, 0, 0, deviceColumn, size.Height)
		put(says, deviceColumn+deviceGap, 0, w, size.Height)
		return
	}
	put(o[0], 0, 0, deviceColumn, widget.ControlHeight)
	h := says.HeightFor(w)
	put(says, deviceColumn+deviceGap, max((widget.ControlHeight-h)/2, 0), w, h)
}

func (deviceRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	says := o[1].(*widget.Text).HeightFor(settingWidth - deviceColumn - deviceGap)
	if name, ok := o[0].(*widget.Text); ok {
		return fyne.NewSize(200, max(name.HeightFor(deviceColumn), says))
	}
	return fyne.NewSize(200, max(widget.ControlHeight, says))
}

// storeRow is a title and a size, a path under them, and a button.
type storeRow struct{}

func (storeRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	b, bytes := o[3].MinSize().Width, o[1].MinSize().Width
	put(o[3], size.Width-b, 4, b, widget.ControlHeight)
	left := size.Width - b - 10
	put(o[1], left-bytes, 0, bytes, 20)
	put(o[0], 0, 0, left-bytes-8, 20)
	put(o[2], 0, 20, left, 16)
}

func (storeRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, 38) }

// centred puts a panel into the middle of the window, as high as there is room.
type centred struct{}

func (centred) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, k := range o {
		h := k.MinSize().Height
		if s, ok := k.(*fyne.Container); ok && len(s.Objects) > 0 {
			if scroll, ok := s.Objects[len(s.Objects)-1].(*container.Scroll); ok {
				h = scroll.Content.MinSize().Height + 2
			}
		}
		w := min(settingsWidth, size.Width-24)
		h = min(h, size.Height-24)
		put(k, (size.Width-w)/2, (size.Height-h)/2, w, h)
	}
}

func (centred) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }
