package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// status is the line at the bottom: what computes, how long it took, what is open.
type status struct {
	*context
	device, times, photo, version *widget.Text
	dot                           *widget.Surface
	tap, jobs, wide               *widget.Button
	drawer                        *jobDrawer
	root                          *fyne.Container
}

func newStatus(c *context) *status {
	s := &status{
		context: c, device: widget.NewText("").Small(), times: widget.NewText("").Small().Whole(),
		photo: widget.NewText("").Small().Whole().Aligned(fyne.TextAlignTrailing), version: widget.NewText("").Small().Whole().Colored(look.Faint),
		dot: widget.NewSurface(look.Accent, 4),
	}
	s.tap = widget.NewButton("", nil, widget.Quiet, func() { chooseDevice(c, s.tap) })
	s.jobs = widget.NewButton("", nil, widget.Quiet, func() { s.drawer.toggle() })
	s.jobs.SetTip(c.tips, i18n.T("What runs, and what was done (J)"))
	s.wide = widget.NewButton("", theme.ViewFullScreenIcon(), widget.Quiet, func() { c.Send(state.RoomToggled{}) })
	s.wide.SetTip(c.tips, i18n.T("The panes alone, without the sides (D)"))
	s.drawer = &jobDrawer{context: c, anchor: s.jobs}
	s.root = container.New(statusRow{}, s.tap, s.dot, s.device, s.times, s.photo, s.version, s.jobs, s.wide)
	return s
}

func (s *status) content() fyne.CanvasObject { return s.root }

func (s *status) show(st state.State) {
	switch {
	case st.Phase == state.Failed:
		s.dot.SetColor(look.Error)
	case st.Phase == state.Starting || st.Busy():
		s.dot.SetColor(look.Warning)
	default:
		s.dot.SetColor(look.Accent)
	}
	device := deviceName(st)
	if st.Phase == state.Starting {
		device = i18n.T("Starting …")
	}
	s.device.SetText(device)
	var times []string
	if st.Last.Total > 0 {
		times = append(times, i18n.T("Heat map %s", duration(st.Last.Total)))
	}
	if st.Last.Forward > 0 {
		times = append(times, i18n.T("forward pass %s", duration(st.Last.Forward)))
	}
	if st.Export != 0 {
		times = append(times, i18n.T("exporting …"))
	}
	if n := len(st.Jobs()); n > 0 {
		times = append(times, i18n.T("running: %d", n))
	} else if m := st.Memory; m.Card != "" {
		times = append(times, i18n.T("%s of %s of the card in use", memorySize(m.Used), memorySize(m.Total)))
	} else if m.Used > 0 {
		times = append(times, i18n.T("memory in use %s", memorySize(m.Used)))
	}
	if len(times) == 0 {
		times = []string{i18n.T("Work")}
	}
	s.drawer.show(st)
	s.wide.SetOn(st.Room.Wide)
	photo := ""
	if i := st.Photo.Info; i != nil {
		// The picture that is seen may be another than the one being opened.
		seen := state.Item{Ref: i.Ref.Path, Name: i.Ref.Name}
		photo = i18n.T("%s  ·  %d × %d px", seen.Title(), i.Ref.Width, i.Ref.Height)
		if _, at := st.Item(st.Photo.Item); at >= 0 {
			photo += "  ·  " + i18n.T("%d of %d", at+1, len(st.Items))
		}
	}
	if x, y, c, ok := st.Pixel(); ok {
		photo = i18n.T("x %d, y %d", x, y) + fmt.Sprintf("  ·  #%02x%02x%02x  ·  %d, %d, %d", c.R, c.G, c.B, c.R, c.G, c.B)
	}
	version := ""
	if st.Version != "" {
		version = "SeeWhy " + st.Version
	}
	work := strings.Join(times, "  ·  ")
	if work == s.times.Text() && photo == s.photo.Text() && version == s.version.Text() {
		return
	}
	s.times.SetText(work)
	s.photo.SetText(photo)
	s.version.SetText(version)
	relay(s.root)
}

// statusRow is the device and the times at the left, the picture and the
// version at the right. Where there is no room for all, times and picture are
// cut.
type statusRow struct{}

func (statusRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const left, pad, gap = 232, 40, 24
	put(o[0], 6, 2, 210, size.Height-4)
	put(o[1], 14, (size.Height-8)/2, 8, 8)
	put(o[2], 29, 0, 190, size.Height)
	version := o[5].MinSize().Width
	right := size.Width - version - pad
	put(o[5], right, 0, version, size.Height)
	room := max(right-2*gap-left, 0)
	times, photo := o[3].MinSize().Width, o[4].MinSize().Width
	if times+photo > room {
		times = max(room-photo, min(times, room*0.55))
		photo = room - times
	}
	put(o[3], left, 0, times, size.Height)
	put(o[6], left-10, 2, times+20, size.Height-4)
	put(o[7], size.Width-32, 2, 26, size.Height-4)
	put(o[4], right-gap-photo, 0, photo, size.Height)
}

func (statusRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(600, statusHeight) }
