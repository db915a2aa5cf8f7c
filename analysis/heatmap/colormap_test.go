package heatmap

import (
	"testing"

	"github.com/lucasb-eyer/go-colorful"
)

// matplotlibColours are entries of matplotlib 3.11's 256-colour tables,
// between the control points as well as on them.
var matplotlibColours = map[string]map[int][3]int{
	"viridis":  {0: {68, 1, 84}, 2: {69, 4, 87}, 13: {72, 20, 103}, 32: {71, 45, 123}, 58: {62, 76, 138}, 77: {52, 96, 141}, 98: {43, 116, 142}, 127: {33, 144, 141}, 128: {33, 145, 140}, 143: {31, 159, 136}, 167: {49, 181, 123}, 188: {86, 198, 103}, 203: {119, 209, 83}, 221: {165, 219, 54}, 238: {210, 226, 27}, 247: {234, 229, 26}, 253: {248, 230, 33}, 255: {253, 231, 37}},
	"inferno":  {0: {0, 0, 4}, 2: {1, 1, 6}, 13: {8, 5, 29}, 32: {33, 12, 74}, 58: {77, 13, 108}, 77: {108, 24, 110}, 98: {141, 35, 105}, 127: {186, 54, 85}, 128: {188, 55, 84}, 143: {208, 69, 69}, 167: {235, 100, 41}, 188: {248, 135, 14}, 203: {252, 163, 9}, 221: {250, 198, 45}, 238: {242, 230, 97}, 247: {243, 245, 134}, 253: {249, 252, 157}, 255: {252, 255, 164}},
	"magma":    {0: {0, 0, 4}, 2: {1, 1, 6}, 13: {7, 6, 28}, 32: {29, 17, 71}, 58: {71, 16, 120}, 77: {101, 26, 128}, 98: {134, 39, 129}, 127: {181, 54, 122}, 128: {183, 55, 121}, 143: {207, 64, 112}, 167: {238, 91, 94}, 188: {250, 129, 95}, 203: {254, 157, 108}, 221: {254, 191, 132}, 238: {253, 222, 160}, 247: {252, 238, 176}, 253: {252, 249, 187}, 255: {252, 253, 191}},
	"cividis":  {0: {0, 34, 78}, 2: {0, 36, 81}, 13: {0, 44, 100}, 32: {26, 56, 111}, 58: {61, 74, 108}, 77: {80, 87, 108}, 98: {99, 102, 112}, 127: {124, 123, 120}, 128: {125, 124, 120}, 143: {139, 135, 120}, 167: {162, 153, 117}, 188: {184, 170, 110}, 203: {199, 183, 103}, 221: {219, 199, 90}, 238: {238, 214, 73}, 247: {248, 223, 60}, 253: {254, 229, 53}, 255: {254, 232, 56}},
	"turbo":    {0: {48, 18, 59}, 2: {51, 24, 74}, 13: {62, 56, 145}, 32: {70, 107, 227}, 58: {51, 173, 247}, 77: {24, 215, 202}, 98: {56, 244, 145}, 127: {161, 253, 61}, 128: {164, 252, 60}, 143: {203, 237, 52}, 167: {247, 193, 58}, 188: {253, 138, 38}, 203: {241, 93, 19}, 221: {214, 53, 6}, 238: {175, 24, 1}, 247: {149, 13, 1}, 253: {129, 6, 2}, 255: {122, 4, 3}},
	"rdbu":     {0: {5, 48, 97}, 2: {7, 52, 103}, 13: {19, 76, 135}, 32: {42, 113, 178}, 58: {89, 161, 202}, 77: {147, 198, 222}, 98: {199, 224, 237}, 127: {246, 247, 247}, 128: {247, 246, 246}, 143: {251, 230, 218}, 167: {248, 189, 161}, 188: {233, 139, 110}, 203: {215, 99, 79}, 221: {190, 48, 54}, 238: {153, 16, 39}, 247: {127, 8, 35}, 253: {109, 2, 32}, 255: {103, 0, 31}},
	"coolwarm": {0: {59, 76, 192}, 2: {61, 80, 195}, 13: {74, 99, 211}, 32: {98, 130, 234}, 58: {133, 168, 252}, 77: {159, 191, 255}, 98: {187, 209, 248}, 127: {220, 221, 221}, 128: {221, 220, 220}, 143: {235, 211, 198}, 167: {247, 188, 161}, 188: {245, 159, 128}, 203: {238, 134, 105}, 221: {224, 101, 79}, 238: {204, 64, 58}, 247: {192, 40, 47}, 253: {183, 13, 40}, 255: {180, 4, 38}},
	"jet":      {0: {0, 0, 128}, 2: {0, 0, 137}, 13: {0, 0, 187}, 32: {0, 0, 255}, 58: {0, 104, 255}, 77: {0, 180, 255}, 98: {28, 255, 219}, 127: {122, 255, 125}, 128: {125, 255, 122}, 143: {173, 255, 73}, 167: {251, 241, 0}, 188: {255, 163, 0}, 203: {255, 108, 0}, 221: {255, 41, 0}, 238: {205, 0, 0}, 247: {164, 0, 0}, 253: {137, 0, 0}, 255: {128, 0, 0}},
	"grey":     {0: {0, 0, 0}, 2: {2, 2, 2}, 13: {13, 13, 13}, 32: {32, 32, 32}, 58: {58, 58, 58}, 77: {77, 77, 77}, 98: {98, 98, 98}, 127: {127, 127, 127}, 128: {128, 128, 128}, 143: {143, 143, 143}, 167: {167, 167, 167}, 188: {188, 188, 188}, 203: {203, 203, 203}, 221: {221, 221, 221}, 238: {238, 238, 238}, 247: {247, 247, 247}, 253: {253, 253, 253}, 255: {255, 255, 255}},
}

func TestColormapsAgreeWithMatplotlib(t *testing.T) {
	for _, c := range Colormaps() {
		reference, ok := matplotlibColours[c.ID]
		if !ok {
			t.Fatalf("%s has no reference", c.ID)
		}
		for i, want := range reference {
			got := c.LUT[i]
			for k, v := range [3]uint8{got.R, got.G, got.B} {
				// All 256 entries were compared once; the worst is 2.
				if d := int(v) - want[k]; d > 2 || d < -2 {
					t.Errorf("%s[%d] = %v, matplotlib has %v", c.ID, i, got, want)
				}
			}
		}
	}
}

func TestEvenMapsHaveMonotoneLightness(t *testing.T) {
	for _, c := range Colormaps() {
		lightness := make([]float64, 256)
		for i, v := range c.LUT {
			if v.A != 255 {
				t.Fatalf("%s[%d] is not opaque", c.ID, i)
			}
			lightness[i], _, _ = colorful.Color{R: float64(v.R) / 255, G: float64(v.G) / 255, B: float64(v.B) / 255}.Lab()
		}
		monotone := true
		for i := 1; i < 256; i++ {
			step := lightness[i] - lightness[i-1]
			if c.Kind == Diverging && i > 127 {
				step = -step
			}
			// Rounding to 8 bits moves L* (0..1) by up to 0.004.
			if step < -0.004 {
				monotone = false
			}
		}
		if monotone != c.Even {
			t.Errorf("%s: lightness monotone %v, Even %v", c.ID, monotone, c.Even)
		}
		if span := lightness[255] - lightness[0]; c.Kind == Sequential && c.Even && span < 0.55 {
			t.Errorf("%s: lightness spans only %.2f", c.ID, span)
		}
	}
}

func TestColormapLookup(t *testing.T) {
	if _, err := ColormapByID("hot"); err == nil || err.Error() != `colour map "hot" is unknown; there are: inferno, magma, viridis, cividis, turbo, grey, jet, coolwarm, rdbu` {
		t.Errorf("error %v", err)
	}
	grey, err := ColormapByID("grey")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		t    float64
		want uint8
	}{{-1, 0}, {0, 0}, {0.5, 128}, {1, 255}, {9, 255}} {
		if got := grey.At(at.t); got.R != at.want || got.G != at.want {
			t.Errorf("grey at %v is %v", at.t, got)
		}
	}
	if id := (Style{Colormap: "inferno"}).ColormapFor(true).ID; id != "coolwarm" {
		t.Errorf("signed maps get %s", id)
	}
	if id := (Style{Colormap: "rdbu"}).ColormapFor(true).ID; id != "rdbu" {
		t.Errorf("a diverging choice became %s", id)
	}
	if id := (Style{Colormap: "from the future"}).ColormapFor(false).ID; id != "inferno" {
		t.Errorf("an unknown map became %s", id)
	}
	if list := Colormaps(); list[0].ID != DefaultStyle().Colormap {
		t.Errorf("the list starts with %s", list[0].ID)
	}
}
