// Package look is the window's appearance: one theme, dark or light, with its
// own colours and sizes.
//
//	app.Settings().SetTheme(look.New(look.System))
//	rect.FillColor = look.Color(look.Panel)
//
// Panels have the colour that the canvas is cleared with, so that they need no
// rectangle of their own: in software every layer costs a millisecond a frame.
// Surfaces differ by a few steps of grey and are parted by hairlines; the only
// saturated colour beside the heat maps is the accent.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colour names of our own, beside Fyne's.
const (
	Stage    fyne.ThemeColorName = "stage"
	Panel    fyne.ThemeColorName = "panel"
	Raised   fyne.ThemeColorName = "raised"
	Hairline fyne.ThemeColorName = "hairline"
	Text                         = theme.ColorNameForeground
	Muted    fyne.ThemeColorName = "muted"
	Faint    fyne.ThemeColorName = "faint"
	Accent                       = theme.ColorNamePrimary
	// Tint is the accent at low strength, for what is chosen.
	Tint    fyne.ThemeColorName = "tint"
	Hover                       = theme.ColorNameHover
	Warning                     = theme.ColorNameWarning
	Error                       = theme.ColorNameError
	// Mark is the ground of what is marked on a photo as the one asked about, which
	// themes don't change; OnMark are words on it.
	Mark   fyne.ThemeColorName = "mark"
	OnMark fyne.ThemeColorName = "onmark"
)

// Text sizes.
const (
	SizeText    float32 = 13
	SizeSmall   float32 = 11.5
	SizeHeading float32 = 14
)

// Radius rounds panels' corners, RadiusSmall those of controls.
const (
	Radius      float32 = 8
	RadiusSmall float32 = 6
)

// The themes that can be chosen.
const (
	System = "system"
	Light  = "light"
	Dark   = "dark"
)

// Theme is Fyne's default with our colours and sizes.
type Theme struct {
	fyne.Theme
	choice string
}

// New makes the theme: System, Light or Dark.
func New(choice string) *Theme { return &Theme{Theme: theme.DefaultTheme(), choice: choice} }

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
}

var dark = map[fyne.ThemeColorName]color.NRGBA{
	theme.ColorNameBackground: hex(0x191b1dff), Stage: hex(0x0d0e0fff), Panel: hex(0x191b1dff), Raised: hex(0x25282bff), Hairline: hex(0x2a2d31ff),
	Text: hex(0xe7e8eaff), Muted: hex(0x9ba0a7ff), Faint: hex(0x6f757dff),
	Accent: hex(0x35bfa9ff), Tint: hex(0x35bfa92e), theme.ColorNameForegroundOnPrimary: hex(0x06211dff),
	Hover: hex(0xffffff12), theme.ColorNamePressed: hex(0xffffff22), theme.ColorNameFocus: hex(0x35bfa966), theme.ColorNameSelection: hex(0x35bfa93a),
	theme.ColorNameInputBackground: hex(0x25282bff), theme.ColorNameInputBorder: hex(0x34383dff), theme.ColorNameButton: hex(0x2a2e32ff),
	theme.ColorNameMenuBackground: hex(0x202326ff), theme.ColorNameOverlayBackground: hex(0x202326ff), theme.ColorNameHeaderBackground: hex(0x191b1dff),
	theme.ColorNameSeparator: hex(0x2a2d31ff), theme.ColorNameShadow: hex(0x00000080), theme.ColorNameScrollBar: hex(0xffffff38), theme.ColorNameScrollBarBackground: hex(0x00000000),
	theme.ColorNameDisabled: hex(0x6f757dff), theme.ColorNameDisabledButton: hex(0x202326ff), theme.ColorNamePlaceHolder: hex(0x868c94ff), theme.ColorNameHyperlink: hex(0x35bfa9ff),
	Warning: hex(0xe8b04bff), Error: hex(0xf0716aff), theme.ColorNameSuccess: hex(0x35bfa9ff),
	Mark: hex(0xffd640ff), OnMark: hex(0x141414ff),
}

var light = map[fyne.ThemeColorName]color.NRGBA{
	theme.ColorNameBackground: hex(0xfafaf8ff), Stage: hex(0xe6e6e3ff), Panel: hex(0xfafaf8ff), Raised: hex(0xededeaff), Hairline: hex(0xdcdcd8ff),
	Text: hex(0x1d1f21ff), Muted: hex(0x5f656cff), Faint: hex(0x7e8389ff),
	Accent: hex(0x0b8a78ff), Tint: hex(0x0b8a7824), theme.ColorNameForegroundOnPrimary: hex(0xffffffff),
	Hover: hex(0x0000000d), theme.ColorNamePressed: hex(0x0000001c), theme.ColorNameFocus: hex(0x0b8a7855), theme.ColorNameSelection: hex(0x0b8a7830),
	theme.ColorNameInputBackground: hex(0xf0f0edff), theme.ColorNameInputBorder: hex(0xf0f0edff), theme.ColorNameButton: hex(0xe7e7e3ff),
	theme.ColorNameMenuBackground: hex(0xffffffff), theme.ColorNameOverlayBackground: hex(0xffffffff), theme.ColorNameHeaderBackground: hex(0xfafaf8ff),
	theme.ColorNameSeparator: hex(0xdcdcd8ff), theme.ColorNameShadow: hex(0x00000030), theme.ColorNameScrollBar: hex(0x00000038), theme.ColorNameScrollBarBackground: hex(0x00000000),
	theme.ColorNameDisabled: hex(0x9a9fa5ff), theme.ColorNameDisabledButton: hex(0xededeaff), theme.ColorNamePlaceHolder: hex(0x7b8188ff), theme.ColorNameHyperlink: hex(0x0b8a78ff),
	Warning: hex(0x9a6700ff), Error: hex(0xc4362eff), theme.ColorNameSuccess: hex(0x0b8a78ff),
	Mark: hex(0xffd640ff), OnMark: hex(0x141414ff),
}

// Color looks a name up; names that are not ours come from Fyne.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch t.choice {
	case Dark:
		variant = theme.VariantDark
	case Light:
		variant = theme.VariantLight
	}
	colours := light
	if variant == theme.VariantDark {
		colours = dark
	}
	c, ok := colours[name]
	switch {
	case !ok:
		return t.Theme.Color(name, variant)
	case name == Text:
		return ink{c}
	}
	return c
}

// Size is dense: 13 px text, 6 px inside controls.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return SizeText
	case theme.SizeNameCaptionText:
		return SizeSmall
	case theme.SizeNameSubHeadingText:
		return SizeHeading
	case theme.SizeNameHeadingText:
		return 18
	case theme.SizeNameInnerPadding:
		return 6
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return RadiusSmall
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNameScrollBar:
		return 8
	case theme.SizeNameScrollBarSmall:
		return 3
	case theme.SizeNameSeparatorThickness, theme.SizeNameInputBorder:
		return 1
	}
	return t.Theme.Size(name)
}

// Color is the present theme's colour of that name.
func Color(name fyne.ThemeColorName) color.Color {
	app := fyne.CurrentApp()
	c := app.Settings().Theme().Color(name, app.Settings().ThemeVariant())
	if i, ok := c.(ink); ok {
		return i.NRGBA
	}
	return c
}
