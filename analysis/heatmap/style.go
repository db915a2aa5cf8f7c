package heatmap

// Style is how a raw map is shown. It changes nothing of the map itself.
type Style struct {
	// Colormap is an ID of Colormaps.
	Colormap string `json:"colormap"`
	// Alpha is the overlay's opacity, 0..1.
	Alpha float64 `json:"alpha"`
	// Smooth interpolates the map bilinearly (half-pixel centres); else each
	// cell of the layer's grid is shown as it is.
	Smooth bool `json:"smooth"`
}

// DefaultStyle is inferno at half opacity, smooth.
func DefaultStyle() Style { return Style{Colormap: "inferno", Alpha: 0.5, Smooth: true} }
