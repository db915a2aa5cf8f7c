package screen

import "fyne.io/fyne/v2"

// frame is the window's layout: sides of fixed width, the filmstrip and the
// status line at the bottom, the stage in what is left.
type frame struct{ *Screen }

const (
	statusHeight float32 = 28
	// leastPane is the height of a pane under which the filmstrip makes room.
	leastPane float32 = 230
	// stripHigh is about the height of the whole filmstrip.
	stripHigh float32 = 142
)

func (f frame) Layout(o []fyne.CanvasObject, size fyne.Size) {
	wide := f.state.Room.Wide
	f.strip.setLow(f.lowStrip(size))
	strip := o[6].MinSize().Height
	body := size.Height - strip - statusHeight - 2
	left, right := sideWidth, sideWidth
	if wide {
		left, right = -1, -1
	}
	for _, i := range []int{0, 1, 3, 4} {
		if o[i].Visible() == wide {
			if wide {
				o[i].Hide()
			} else {
				o[i].Show()
			}
		}
	}
	put(o[0], 0, 0, sideWidth, body)
	put(o[1], sideWidth, 0, 1, body)
	put(o[2], left+1, 0, size.Width-left-right-2, body)
	put(o[3], size.Width-sideWidth-1, 0, 1, body)
	put(o[4], size.Width-sideWidth, 0, sideWidth, body)
	put(o[5], 0, body, size.Width, 1)
	put(o[6], 0, body+1, size.Width, strip)
	put(o[7], 0, body+1+strip, size.Width, 1)
	put(o[8], 0, body+2+strip, size.Width, statusHeight)
}

// lowStrip says whether the filmstrip is low: as the person wants it, or where
// the panes would else be small.
func (f frame) lowStrip(size fyne.Size) bool {
	room := size.Height - stripHigh - statusHeight - 2 - toolHeight
	if f.state.Marking.Open {
		room -= toolHeight - 4
	}
	for _, strip := range []fyne.CanvasObject{f.stage.sweep.root, f.stage.parts.root} {
		if strip.Visible() {
			room -= strip.MinSize().Height
		}
	}
	_, rows := usualGrid(len(f.state.Visible()))
	return f.state.Room.Low(room/float32(rows) < leastPane)
}

func (f frame) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(2*sideWidth+2+o[2].MinSize().Width, 300+o[6].MinSize().Height)
}
