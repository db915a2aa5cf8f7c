package region

import (
	"image/color"
	"testing"
)

func TestColorsComeInOrderAndAgain(t *testing.T) {
	if got, want := Color(0), (color.NRGBA{0x56, 0xb4, 0xe9, 255}); got != want {
		t.Errorf("the first is %v, want %v", got, want)
	}
	for i := range len(colors) {
		if Color(i).A != 255 || Color(i) != Color(i+len(colors)) {
			t.Errorf("%d: %v, and %v when they come again", i, Color(i), Color(i+len(colors)))
		}
		for k := range i {
			if Color(i) == Color(k) {
				t.Errorf("%d and %d are alike", i, k)
			}
		}
	}
}
