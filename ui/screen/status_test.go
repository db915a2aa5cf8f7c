package screen

import (
	"testing"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

// Neither the window's parts nor the words in the status line are cut or lie on
// each other at twice the size on a usual screen.
func TestNothingIsCutAtTwiceTheSize(t *testing.T) {
	for _, language := range []string{"en", "zh-Hans"} {
		d := newDesk(t, look.Dark, language, 960, 515, state.Options{})
		d.until("heat", heat)
		if w := d.Content().MinSize().Width; w > 960 {
			t.Errorf("%s: the window needs %v", language, w)
		}
		s := d.status
		s.version.SetText("SeeWhy 0.1.0")
		s.times.SetText("Heat map 90 ms  ·  forward pass 13 ms  ·  memory in use 304 MB")
		for _, photo := range []string{"A boat at dusk  ·  448 × 448 px  ·  1 of 35", "a rather long name of a file as cameras and people give it.jpg  ·  4032 × 3024 px  ·  1,234 of 10,000"} {
			s.photo.SetText(photo)
			relay(s.root)
			if end := s.times.Position().X + s.times.Size().Width; s.photo.Position().X < end+20 {
				t.Errorf("%s: the picture begins at %v, the times end at %v", language, s.photo.Position().X, end)
			}
			if end := s.photo.Position().X + s.photo.Size().Width; s.version.Position().X < end+20 {
				t.Errorf("%s: the version begins at %v, the picture ends at %v", language, s.version.Position().X, end)
			}
		}
	}
}
