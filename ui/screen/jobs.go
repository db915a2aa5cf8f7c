package screen

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// jobDrawer lists what runs and what was done, above the status line. It moves
// only where work reports: an endless animation would keep a core busy.
type jobDrawer struct {
	*context
	column *fyne.Container
	scroll *container.Scroll
	pop    *fynewidget.PopUp
	anchor fyne.CanvasObject

	// jobs and done are what is drawn; of jobs, the words and bars change in
	// place at every report.
	jobs   []state.Job
	done   []state.Done
	titles []*widget.Text
	bars   []*widget.Progress
	says   []*widget.Text
}

const drawerWidth float32 = 420

// toggle opens the drawer over an object, or closes it.
func (d *jobDrawer) toggle() {
	if d.pop != nil && d.pop.Visible() {
		d.pop.Hide()
		return
	}
	canvas := fyne.CurrentApp().Driver().CanvasForObject(d.anchor)
	if canvas == nil {
		return
	}
	d.column = container.New(widget.Column{Width: drawerWidth - 12, Gap: 5, Pad: 12})
	d.scroll = container.NewVScroll(d.column)
	d.jobs, d.done = nil, nil
	d.pop = fynewidget.NewPopUp(d.scroll, canvas)
	d.build(*d.state)
	d.pop.Show()
	d.fit()
}

// fit makes the drawer as high as what it lists, its foot on the status line.
func (d *jobDrawer) fit() {
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(d.anchor)
	height := min(d.column.MinSize().Height+10, at.Y-60, 520)
	showAt(d.pop, at.X, at.Y-height-6, drawerWidth, height)
}

func (d *jobDrawer) show(s state.State) {
	if d.pop == nil || !d.pop.Visible() {
		return
	}
	jobs := s.Jobs()
	if !slices.Equal(s.Done, d.done) || !sameJobs(jobs, d.jobs) {
		d.build(s)
		d.fit()
		return
	}
	for i, j := range jobs {
		d.titles[i].SetText(j.Title())
		d.bars[i].Set(j.Work.Done)
		d.says[i].SetText(jobWords(j))
	}
}

// sameJobs says that the same work runs, however far it is: its words may count
// what is done, and a button that is made anew between press and release of the
// mouse loses the click.
func sameJobs(a, b []state.Job) bool {
	return slices.EqualFunc(a, b, func(a, b state.Job) bool { return a.ID == b.ID })
}

func (d *jobDrawer) build(s state.State) {
	d.jobs, d.done, d.titles, d.bars, d.says = s.Jobs(), s.Done, nil, nil, nil
	running := widget.NewText(i18n.T("Running")).Bold()
	all := widget.NewButton(i18n.T("Stop all"), nil, widget.Quiet, func() { d.Send(state.Cancelled{}) })
	all.SetDisabled(!s.Busy())
	out := []fyne.CanvasObject{container.New(ends{}, running, all)}
	for _, j := range d.jobs {
		title, says, bar := widget.NewText(j.Title()), widget.NewText(jobWords(j)).Small(), widget.NewProgress()
		bar.Set(j.Work.Done)
		d.titles, d.says, d.bars = append(d.titles, title), append(d.says, says), append(d.bars, bar)
		var stop fyne.CanvasObject = widget.Spacer(1, 1)
		if j.ID != 0 {
			b := widget.NewButton("", theme.CancelIcon(), widget.Quiet, func() { d.Send(state.JobStopped{Job: j.ID}) })
			b.SetTip(d.tips, i18n.T("Stop this"))
			stop = b
		}
		out = append(out, container.New(ends{}, title, stop), says, bar)
	}
	if len(d.jobs) == 0 {
		out = append(out, widget.NewText(i18n.T("Nothing runs.")).Small())
	}
	clear := widget.NewButton(i18n.T("Clear"), nil, widget.Quiet, func() { d.Send(state.DoneCleared{}) })
	clear.SetDisabled(len(s.Done) == 0)
	out = append(out, widget.Spacer(1, 4), container.New(ends{}, widget.NewText(i18n.T("Done")).Bold(), clear))
	for _, k := range s.Done {
		says := widget.NewText(doneWords(s, k)).Small().Wrapped(2)
		if k.Err != "" {
			says.Colored(look.Warning)
		}
		out = append(out, container.New(ends{}, widget.NewText(k.Title()), widget.NewText(duration(k.Total)).Small().Whole()), says)
	}
	if len(s.Done) == 0 {
		out = append(out, widget.NewText(i18n.T("What has finished is listed here, with the time it took.")).Small().Wrapped(2))
	}
	d.column.Objects = out
	d.column.Refresh()
}

// jobWords are what runs on which picture, and how far it is.
func jobWords(j state.Job) string {
	words := j.On()
	if j.Work.Done > 0 {
		words = append(words, fmt.Sprintf("%.0f %%", 100*j.Work.Done))
	}
	if j.Work.Left > 0 {
		words = append(words, i18n.T("%s left", duration(j.Work.Left)))
	}
	if len(words) == 0 {
		return " "
	}
	return strings.Join(words, "  ·  ")
}

// doneWords tell of finished work what it was done to, and by what.
func doneWords(s state.State, k state.Done) string {
	words := k.On()
	for _, d := range s.Devices {
		if d.ID == k.Device {
			words = append(words, i18n.T(d.Title))
		}
	}
	if k.Samples > 0 {
		words = append(words, i18n.T("%d samples, %s each", k.Samples, duration(k.PerSample())))
	}
	if k.Err != "" {
		words = append(words, i18n.Tell(k.Err))
	}
	return strings.Join(words, "  ·  ")
}

// ToggleJobs opens or closes the list of what runs.
func (s *Screen) ToggleJobs() { s.status.drawer.toggle() }
