package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

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
	tap, jobs                     *widget.Button
	drawer                        *jobDrawer
	root                          fyne.CanvasObject
}

func newStatus(c *context) *status {
	s := &status{
		context: c, device: widget.NewText("").Small(), times: widget.NewText("").Small(),
		photo: widget.NewText("").Small().Aligned(fyne.TextAlignTrailing), version: widget.NewText("").Small().Colored(look.Faint).Aligned(fyne.TextAlignTrailing),
		dot: widget.NewSurface(look.Accent, 4),
	}
	s.tap = widget.NewButton("", nil, widget.Quiet, func() { chooseDevice(c, s.tap) })
	s.jobs = widget.NewButton("", nil, widget.Quiet, func() { s.drawer.toggle() })
	s.jobs.SetTip(c.tips, i18n.T("What runs, and what was done (J)"))
	s.drawer = &jobDrawer{context: c, anchor: s.jobs}
	s.root = container.New(statusRow{}, s.tap, s.dot, s.device, s.times, s.photo, s.version, s.jobs)
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
	s.times.SetText(strings.Join(times, "  ·  "))
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
	s.photo.SetText(photo)
	if st.Version != "" {
		s.version.SetText("SeeWhy " + st.Version)
	}
}

type statusRow struct{}

func (statusRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 6, 2, 210, size.Height-4)
	put(o[1], 14, (size.Height-8)/2, 8, 8)
	put(o[2], 29, 0, 190, size.Height)
	put(o[3], 232, 0, 400, size.Height)
	put(o[6], 222, 2, 410, size.Height-4)
	version := min(150, size.Width*0.15)
	put(o[5], size.Width-version-14, 0, version, size.Height)
	put(o[4], size.Width-version-30-420, 0, 420, size.Height)
}

func (statusRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(600, statusHeight) }
