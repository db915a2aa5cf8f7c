package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"seewhy/ui/look"
)

// ButtonKind is how much a button calls for attention.
type ButtonKind int

// The kinds: a filled one, one with the accent, one that is words only.
const (
	Normal ButtonKind = iota
	Primary
	Quiet
)

// ControlHeight is the height of buttons and pickers.
const ControlHeight float32 = 30

// Button is words, an icon, or both.
type Button struct {
	press
	label *Text
	icon  *canvas.Image
	res   fyne.Resource
	kind  ButtonKind
	on    bool
	bare  bool
}

// NewButton makes a button; icon may be nil, text empty.
func NewButton(text string, icon fyne.Resource, kind ButtonKind, tapped func()) *Button {
	b := &Button{label: NewText(text).Whole().Aligned(fyne.TextAlignCenter), res: icon, kind: kind}
	if icon != nil {
		b.icon = canvas.NewImageFromResource(icon)
		b.icon.FillMode = canvas.ImageFillContain
	}
	b.OnTapped = tapped
	b.begin(b, look.RadiusSmall)
	return b
}

// SetOn marks a toggle as on.
func (b *Button) SetOn(on bool) {
	if b.on != on {
		b.on = on
		b.Refresh()
	}
}

// SetText changes the words.
func (b *Button) SetText(text string) {
	if b.label.Text() != text {
		b.label.SetText(text)
		b.Refresh()
	}
}

// Text is the words.
func (b *Button) Text() string { return b.label.Text() }

// SetBare hides the words of a button that has an icon, where room is short;
// they become its tip.
func (b *Button) SetBare(bare bool) {
	if b.icon == nil || b.bare == bare {
		return
	}
	b.bare = bare
	b.label.Hidden = bare
	switch {
	case bare && b.tip == "":
		b.tip = b.label.Text()
	case !bare && b.tip == b.label.Text():
		b.tip = ""
	}
	b.Refresh()
}

// Words is the room that the words take beside the icon.
func (b *Button) Words() float32 {
	if b.icon == nil || b.label.Text() == "" {
		return 0
	}
	return b.label.MinSize().Width + 20 + iconSide + 6 - ControlHeight
}

const iconSide = 16

// CreateRenderer is Fyne's hook.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{b.back.Raster, b.label}
	if b.icon != nil {
		objects = append(objects, b.icon)
	}
	style := func() {
		text := look.Text
		switch {
		case b.disabled:
			b.fill, text = look.Raised, look.Faint
		case b.on:
			b.fill, text = look.Tint, look.Accent
		case b.kind == Primary:
			b.fill, text = look.Accent, theme.ColorNameForegroundOnPrimary
		case b.kind == Quiet:
			b.fill = ""
		default:
			b.fill = look.Raised
		}
		b.label.color = text
		if b.icon != nil {
			b.icon.Resource = theme.NewColoredResource(b.res, text)
		}
		b.paint()
	}
	style()
	return &drawn{
		objects: objects,
		layout: func(size fyne.Size) {
			b.back.Resize(size)
			text := b.label.MinSize()
			if b.bare {
				text = fyne.Size{}
			}
			x := (size.Width - text.Width) / 2
			if b.icon != nil {
				w := text.Width
				if w > 0 {
					w += 6
				}
				x = (size.Width - w - iconSide) / 2
				place(b.icon, x, (size.Height-iconSide)/2, iconSide, iconSide)
				x += iconSide + 6
			}
			place(b.label, x, (size.Height-text.Height)/2, text.Width, text.Height)
		},
		min: func() fyne.Size {
			w := b.label.MinSize().Width + 20
			if b.icon != nil {
				if b.bare || b.label.Text() == "" {
					w = ControlHeight
				} else {
					w += iconSide + 6
				}
			}
			return fyne.NewSize(w, ControlHeight)
		},
		refresh: func() {
			style()
			b.back.Refresh()
			b.label.Refresh()
			if b.icon != nil {
				b.icon.Refresh()
			}
		},
	}
}
