package screen

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

// The line of the box that is asked about is of the colour of its number in the list.
func TestMarksAreOfOneColour(t *testing.T) {
	for _, theme := range []string{"light", "dark"} {
		test.NewTempApp(t).Settings().SetTheme(look.New(theme))
		if got := color.NRGBAModel.Convert(look.Color(look.Mark)); got != state.AskedColor {
			t.Errorf("%s: the list has %v, the picture %v", theme, got, state.AskedColor)
		}
	}
}
