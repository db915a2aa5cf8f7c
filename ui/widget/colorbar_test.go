package widget

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestColorbarIsLaidOutOnce(t *testing.T) {
	c := NewColorbar()
	window(t, c, 300, 40)
	c.Set(filled(256, 1, red), []Mark{{At: 0, Text: "0"}, {At: 1, Text: "1"}})
	kept := append([]fyne.CanvasObject(nil), c.body.objects...)
	c.body.layout(c.Size())
	for i, o := range c.body.objects {
		if o != kept[i] {
			t.Errorf("object %d is made anew by a second layout", i)
		}
	}
	if len(kept) != 6 {
		t.Errorf("%d objects, want strip, veil, and two marks with their numbers", len(kept))
	}
}
