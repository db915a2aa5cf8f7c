package engine

import "seewhy/models/prep"

// ends is what a black and a white pixel become in the model's input, one
// number a channel: (pixel*Scale - Mean) / Std, see prep.Spec.
func ends(s prep.Spec) (black, white []float64) {
	for c := range s.Channels.Count() {
		mean, std := 0.0, 1.0
		if len(s.Mean) > 0 {
			mean = s.Mean[c]
		}
		if len(s.Std) > 0 {
			std = s.Std[c]
		}
		black, white = append(black, -mean/std), append(white, (255*s.Scale-mean)/std)
	}
	if s.Invert {
		return white, black
	}
	return black, white
}
