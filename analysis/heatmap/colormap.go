package heatmap

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"github.com/lucasb-eyer/go-colorful"
)

// Kind says what a colour map is made for.
type Kind string

const (
	// Sequential maps run from nothing to much.
	Sequential Kind = "sequential"
	// Diverging maps run from negative through a pale zero to positive.
	Diverging Kind = "diverging"
)

// Colormap turns a number into a colour. Title and Note are English texts
// and keys of their translations.
type Colormap struct {
	ID, Title string
	Kind      Kind
	// Note is one sentence of advice.
	Note string
	// Even says that CIELAB lightness rises steadily (sequential) or falls
	// steadily to both sides of the middle (diverging).
	Even bool
	// LUT holds opaque colours for 0..1 in even steps. The distance to
	// matplotlib's tables is at most 2/255 in any channel.
	LUT [256]color.NRGBA
}

// At is the colour at t; t outside 0..1 is clamped, NaN counts as 0.
func (c *Colormap) At(t float64) color.NRGBA { return c.LUT[index(float32(t))] }

func index(t float32) int {
	if !(t > 0) {
		return 0
	}
	return int(min(t, 1)*255 + 0.5)
}

var colormaps = []Colormap{
	{ID: "inferno", Title: "Inferno", Kind: Sequential, Even: true, LUT: table(infernoPoints), Note: "Perceptually even; strong on photographs."},
	{ID: "magma", Title: "Magma", Kind: Sequential, Even: true, LUT: table(magmaPoints), Note: "Perceptually even, softer than Inferno."},
	{ID: "viridis", Title: "Viridis", Kind: Sequential, Even: true, LUT: table(viridisPoints), Note: "Perceptually even; safe for colour-blind readers and in print."},
	{ID: "cividis", Title: "Cividis", Kind: Sequential, Even: true, LUT: table(cividisPoints), Note: "Looks the same with and without colour blindness."},
	{ID: "turbo", Title: "Turbo", Kind: Sequential, LUT: table(turboPoints), Note: "A rainbow without false edges; lightness is not even."},
	{ID: "grey", Title: "Grey", Kind: Sequential, Even: true, LUT: table("000000ffffff"), Note: "For print and for measuring by eye."},
	{ID: "jet", Title: "Jet", Kind: Sequential, LUT: jet(), Note: "Perceptually misleading; kept because papers use it."},
	{ID: "coolwarm", Title: "Cool to warm", Kind: Diverging, Even: true, LUT: table(coolwarmPoints), Note: "For signed maps: blue speaks against, red for."},
	{ID: "rdbu", Title: "Blue to red", Kind: Diverging, Even: true, LUT: table(rdbuPoints), Note: "For signed maps, stronger contrast; safe for colour-blind readers."},
}

// Colormaps lists all maps: sequential ones first, the default at the head.
func Colormaps() []Colormap { return append([]Colormap(nil), colormaps...) }

// ColormapByID finds a map; the error lists what there is.
func ColormapByID(id string) (*Colormap, error) {
	ids := make([]string, len(colormaps))
	for i := range colormaps {
		if colormaps[i].ID == id {
			return &colormaps[i], nil
		}
		ids[i] = colormaps[i].ID
	}
	return nil, fmt.Errorf("colour map %q is unknown; there are: %s", id, strings.Join(ids, ", "))
}

// defaultDiverging stands in where a signed map meets a sequential choice,
// whose colours could not show where zero is.
const defaultDiverging = "coolwarm"

func (s Style) colormap(signed bool) *Colormap {
	c, err := ColormapByID(s.Colormap)
	if err != nil {
		c = &colormaps[0]
	}
	if signed && c.Kind != Diverging {
		c, _ = ColormapByID(defaultDiverging)
	}
	return c
}

// ColormapFor is the map that is used for signed or unsigned values under s:
// the one chosen, except that signed values need a diverging one, and that an
// unknown ID (a session file of a newer version) falls back to the default.
func (s Style) ColormapFor(signed bool) Colormap { return *s.colormap(signed) }

// table interpolates evenly spaced hexadecimal control points in RGB, as
// matplotlib does with its own.
func table(points string) (lut [256]color.NRGBA) {
	knots := make([]colorful.Color, len(points)/6)
	for i := range knots {
		c, err := colorful.Hex("#" + points[6*i:6*i+6])
		if err != nil {
			panic("heatmap: control points: " + err.Error())
		}
		knots[i] = c
	}
	for i := range lut {
		at := float64(i) / 255 * float64(len(knots)-1)
		k := min(int(at), len(knots)-2)
		lut[i] = opaque(knots[k].BlendRgb(knots[k+1], at-float64(k)))
	}
	return lut
}

// jet is MATLAB's rainbow as matplotlib defines it: three trapezoids.
func jet() (lut [256]color.NRGBA) {
	trapezoid := func(t float64, corners [4][2]float64) float64 {
		for i := 1; i < 4; i++ {
			a, b := corners[i-1], corners[i]
			if t <= b[0] {
				return a[1] + (b[1]-a[1])*max(0, t-a[0])/(b[0]-a[0])
			}
		}
		return corners[3][1]
	}
	for i := range lut {
		t := float64(i) / 255
		blue := trapezoid(t, [4][2]float64{{0, 0.5}, {0.11, 1}, {0.34, 1}, {0.65, 0}})
		green := trapezoid(t, [4][2]float64{{0.125, 0}, {0.375, 1}, {0.64, 1}, {0.91, 0}})
		red := trapezoid(t, [4][2]float64{{0.35, 0}, {0.66, 1}, {0.89, 1}, {1, 0.5}})
		lut[i] = opaque(colorful.Color{R: red, G: green, B: blue})
	}
	return lut
}

func opaque(c colorful.Color) color.NRGBA {
	byteOf := func(v float64) uint8 { return uint8(math.Round(255 * min(max(v, 0), 1))) }
	return color.NRGBA{R: byteOf(c.R), G: byteOf(c.G), B: byteOf(c.B), A: 255}
}
