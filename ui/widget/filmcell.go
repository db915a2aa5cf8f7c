package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"seewhy/ui/look"
)

// cell is a frame on the screen. It is given other frames as the strip moves.
type cell struct {
	press
	frame   Frame
	current bool
	// of is the strip's layer of tips.
	of     *Tips
	held   fyne.KeyModifier
	ground *plate
	image  *canvas.Image
	title  *Text
	badge  *Text
	plate  *plate
	// sign stands for a note, on a plate of its own.
	sign      *canvas.Image
	signPlate *plate
	onHeld    func(fyne.KeyModifier)
	onMenu    func(fyne.Position)
}

func newCell() *cell {
	c := &cell{
		badge: NewText("").Small().Aligned(fyne.TextAlignCenter), plate: newPlate(color.Transparent),
		ground: newPlate(color.Transparent), image: canvas.NewImageFromImage(nil), title: NewText("").Small().Aligned(fyne.TextAlignCenter),
	}
	c.plate.CornerRadius = 4
	c.ground.CornerRadius = 4
	c.image.FillMode = canvas.ImageFillContain
	c.image.ScaleMode = canvas.ImageScaleFastest
	c.image.Hide()
	c.sign, c.signPlate = canvas.NewImageFromResource(nil), newPlate(color.Transparent)
	c.signPlate.CornerRadius = 4
	c.sign.Hide()
	c.signPlate.Hide()
	c.begin(c, look.RadiusSmall)
	return c
}

func (c *cell) set(f Frame, current bool) {
	if c.frame == f && c.current == current {
		return
	}
	changed := c.frame.Thumb != f.Thumb
	c.frame, c.current = f, current
	if changed {
		c.image.Image = f.Thumb
		c.image.Hidden = f.Thumb == nil
		c.image.Refresh()
	}
	c.title.tail = f.KeepEnd
	c.title.SetText(f.Title)
	c.badge.SetText(f.Badge)
	c.plate.Hidden, c.badge.Hidden = f.Badge == "", f.Badge == ""
	c.sign.Hidden, c.signPlate.Hidden = !f.Noted, !f.Noted
	c.tips, c.tip = c.of, f.Tip
	if f.Tip == "" {
		c.tips = nil
	}
	c.Refresh()
}

func (c *cell) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		c.fill, c.edge = "", ""
		c.title.color = look.Muted
		switch {
		case c.frame.Faulty:
			c.title.color = look.Error
		case c.frame.Doubt:
			c.title.color = look.Warning
		case c.current:
			c.title.color = look.Text
		}
		if c.frame.Selected {
			c.fill = look.Tint
		}
		if c.current {
			c.fill, c.edge = look.Tint, look.Accent
		}
		c.badge.color = look.Warning
		if c.frame.Good {
			c.badge.color = look.Accent
		}
		plate := color.NRGBAModel.Convert(look.Color(look.Panel)).(color.NRGBA)
		plate.A = 215
		c.plate.FillColor, c.signPlate.FillColor = plate, plate
		if c.frame.Noted {
			c.sign.Resource = theme.NewColoredResource(look.Note, look.Accent)
		}
		c.ground.FillColor = color.Transparent
		if c.frame.Thumb == nil {
			c.ground.FillColor = look.Color(look.Raised)
		}
		c.paint()
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{c.back.Raster, c.ground.Raster, c.image, c.title, c.plate.Raster, c.badge, c.signPlate.Raster, c.sign},
		layout: func(size fyne.Size) {
			c.back.Resize(size)
			high := float32(frameImage - 7)
			if low := size.Height < frameHeight; low {
				// Of a low frame the tip tells the rest.
				high = size.Height - 10
				c.title.Hide()
			} else {
				c.title.Show()
			}
			place(c.ground.Raster, 5, 5, size.Width-10, high)
			place(c.image, 5, 5, size.Width-10, high)
			place(c.plate.Raster, 8, high-16, size.Width-16, 18)
			place(c.badge, 10, high-16, size.Width-20, 18)
			place(c.signPlate.Raster, size.Width-26, 8, 18, 18)
			place(c.sign, size.Width-24, 10, 14, 14)
			place(c.title, 4, frameImage, size.Width-8, size.Height-frameImage-3)
		},
		min: func() fyne.Size { return fyne.NewSize(frameWidth, frameHeight) },
		refresh: func() {
			style()
			c.back.Refresh()
			c.ground.Refresh()
			c.title.Refresh()
			c.plate.Refresh()
			c.signPlate.Refresh()
			if c.frame.Noted {
				c.sign.Refresh()
			}
			c.badge.Refresh()
		},
	}
}

// MouseDown remembers which keys are held with a click.
func (c *cell) MouseDown(e *desktop.MouseEvent) { c.held = e.Modifier }

// MouseUp does nothing.
func (c *cell) MouseUp(*desktop.MouseEvent) {}

// Tapped picks the frame, or adds it to what is selected.
func (c *cell) Tapped(e *fyne.PointEvent) {
	held := c.held
	c.held = 0
	if held != 0 && c.onHeld != nil {
		if c.tips != nil {
			c.tips.leave()
		}
		c.onHeld(held)
		return
	}
	c.press.Tapped(e)
}

// TappedSecondary asks for the frame's menu.
func (c *cell) TappedSecondary(e *fyne.PointEvent) {
	if c.tips != nil {
		c.tips.leave()
	}
	if c.onMenu != nil {
		c.onMenu(e.AbsolutePosition)
	}
}
