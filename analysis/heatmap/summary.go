package heatmap

import (
	"math"

	"seewhy/analysis/task"
)

// Summary is what a map says in a few numbers. Weak and strong are measured
// on what is displayed: negatives dropped where the map asks for it, else
// magnitudes.
type Summary struct {
	// PeakX and PeakY are the centre of the strongest cell, as fractions 0..1
	// of the map's region; Peak is its raw value.
	PeakX, PeakY, Peak float64
	// Diffuse is the entropy of the map relative to that of an even one: 0 for
	// a single cell, 1 for the same value everywhere.
	Diffuse float64
	// Border is the share of the strength in the outer frame (an eighth of
	// each side, at least one cell); BorderArea the frame's share of the cells.
	Border, BorderArea float64
	// Negative is the share of the raw map's magnitude that is negative.
	Negative float64
}

// Summarise measures a map; it fails as Normalise does. An empty map gives
// Diffuse 1 and zeros.
func Summarise(m task.Map) (Summary, error) {
	if _, err := Normalise(m, 0); err != nil {
		return Summary{}, err
	}
	strength := func(v float32) float64 {
		if m.ClampNegative {
			return max(0, float64(v))
		}
		return math.Abs(float64(v))
	}
	frameX, frameY := max(1, m.Width/8), max(1, m.Height/8)
	var total, magnitude, negative, border float64
	peak, frame := 0, 0
	for i, v := range m.Values {
		s := strength(v)
		total += s
		magnitude += math.Abs(float64(v))
		negative += max(0, -float64(v))
		if s > strength(m.Values[peak]) {
			peak = i
		}
		if x, y := i%m.Width, i/m.Width; x < frameX || y < frameY || x >= m.Width-frameX || y >= m.Height-frameY {
			border += s
			frame++
		}
	}
	out := Summary{
		PeakX: (float64(peak%m.Width) + 0.5) / float64(m.Width), PeakY: (float64(peak/m.Width) + 0.5) / float64(m.Height),
		Peak: float64(m.Values[peak]), Diffuse: 1, BorderArea: float64(frame) / float64(len(m.Values)),
	}
	if magnitude > 0 {
		out.Negative = negative / magnitude
	}
	if total == 0 {
		return out, nil
	}
	out.Border = border / total
	if len(m.Values) > 1 {
		var entropy float64
		for _, v := range m.Values {
			if q := strength(v) / total; q > 0 {
				entropy -= q * math.Log(q)
			}
		}
		out.Diffuse = min(1, entropy/math.Log(float64(len(m.Values))))
	}
	return out, nil
}
