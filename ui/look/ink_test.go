package look

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// The keys in a menu stand out from its ground as muted words do, and less than
// the words before them.
func TestKeysInMenusAreReadable(t *testing.T) {
	for choice, colours := range map[string]map[fyne.ThemeColorName]color.NRGBA{Dark: dark, Light: light} {
		test.NewTempApp(t).Settings().SetTheme(New(choice))
		item := fyne.NewMenuItem("Compare the methods", func() {})
		item.Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyI}
		menu := widget.NewMenu(fyne.NewMenu("", item))
		w := test.NewTempWindow(t, menu)
		w.Resize(menu.MinSize())
		img, ground := w.Canvas().Capture(), colours[theme.ColorNameMenuBackground]
		// strongest is the highest contrast in a part of the line.
		strongest := func(from, to int) float64 {
			most := 1.0
			for x := from; x < to; x++ {
				for y := range img.Bounds().Dy() {
					most = max(most, contrast(color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA), ground))
				}
			}
			return most
		}
		wide := img.Bounds().Dx()
		words, keys := strongest(6, wide/2), strongest(wide-9, wide)
		if keys < 4.5 || keys > words*0.8 {
			t.Errorf("%s: keys have a contrast of %.1f, the words %.1f", choice, keys, words)
		}
	}
}

// To what reads eight bits, and to our own widgets, words have the colour of
// the table.
func TestInkIsTheColourOfWords(t *testing.T) {
	for choice, colours := range map[string]map[fyne.ThemeColorName]color.NRGBA{Dark: dark, Light: light} {
		test.NewTempApp(t).Settings().SetTheme(New(choice))
		c := New(choice).Color(Text, theme.VariantDark)
		if got := color.RGBAModel.Convert(c); got != color.RGBAModel.Convert(colours[Text]) {
			t.Errorf("%s: %v, want %v", choice, got, colours[Text])
		}
		if got := Color(Text); got != colours[Text] {
			t.Errorf("%s: %v", choice, got)
		}
	}
}
