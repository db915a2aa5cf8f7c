package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Surface is a rectangle in a colour of the theme, which it follows.
type Surface struct {
	widget.BaseWidget
	name   fyne.ThemeColorName
	stroke fyne.ThemeColorName
	rect   *plate
}

// NewSurface makes a surface with rounded corners.
func NewSurface(name fyne.ThemeColorName, radius float32) *Surface {
	s := &Surface{name: name, rect: newPlate(color.Transparent)}
	s.rect.CornerRadius = radius
	s.ExtendBaseWidget(s)
	return s
}

// Outlined adds a hairline around it.
func (s *Surface) Outlined(name fyne.ThemeColorName) *Surface {
	s.stroke, s.rect.StrokeWidth = name, 1
	return s
}

// SetColor changes the surface's colour.
func (s *Surface) SetColor(name fyne.ThemeColorName) {
	if s.name != name {
		s.name = name
		s.Refresh()
	}
}

// CreateRenderer is Fyne's hook.
func (s *Surface) CreateRenderer() fyne.WidgetRenderer {
	paint := func() {
		s.rect.FillColor = look.Color(s.name)
		if s.stroke != "" {
			s.rect.StrokeColor = look.Color(s.stroke)
		}
	}
	paint()
	return &drawn{
		objects: []fyne.CanvasObject{s.rect.Raster},
		layout:  func(size fyne.Size) { s.rect.Resize(size) },
		min:     func() fyne.Size { return fyne.NewSize(1, 1) },
		refresh: func() { paint(); s.rect.Refresh() },
	}
}
