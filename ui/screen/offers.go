package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// offers are buttons under the words that memory does not suffice: one click
// asks what needs less.
type offers struct {
	*pane
	list []task.Lighter
	// ground keeps the words apart from the picture.
	ground *widget.Surface
	root   *fyne.Container
}

func newOffers(p *pane) *offers {
	o := &offers{pane: p, ground: widget.NewSurface(look.Panel, look.Radius).Outlined(look.Hairline), root: container.New(flow{6})}
	o.ground.Hide()
	o.root.Hide()
	return o
}

// show returns whether the pane has to be arranged anew.
func (o *offers) show(s state.State) bool {
	list := s.Offers(o.index)
	if s.Photo.Err != "" || s.Phase != state.Ready {
		list = nil
	}
	// An error stands over the picture too, and has to be read on any.
	bare := len(list) == 0 && (s.Panes[o.index].Err == "" || s.Photo.Info == nil)
	if slices.Equal(list, o.list) && bare == o.ground.Hidden {
		return false
	}
	o.list = list
	o.root.RemoveAll()
	for _, l := range list {
		o.root.Add(o.button(l))
	}
	o.root.Hidden, o.ground.Hidden = len(list) == 0, bare
	return true
}

func (o *offers) button(l task.Lighter) *widget.Button {
	if l.Size == (prep.Size{}) {
		return widget.NewButton(i18n.T("%s instead", i18n.T(l.Title)), nil, widget.Normal, func() { o.Send(state.MethodPicked{Pane: o.index, ID: l.Method}) })
	}
	return widget.NewButton(i18n.T("Ask at %s px", sizeText(l.Size)), nil, widget.Normal, func() { o.Send(state.SizePicked{Pane: o.index, Size: l.Size}) })
}

// offersGap is between the words and what they offer, and around both.
const offersGap float32 = 12

// putWords puts the words into the middle of the picture's place, with what
// they offer under them. Where a pane has no room for both, the offers stand
// alone, as many as there is room for.
func (p *pane) putWords(x, y, w, h float32) {
	text := p.words.HeightFor(w)
	o := p.offers
	p.words.Hidden = false
	if !o.root.Visible() {
		put(o.ground, x-offersGap, y+(h-text)/2-offersGap, w+2*offersGap, text+2*offersGap)
		put(p.words, x, y+(h-text)/2, w, text)
		return
	}
	below := flow{6}.height(o.root.Objects, w)
	if both := text + offersGap + below; both+2*offersGap <= h {
		top := y + (h-both)/2
		put(o.ground, x-offersGap, top-offersGap, w+2*offersGap, both+2*offersGap)
		put(p.words, x, top, w, text)
		put(o.root, x, top+text+offersGap, w, below)
		return
	}
	p.words.Hidden = true
	below = min(below, h-8)
	put(o.ground, x-6, y+(h-below)/2-4, w+12, below+8)
	put(o.root, x, y+(h-below)/2, w, below)
}

// flow lays buttons side by side, in the middle, in as many rows as they need;
// rows that have no room are left out.
type flow struct{ gap float32 }

func (f flow) rows(o []fyne.CanvasObject, width float32) (rows [][]fyne.CanvasObject) {
	var x float32
	for _, k := range o {
		w := min(k.MinSize().Width, width)
		if len(rows) == 0 || x+w > width {
			rows, x = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], k)
		x += w + f.gap
	}
	return rows
}

func (f flow) height(o []fyne.CanvasObject, width float32) float32 {
	n := float32(len(f.rows(o, width)))
	return max(n*(widget.ControlHeight+f.gap)-f.gap, 0)
}

func (f flow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var y float32
	for _, row := range f.rows(o, size.Width) {
		for _, k := range row {
			k.(*widget.Button).Hidden = y+widget.ControlHeight > size.Height+1
		}
		w := -f.gap
		for _, k := range row {
			w += min(k.MinSize().Width, size.Width) + f.gap
		}
		x := (size.Width - w) / 2
		for _, k := range row {
			w := min(k.MinSize().Width, size.Width)
			put(k, x, y, w, widget.ControlHeight)
			x += w + f.gap
		}
		y += widget.ControlHeight + f.gap
	}
}

func (flow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(60, widget.ControlHeight) }
