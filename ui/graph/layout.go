package graph

import (
	"context"
	"slices"
)

// Measures of the picture, in its own units: those of the screen at a zoom of 1.
const (
	BoxWidth  = 172.0
	BoxHeight = 40.0
	gapX      = 22.0
	gapY      = 30.0
	// wireGap is the room of a line that passes between boxes.
	wireGap = 14.0
)

// Point is a place in the picture.
type Point struct{ X, Y float64 }

// vertex is a box, or a point through which a long line passes.
type vertex struct {
	layer, order int
	x            float64
	width        float64
	up, down     []int
}

// sweeps is how often the order of layers and the places in them are improved.
const sweeps = 12

// Lines take room, time and memory: one from the top of a deep net to its end
// has a point in each layer. maxRouted bounds the lines between layers and the
// points of those that pass; the dense nets that people train have a tenth of
// that. Of what is left, maxLong are drawn straight, and the others not at all:
// nobody could tell them apart.
const (
	maxRouted = 100_000
	maxLong   = 10_000
)

// lay places n boxes in layers (Sugiyama, Tagawa and Toda 1981): each as deep as
// its longest way from the top, ordered by the mean place of its neighbours, and
// then put as near to them as its own neighbours in the layer allow. Edges go
// from a lower to a higher number. It gives each box's middle, and the lines
// between boxes and the points that long ones pass through; long are lines for
// which there was no room. Where ctx ends, what it gives is of no use.
func lay(ctx context.Context, n int, edges [][2]int) (at []Point, wires, long []Wire) {
	v := make([]vertex, n)
	for i := range v {
		v[i].width = BoxWidth + gapX
	}
	// All edges into a box then stand before those out of it.
	slices.SortStableFunc(edges, func(a, b [2]int) int { return a[0] - b[0] })
	for _, e := range edges {
		v[e[1]].layer = max(v[e[1]].layer, v[e[0]].layer+1)
	}
	// Long lines from one box share their points: a box whose output a hundred
	// others use has one line down, not a hundred.
	trunks := make([][]int, n)
	var straight [][2]int
	routed := 0
	for _, e := range edges {
		length := v[e[1]].layer - v[e[0]].layer - 1
		// Each point of a trunk has a line too.
		cost := 1 + 2*max(0, length-len(trunks[e[0]]))
		if routed+cost > maxRouted {
			if len(straight) < maxLong {
				straight = append(straight, e)
			}
			continue
		}
		routed += cost
		for len(trunks[e[0]]) < length {
			at, depth := e[0], len(trunks[e[0]])
			if depth > 0 {
				at = trunks[e[0]][depth-1]
			}
			v = append(v, vertex{layer: v[e[0]].layer + depth + 1, width: wireGap})
			i := len(v) - 1
			v[at].down, v[i].up = append(v[at].down, i), append(v[i].up, at)
			trunks[e[0]] = append(trunks[e[0]], i)
		}
		at := e[0]
		if length > 0 {
			at = trunks[e[0]][length-1]
		}
		v[at].down, v[e[1]].up = append(v[at].down, e[1]), append(v[e[1]].up, at)
	}
	layers := order(ctx, v)
	settle(ctx, v, layers)
	if ctx.Err() != nil {
		return nil, nil, nil
	}
	at = make([]Point, n)
	y := func(layer int) float64 { return float64(layer)*(BoxHeight+gapY) + BoxHeight/2 }
	for i := range at {
		at[i] = Point{v[i].x, y(v[i].layer)}
	}
	for i := range v {
		from := Point{v[i].x, y(v[i].layer)}
		if i < n {
			from.Y += BoxHeight / 2
		}
		for _, j := range v[i].down {
			to := Point{v[j].x, y(v[j].layer)}
			if j < n {
				to.Y -= BoxHeight / 2
			}
			wires = append(wires, Wire{from, to})
		}
	}
	for _, e := range straight {
		long = append(long, Wire{Point{at[e[0]].X, at[e[0]].Y + BoxHeight/2}, Point{at[e[1]].X, at[e[1]].Y - BoxHeight/2}})
	}
	return at, wires, long
}

// order sorts each layer by the mean place of its neighbours above, then
// below, in turn.
func order(ctx context.Context, v []vertex) [][]int {
	var layers [][]int
	for i := range v {
		for len(layers) <= v[i].layer {
			layers = append(layers, nil)
		}
		v[i].order = len(layers[v[i].layer])
		layers[v[i].layer] = append(layers[v[i].layer], i)
	}
	middle := make([]float64, len(v))
	for s := range sweeps {
		for k := range layers {
			if ctx.Err() != nil {
				return layers
			}
			layer := layers[k]
			if s%2 == 1 {
				layer = layers[len(layers)-1-k]
			}
			for _, i := range layer {
				near := v[i].up
				if s%2 == 1 {
					near = v[i].down
				}
				middle[i] = float64(v[i].order)
				if len(near) > 0 {
					sum := 0.0
					for _, j := range near {
						sum += float64(v[j].order)
					}
					middle[i] = sum / float64(len(near))
				}
			}
			slices.SortStableFunc(layer, func(a, b int) int {
				switch {
				case middle[a] < middle[b]:
					return -1
				case middle[a] > middle[b]:
					return 1
				}
				return 0
			})
			for place, i := range layer {
				v[i].order = place
			}
		}
	}
	return layers
}

// settle gives each vertex its place: as near to the mean of its neighbours as
// the order and the widths in its layer allow.
func settle(ctx context.Context, v []vertex, layers [][]int) {
	for _, layer := range layers {
		x := 0.0
		for _, i := range layer {
			v[i].x = x + v[i].width/2
			x += v[i].width
		}
		for _, i := range layer {
			v[i].x -= x / 2
		}
	}
	for s := range 2 * sweeps {
		for k := range layers {
			if ctx.Err() != nil {
				return
			}
			layer := layers[k]
			if s%2 == 1 {
				layer = layers[len(layers)-1-k]
			}
			wanted := make([]float64, len(layer))
			for place, i := range layer {
				near := v[i].up
				if s%2 == 1 {
					near = v[i].down
				}
				wanted[place] = v[i].x
				if len(near) > 0 {
					sum := 0.0
					for _, j := range near {
						sum += v[j].x
					}
					wanted[place] = sum / float64(len(near))
				}
			}
			squeeze(v, layer, wanted)
		}
	}
}

// squeeze puts a layer's vertices at the places nearest to those wanted (least
// squares) that keep their order and widths: an isotonic regression, by pooling
// those that touch.
func squeeze(v []vertex, layer []int, wanted []float64) {
	type pool struct {
		sum   float64
		count int
	}
	offsets := make([]float64, len(layer))
	var pools []pool
	for place, i := range layer {
		if place > 0 {
			offsets[place] = offsets[place-1] + (v[layer[place-1]].width+v[i].width)/2
		}
		pools = append(pools, pool{wanted[place] - offsets[place], 1})
		for n := len(pools); n > 1 && pools[n-2].sum/float64(pools[n-2].count) > pools[n-1].sum/float64(pools[n-1].count); n-- {
			pools[n-2].sum += pools[n-1].sum
			pools[n-2].count += pools[n-1].count
			pools = pools[:n-1]
		}
	}
	place := 0
	for _, p := range pools {
		for range p.count {
			v[layer[place]].x = p.sum/float64(p.count) + offsets[place]
			place++
		}
	}
}
