package prep

import "fmt"

// Scaled is a Spec that made inputs of one fixed size, made to aim at another:
// the crop is to, and what the picture is resized to before it keeps its
// proportion to the crop. A Spec that aims at to already stays as it is. It is
// an error where a Spec aims at no fixed size.
func (s Spec) Scaled(to Size) (Spec, error) {
	if to.Width < 1 || to.Height < 1 || to.Width > maxSide || to.Height > maxSide {
		return s, fmt.Errorf("preprocessing: an input of %d x %d pixels; each side takes 1 to %d", to.Width, to.Height, maxSide)
	}
	from := s.Crop
	if from == (Size{}) {
		if s.Resize.Mode != ResizeSquash && s.Resize.Mode != ResizePad {
			return s, fmt.Errorf("preprocessing: it makes inputs of no fixed size, which cannot be scaled")
		}
		from = Size{Width: s.Resize.Width, Height: s.Resize.Height}
	}
	if from == to {
		return s, nil
	}
	ratio := float64(max(to.Width, to.Height)) / float64(max(from.Width, from.Height))
	scale := func(n int) int {
		if n == 0 {
			return 0
		}
		return min(max(int(float64(n)*ratio+0.5), 1), maxSide)
	}
	switch {
	case s.Crop == (Size{}):
		s.Resize.Width, s.Resize.Height = to.Width, to.Height
	default:
		s.Resize.Size, s.Resize.Width, s.Resize.Height = scale(s.Resize.Size), scale(s.Resize.Width), scale(s.Resize.Height)
		s.Crop = to
	}
	return s, nil
}
