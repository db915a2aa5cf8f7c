package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

func luminance(c color.NRGBA) float64 {
	f := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// WCAG 2.1 asks for 4.5 for text and 3 for large or incidental text.
func TestTextIsReadableOnEverySurface(t *testing.T) {
	for name, colours := range map[string]map[fyne.ThemeColorName]color.NRGBA{"dark": dark, "light": light} {
		for _, surface := range []fyne.ThemeColorName{theme.ColorNameBackground, Stage, Panel, Raised, theme.ColorNameMenuBackground} {
			for text, least := range map[fyne.ThemeColorName]float64{Text: 7, Muted: 4.5, Faint: 2.8, Accent: 3, Warning: 3, Error: 3} {
				if got := contrast(colours[text], colours[surface]); got < least {
					t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", name, text, surface, got, least)
				}
			}
		}
	}
}

func TestBothThemesNameTheSameColours(t *testing.T) {
	for name := range dark {
		if _, ok := light[name]; !ok {
			t.Errorf("light has no %s", name)
		}
	}
	if len(dark) != len(light) {
		t.Errorf("%d dark colours, %d light", len(dark), len(light))
	}
}

func TestChoiceOverridesTheSystem(t *testing.T) {
	if got := New(Dark).Color(Panel, theme.VariantLight); got != dark[Panel] {
		t.Errorf("dark panel is %v", got)
	}
	if got := New(System).Color(Panel, theme.VariantLight); got != light[Panel] {
		t.Errorf("light panel is %v", got)
	}
}
