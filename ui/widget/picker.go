package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"seewhy/ui/look"
)

// Picker shows a caption and a value, and asks for a list when tapped.
type Picker struct {
	press
	caption *Text
	value   *Text
	swatch  *canvas.Image
	chevron *canvas.Image
	warning bool
	on      bool
	muted   bool
}

// NewPicker makes a picker; an empty caption leaves the value alone on one line.
func NewPicker(caption string, tapped func()) *Picker {
	p := &Picker{caption: NewText(caption).Small(), value: NewText(""), chevron: canvas.NewImageFromResource(nil)}
	p.OnTapped = tapped
	p.begin(p, look.RadiusSmall)
	return p
}

// SetValue changes the words.
func (p *Picker) SetValue(value string) { p.value.SetText(value) }

// SetCaption changes the words over the value.
func (p *Picker) SetCaption(caption string) { p.caption.SetText(caption) }

// SetKeepEnd cuts the front off a value that does not fit: of names such as
// stage3.block1.relu the end tells most.
func (p *Picker) SetKeepEnd(on bool) {
	if p.value.tail != on {
		p.value.tail = on
		p.value.Refresh()
	}
}

// Caption is the words over the value.
func (p *Picker) Caption() string { return p.caption.Text() }

// SetWarning marks the value as one to look into.
func (p *Picker) SetWarning(on bool) {
	if p.warning != on {
		p.warning = on
		p.Refresh()
	}
}

// SetOn marks a value as one that changes what is shown.
func (p *Picker) SetOn(on bool) {
	if p.on != on {
		p.on = on
		p.Refresh()
	}
}

// Value is what it shows.
func (p *Picker) Value() string { return p.value.Text() }

// Width is what the whole value and caption need.
func (p *Picker) Width() float32 {
	return max(p.value.width(p.value.text), p.caption.width(p.caption.text)) + 2*pickerPad + chevronSide + 4
}

// SetMuted marks a value that is no choice of the user's.
func (p *Picker) SetMuted(muted bool) {
	if p.muted != muted {
		p.muted = muted
		p.Refresh()
	}
}

// SetSwatch shows a strip of colours before the value.
func (p *Picker) SetSwatch(colours *canvas.Image) {
	p.swatch = colours
	p.Refresh()
}

const (
	chevronSide = 14
	pickerPad   = 9
	swatchWidth = 36
)

// CreateRenderer is Fyne's hook.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer {
	d := &drawn{}
	style := func() {
		p.fill = look.Raised
		p.value.color = look.Text
		switch {
		case p.warning:
			p.value.color = look.Warning
		case p.on:
			p.fill, p.value.color = look.Tint, look.Accent
		case p.muted:
			p.value.color = look.Muted
		}
		if p.disabled {
			p.value.color = look.Faint
		}
		p.chevron.Resource = theme.NewColoredResource(theme.MenuDropDownIcon(), look.Muted)
		p.paint()
		d.objects = []fyne.CanvasObject{p.back.Raster, p.caption, p.value, p.chevron}
		if p.swatch != nil {
			d.objects = append(d.objects, p.swatch)
		}
	}
	style()
	d.layout = func(size fyne.Size) {
		p.back.Resize(size)
		left, width := float32(pickerPad), size.Width-2*pickerPad-chevronSide
		place(p.chevron, size.Width-pickerPad-chevronSide+3, (size.Height-chevronSide)/2, chevronSide, chevronSide)
		if p.swatch != nil {
			place(p.swatch, left, (size.Height-10)/2, swatchWidth, 10)
			left, width = left+swatchWidth+7, width-swatchWidth-7
		}
		h := p.value.MinSize().Height
		if p.caption.Text() == "" {
			place(p.value, left, (size.Height-h)/2, width, h)
			return
		}
		c := p.caption.MinSize().Height
		top := (size.Height - c - h + 2) / 2
		place(p.caption, left, top, width, c)
		place(p.value, left, top+c-2, width, h)
	}
	d.min = func() fyne.Size {
		if p.caption.Text() == "" {
			return fyne.NewSize(60, ControlHeight)
		}
		return fyne.NewSize(60, 42)
	}
	d.refresh = func() {
		style()
		d.layout(p.Size())
		p.back.Refresh()
		p.value.Refresh()
		p.chevron.Refresh()
	}
	return d
}
