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
	// Mode is what is drawn: the colours where it is empty.
	Mode Mode `json:"mode,omitempty"`
	// Threshold and Percentile leave weak places out: those under that share
	// of full scale (0..1), and that share of the map's area (0..1), the
	// weakest first. Both hold at once; see Field.Cut.
	Threshold  float64 `json:"threshold,omitempty"`
	Percentile float64 `json:"percentile,omitempty"`
	// Contours is the number of contour lines, evenly spaced over the scale:
	// 0..MaxContours.
	Contours int `json:"contours,omitempty"`
}

// Mode is how a map is laid over its photograph.
type Mode string

// The modes.
const (
	// Colours shows the map's colours.
	Colours Mode = ""
	// Lines shows contour lines and no colours.
	Lines Mode = "lines"
	// Mask covers what is left out, and leaves the rest of the photograph bare.
	Mask Mode = "mask"
	// Blur blurs what is left out.
	Blur Mode = "blur"
)

// MaxContours bounds Style.Contours.
const MaxContours = 20

// linesAlone is how many contour lines the mode Lines draws where Contours is 0.
const linesAlone = 5

func (s Style) contours() int {
	if s.Mode == Lines && s.Contours == 0 {
		return linesAlone
	}
	return min(max(s.Contours, 0), MaxContours)
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
