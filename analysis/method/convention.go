package method

import (
	"math"
	"slices"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// FactConvention is the largest difference between a map as shown, 0 to 1 (or
// -1 to 1), in the chosen convention and in the paper's.
const FactConvention = "convention-difference"

// convention is what an implementation makes of a layer's raw map, so that the
// numbers here are the numbers there. It is data: what a method computes from
// A and G is the same, unless its file says otherwise.
type convention struct {
	title string
	// signed: no ReLU at the end.
	signed bool
	// scaled: the minimum is taken off and the rest divided by its maximum plus
	// epsilon, at the layer's resolution.
	scaled  bool
	epsilon float64
	// stretched: the map is brought to the input's size and scaled once more.
	stretched bool
	// largest: several layers are joined by the larger value at the finest grid;
	// else by the mean of the scaled maps at the input's size.
	largest bool
	// steep, where not 0, puts tanh(steep v) in the place of each scaled value
	// before several layers are joined (Layer-CAM, eq. 9).
	steep float64
	// single: several layers are never joined.
	single bool
}

const conventionID = "convention"

var (
	// The papers speak of one layer; several are joined as pytorch-grad-cam
	// does, and the last scaling is left to the display.
	thePaper = convention{title: "The paper", epsilon: 1e-7}
	// BaseCAM.forward and scale_cam_image of pytorch-grad-cam 1.5.7.
	pytorchGradCAM = convention{title: "pytorch-grad-cam", scaled: true, epsilon: 1e-7, stretched: true}
	// LayerGradCam.attribute of Captum 0.9 with relu_attributions=False.
	captum = convention{title: "Captum", signed: true, single: true}
	// _CAM.compute_cams and fuse_cams of torch-cam 0.5.
	torchCAM = convention{title: "torch-cam", scaled: true, epsilon: 1e-8, largest: true}
)

// conventionParam offers the paper's convention and some others.
func conventionParam(others []convention) Param {
	p := Param{
		ID: conventionID, Title: "Convention", Help: "Whose numbers the map holds, where implementations differ in signs, scaling and the joining of layers.",
		Max: float64(len(others)), Step: 1, Choices: []string{thePaper.title},
	}
	for _, c := range others {
		p.Choices = append(p.Choices, c.title)
	}
	return p
}

// convention is the one that a request asks of the method.
func (m Method) convention(r Request) convention {
	if choice := int(r.Params[conventionID]); choice > 0 && choice <= len(m.conventions) {
		return m.conventions[choice-1]
	}
	return thePaper
}

// join makes one map of those of several layers. even says that it is to be
// scaled and of the input's size whatever the convention does with one layer.
func (c convention) join(r Request, each []Attribution, even bool) (Attribution, error) {
	out := each[0]
	if c.signed {
		out.Map.Signed, out.Map.ClampNegative = true, false
		return out, nil
	}
	if !c.scaled && !even {
		return out, nil
	}
	var maps []task.Map
	w, h := 0, 0
	for _, a := range each {
		m := c.scale(a.Map)
		w, h = max(w, m.Width), max(h, m.Height)
		maps = append(maps, m)
	}
	if !c.largest {
		g := gridOf(r.Input, r.Layout)
		w, h = g.w, g.h
	}
	if c.steep != 0 && len(maps) > 1 {
		for _, m := range maps {
			for i, v := range m.Values {
				m.Values[i] = float32(math.Tanh(c.steep * float64(v)))
			}
		}
	}
	if c.stretched || even {
		for i, m := range maps {
			var err error
			if maps[i], err = resizedTo(m, w, h); err != nil {
				return out, err
			}
		}
	}
	out.Map = maps[0]
	out.Map.Values = slices.Clone(maps[0].Values)
	for i := range out.Map.Values {
		value := float64(maps[0].Values[i])
		for _, m := range maps[1:] {
			if c.largest {
				value = max(value, float64(m.Values[i]))
			} else {
				value += float64(m.Values[i])
			}
		}
		if !c.largest {
			value /= float64(len(maps))
		}
		out.Map.Values[i] = float32(value)
	}
	if c.stretched || c == thePaper {
		out.Map = c.scale(out.Map)
	}
	return out, nil
}

// scale applies the ReLU where the map asks for it and brings the values to
// 0..1, or to -1..1 where their sign is shown.
func (c convention) scale(m task.Map) task.Map {
	values := make([]float32, len(m.Values))
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range m.Values {
		if c.scaled || !m.Signed {
			v = max(v, 0)
		}
		values[i] = v
		low, high = min(low, float64(v)), max(high, float64(v))
	}
	if m.Signed && !c.scaled {
		high, low = max(high, -low), 0
	}
	for i, v := range values {
		values[i] = float32((float64(v) - low) / (high - low + c.epsilon))
	}
	m.Values = values
	if c.scaled {
		m.Signed, m.ClampNegative = false, false
	}
	return m
}

// furthest is the largest difference of two maps as they are shown.
func furthest(r Request, a, b task.Map) (float64, error) {
	var shown [2]task.Map
	for i, m := range []task.Map{a, b} {
		f, err := heatmap.Normalise(m, 0)
		if err != nil {
			return 0, err
		}
		if shown[i], err = resized(r, task.Map{Width: f.Width, Height: f.Height, Values: f.Values}); err != nil {
			return 0, err
		}
	}
	gap := 0.0
	for i, v := range shown[0].Values {
		gap = max(gap, math.Abs(float64(v)-float64(shown[1].Values[i])))
	}
	return gap, nil
}
