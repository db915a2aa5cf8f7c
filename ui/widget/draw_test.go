package widget

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
)

// The toolkit drops the renderers of what is hidden for a minute, and makes new
// ones when it is seen again, without a word of its size.
func TestNewRenderersShowWhatTheOldOnesDid(t *testing.T) {
	text := NewText("a line")
	bar := NewColorbar()
	bar.Set(image.NewRGBA(image.Rect(0, 0, 8, 1)), []Mark{{At: 0, Text: "0"}, {At: 1, Text: "1"}})
	shares := NewShares()
	shares.Set([]Part{{Name: "sky", Text: "40 %", Map: .4, Area: .5}})
	for name, o := range map[string]fyne.Widget{"text": text, "colour bar": bar, "shares": shares} {
		window(t, o, 300, 60)
		before := len(o.CreateRenderer().Objects())
		if before == 0 {
			t.Errorf("%s: a new renderer shows nothing", name)
		}
	}
}
