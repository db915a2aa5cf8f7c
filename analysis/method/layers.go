package method

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// layers are the request's layers, Layer first.
func (r Request) layers() []string {
	if len(r.Layers) == 0 {
		return []string{r.Layer}
	}
	return r.Layers
}

// overLayers is the Explain of a method that has OfLayer: one pass for all
// layers and variants of the picture, then one map of them.
func (m Method) overLayers(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	x, mirrored := r.Input, []bool{false}
	if r.Params[augSmooth.ID] == 1 {
		x, mirrored = variants(r)
	}
	values, err := m.pass(ctx, s, r, x, p)
	if err != nil {
		return Attribution{}, err
	}
	var all []Attribution
	for i, mirror := range mirrored {
		a, err := m.joined(r, func(one Request) (Attribution, error) {
			return m.OfLayer(ctx, one, sample(values[one.Layer], i))
		})
		if err != nil {
			return a, err
		}
		if mirror {
			a.Map = mirrorMap(a.Map)
		}
		all = append(all, a)
	}
	p.Report(1, "Done")
	return mean(all), nil
}

// At explains one layer from its values, as Explain does; the smoothing by
// variants of the picture is left out. It is for sweeps over many layers.
func (m Method) At(ctx context.Context, r Request, at LayerGradient) (Attribution, error) {
	r.Layers, r.Params = nil, maps.Clone(r.Params)
	delete(r.Params, augSmooth.ID)
	return m.joined(r, func(one Request) (Attribution, error) { return m.OfLayer(ctx, one, at) })
}

// joined makes one attribution of what of gives for each of the request's
// layers, in the chosen convention, and says how far it is from the paper's.
func (m Method) joined(r Request, of func(one Request) (Attribution, error)) (Attribution, error) {
	c := m.convention(r)
	if len(r.layers()) > 1 && c.single {
		return Attribution{}, fmt.Errorf("%s explains one layer at a time; choose one layer, or another convention", c.title)
	}
	in := func(c convention, r Request) (Attribution, error) {
		var each []Attribution
		for _, layer := range r.layers() {
			r.Layer = layer
			a, err := of(r)
			if err != nil {
				return a, err
			}
			each = append(each, a)
		}
		return c.join(r, each, len(each) > 1 || r.Params[augSmooth.ID] == 1)
	}
	out, err := in(c, r)
	if err != nil || c == thePaper {
		return out, err
	}
	r.Params = maps.Clone(r.Params)
	r.Params[conventionID] = 0
	plain, err := in(thePaper, r)
	if err != nil {
		return out, err
	}
	gap, err := furthest(r, plain.Map, out.Map)
	if err != nil {
		return out, err
	}
	out.Facts = append(out.Facts, task.Fact{ID: FactConvention, Value: gap})
	out.Notes = append(out.Notes, task.Note{
		Key: "Shown, this map is at most %.2g of the scale away from the paper's convention.", Args: []any{gap},
	})
	return out, nil
}

// pass runs x through the model, and back where the method needs gradients.
func (m Method) pass(ctx context.Context, s Session, r Request, x tensor.Tensor, p task.Progress) (map[string]LayerGradient, error) {
	if m.Needs.LayerGradient {
		p.Report(0, "Forward and backward pass")
		out, err := s.Gradient(ctx, x, r.Score, GradientQuery{Layers: r.layers()})
		return out.Layers, err
	}
	p.Report(0, "Forward pass")
	layers, err := s.Activations(ctx, x, r.layers())
	values := map[string]LayerGradient{}
	for name, A := range layers {
		values[name] = LayerGradient{A: A}
	}
	return values, err
}

// sample is the i-th of the samples in at.
func sample(at LayerGradient, i int) LayerGradient {
	one := LayerGradient{A: at.A.Sample(i)}
	if !at.G.Absent() {
		one.G = at.G.Sample(i)
	}
	return one
}

// variants are the six pictures of aug_smooth: as it is, then mirrored, each
// times 0.9, 1 and 1.1 (after normalising, as in pytorch-grad-cam).
func variants(r Request) (x tensor.Tensor, mirrored []bool) {
	x = r.Input.Repeat(6)
	g := gridOf(r.Input, r.Layout)
	for i := range 6 {
		mirrored = append(mirrored, i >= 3)
		g.each(x.Sample(i), func(at, c int) float64 {
			if i >= 3 {
				column := (at - c*g.channel) % g.row / g.column
				at += (g.w - 1 - 2*column) * g.column
			}
			return []float64{0.9, 1, 1.1}[i%3] * float64(r.Input.Data[at])
		})
	}
	return x, mirrored
}

func mirrorMap(m task.Map) task.Map {
	m.Values = slices.Clone(m.Values)
	for y := range m.Height {
		slices.Reverse(m.Values[y*m.Width : (y+1)*m.Width])
	}
	return m
}

// mean averages maps of one size; the first one's notes speak for all.
func mean(list []Attribution) Attribution {
	out := list[0]
	if len(list) == 1 {
		return out
	}
	out.Map.Values = make([]float32, len(list[0].Map.Values))
	for i := range out.Map.Values {
		sum := 0.0
		for _, a := range list {
			sum += float64(a.Map.Values[i])
		}
		out.Map.Values[i] = float32(sum / float64(len(list)))
	}
	return out
}

// resized brings a map to the size of the input.
func resized(r Request, m task.Map) (task.Map, error) {
	g := gridOf(r.Input, r.Layout)
	return resizedTo(m, g.w, g.h)
}

func resizedTo(m task.Map, w, h int) (task.Map, error) {
	values, err := heatmap.Resize(m.Values, m.Width, m.Height, w, h, true)
	m.Width, m.Height, m.Values = w, h, values
	return m, err
}
