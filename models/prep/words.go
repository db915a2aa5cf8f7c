package prep

import (
	"math"
	"strconv"
	"strings"
)

// antialiased are the filters that widen where a picture shrinks, in words
// that are translated as a whole.
var antialiased = map[string]string{
	"box": "box, antialiased", "bilinear": "bilinear, antialiased", "hamming": "hamming, antialiased",
	"bicubic": "bicubic, antialiased", "lanczos": "lanczos, antialiased",
}

// Words says the preprocessing in sentences, in the order of the steps.
func (s Spec) Words() []Remark {
	var out []Remark
	say := func(key string, args ...any) { out = append(out, Remark{Key: key, Args: args}) }
	how := s.Resize.filter()
	if words, ok := antialiased[how]; ok && s.Resize.Antialias {
		how = words
	}
	switch s.Resize.Mode {
	case ResizeShorter:
		say("Resize the shorter side to %d px (%s)", s.Resize.Size, how)
	case ResizeSquash:
		say("Resize to %d x %d px, whatever the shape (%s)", s.Resize.Width, s.Resize.Height, how)
	case ResizePad:
		say("Fit into %d x %d px and fill the border with the mean colour (%s)", s.Resize.Width, s.Resize.Height, how)
	case ResizeNone:
		say("Keep the size")
	}
	if s.Crop != (Size{}) {
		say("Crop the centre %d x %d px", s.Crop.Width, s.Crop.Height)
	}
	if s.Invert {
		say("Invert (255 - value)")
	}
	name := map[Channels]string{RGB: "RGB", BGR: "BGR", Gray: "Grey"}[s.Channels]
	switch inverse := 1 / s.Scale; {
	case s.Scale == 1:
		say("%s, 0 to 255", name)
	case math.Abs(inverse-math.Round(inverse)) < 1e-6*math.Abs(inverse):
		say("%s / %s", name, figure(math.Round(inverse)))
	default:
		say("%s x %s", name, figure(s.Scale))
	}
	mean, std := uniform(s.Mean, 0), uniform(s.Std, 1)
	if mean != "0" {
		say("minus the mean (%s)", mean)
	}
	if std != "1" {
		say("divided by the deviation (%s)", std)
	}
	return out
}

// uniform is one figure where all values are the same, else all of them.
func uniform(values []float64, empty float64) string {
	if len(values) == 0 {
		return figure(empty)
	}
	parts := make([]string, len(values))
	same := true
	for i, v := range values {
		parts[i] = figure(v)
		same = same && v == values[0]
	}
	if same {
		return parts[0]
	}
	return strings.Join(parts, ", ")
}

func figure(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }
