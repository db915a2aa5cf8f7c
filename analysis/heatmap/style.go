package heatmap

import "seewhy/analysis/task"

// Style is how a raw map is shown. It changes nothing of the map itself.
type Style struct {
	// Colormap is an ID of Colormaps.
	Colormap string `json:"colormap"`
	// Alpha is the overlay's opacity, 0..1.
	Alpha float64 `json:"alpha"`
	// Smooth interpolates the map bilinearly (half-pixel centres); else each
	// cell of the layer's grid is shown as it is.
	Smooth bool `json:"smooth"`
	// Fade lets the photograph through where the map is weak: opacity rises
	// from 0 at value 0 to Alpha at half of full scale.
	Fade bool `json:"fade,omitempty"`
	// Clip is the share of the strongest values, 0..0.5, that is drawn in the
	// end colour so that a few extreme pixels do not darken the rest. 0 is the
	// convention of CAM maps, 0.01 that of pixel-level gradients.
	Clip float64 `json:"clip,omitempty"`
}

// DefaultStyle is inferno at half opacity, smooth.
func DefaultStyle() Style { return Style{Colormap: "inferno", Alpha: 0.5, Smooth: true} }

// fineCells is the number of cells above which a map is at the input's
// resolution rather than a layer's.
const fineCells = 100 * 100

// ClipFor is the Clip that suits a map: none for a layer's grid, as papers
// show class activation maps, and one in a hundred for maps of single pixels,
// which a few extremes would otherwise darken.
func ClipFor(m task.Map) float64 {
	if m.Width*m.Height > fineCells {
		return 0.01
	}
	return 0
}
