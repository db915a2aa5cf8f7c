package widget

import (
	"image/color"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Box is a line of a list of boxes; they are numbered from 1 in order.
type Box struct {
	Label, Percent string
	// Chosen is the box that is explained.
	Chosen bool
}

// Boxes lists what a detector found. A few lines are seen, the rest by scrolling.
type Boxes struct {
	widget.BaseWidget
	all  []Box
	list *widget.List
	// most bounds the height; 0 does not.
	most float32
	// chosen is the place of the chosen one, -1 without.
	chosen int
	// OnPicked reports a click on a line, counted from 0.
	OnPicked func(box int)
}

// Measures of a list of boxes.
const (
	boxLine  float32 = 27
	boxLines         = 5
	chipSide float32 = 20
)

// NewBoxes makes an empty list.
func NewBoxes() *Boxes {
	b := &Boxes{}
	b.list = widget.NewList(
		func() int { return len(b.all) },
		func() fyne.CanvasObject { return newBoxRow() },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			if i < len(b.all) {
				row := o.(*boxRow)
				row.set(i, b.all[i])
				row.OnTapped = func() {
					if b.OnPicked != nil {
						b.OnPicked(i)
					}
				}
			}
		},
	)
	b.list.HideSeparators = true
	b.ExtendBaseWidget(b)
	return b
}

// Set shows boxes, a newly chosen one in sight.
func (b *Boxes) Set(all []Box) {
	chosen := slices.IndexFunc(all, func(k Box) bool { return k.Chosen })
	other := len(all) != len(b.all) || chosen != b.chosen
	b.all, b.chosen = all, chosen
	b.list.Refresh()
	if other {
		b.reveal()
	}
}

// Resize shows the chosen one again: in a list without room it cannot be.
func (b *Boxes) Resize(size fyne.Size) {
	changed := size != b.Size()
	b.BaseWidget.Resize(size)
	if changed {
		b.reveal()
	}
}

func (b *Boxes) reveal() {
	if b.chosen >= 0 && b.Size().Height > 0 {
		b.list.ScrollTo(b.chosen)
	}
}

// MinSize is that of the lines that are seen.
func (b *Boxes) MinSize() fyne.Size {
	n := float32(min(len(b.all), boxLines))
	if len(b.all) > boxLines {
		// Half a line more tells that there are more.
		n += 0.5
	}
	h := n * (boxLine + theme.Padding())
	if b.most > 0 {
		h = min(h, max(b.most, boxLine))
	}
	return fyne.NewSize(120, h)
}

// SetMost bounds the height where there is little room; 0 takes the bound off.
// One line is seen in any case.
func (b *Boxes) SetMost(height float32) { b.most = height }

// CreateRenderer is Fyne's hook.
func (b *Boxes) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.list) }

type boxRow struct {
	press
	number         int
	box            Box
	chip           *plate
	digits         *Text
	label, percent *Text
}

func newBoxRow() *boxRow {
	r := &boxRow{chip: newPlate(color.Transparent), digits: NewText("").Small().Bold().Aligned(fyne.TextAlignCenter), label: NewText(""), percent: NewText("").Aligned(fyne.TextAlignTrailing)}
	r.chip.CornerRadius = 4
	r.begin(r, look.RadiusSmall)
	return r
}

func (r *boxRow) set(number int, b Box) {
	if r.number == number && r.box == b {
		return
	}
	r.number, r.box = number, b
	r.digits.SetText(strconv.Itoa(number + 1))
	r.label.SetText(b.Label)
	r.percent.SetText(b.Percent)
	r.Refresh()
}

// CreateRenderer is Fyne's hook.
func (r *boxRow) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		r.fill = ""
		r.chip.FillColor = look.Color(look.Hairline)
		r.digits.SetColor(look.Text)
		if r.box.Chosen {
			r.fill = look.Tint
			r.chip.FillColor = look.Color(look.Mark)
			r.digits.SetColor(look.OnMark)
		}
		r.paint()
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{r.back.Raster, r.chip.Raster, r.digits, r.label, r.percent},
		layout: func(size fyne.Size) {
			const percent = 58
			r.back.Resize(size)
			wide := max(chipSide, r.digits.MinSize().Width+6)
			place(r.chip.Raster, 8, (size.Height-chipSide)/2, wide, chipSide)
			place(r.digits, 8, (size.Height-17)/2, wide, 17)
			place(r.label, 16+wide, (size.Height-19)/2, size.Width-wide-percent-30, 19)
			place(r.percent, size.Width-percent-14, (size.Height-19)/2, percent, 19)
		},
		min: func() fyne.Size { return fyne.NewSize(120, boxLine) },
		refresh: func() {
			style()
			r.back.Refresh()
			r.chip.Refresh()
		},
	}
}
