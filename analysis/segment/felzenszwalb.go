package segment

import (
	"cmp"
	"math"
	"slices"
)

// Felzenszwalb divides a picture along weak edges of the grid of pixels, each
// joined to its eight neighbours (Felzenszwalb and Huttenlocher, 2004).
//
// Two parts become one where the edge between them is no larger than the
// edges inside each, plus a tolerance of scale/255/size. sigma is the
// deviation of a blur beforehand, in pixels; parts of fewer than minSize pixels
// are joined to a neighbour at the end. Larger scales give larger parts.
func Felzenszwalb(img Image, scale, sigma float64, minSize int) Labels {
	blurred := img.smooth(sigma)
	edges := blurred.edges()
	slices.SortFunc(edges, func(a, b edge) int {
		if a.cost != b.cost {
			return cmp.Compare(a.cost, b.cost)
		}
		return cmp.Compare(a.index, b.index)
	})
	f := newForest(img.Width * img.Height)
	scale /= 255
	for _, e := range edges {
		a, b := f.root(e.a), f.root(e.b)
		if a == b {
			continue
		}
		within := min(f.inner[a]+scale/float64(f.size[a]), f.inner[b]+scale/float64(f.size[b]))
		if e.cost < within {
			f.inner[f.join(a, b)] = e.cost
		}
	}
	for _, e := range edges {
		a, b := f.root(e.a), f.root(e.b)
		if a != b && min(f.size[a], f.size[b]) < minSize {
			f.join(a, b)
		}
	}
	marks := make([]int32, img.Width*img.Height)
	for i := range marks {
		marks[i] = f.root(int32(i))
	}
	return labelled(img.Width, img.Height, marks)
}

// edge joins two pixels at the distance of their colours. index is its place
// in scikit-image's list, which decides between equal costs.
type edge struct {
	cost        float64
	a, b, index int32
}

// edges lists those to the right, down, down right and up right.
func (img Image) edges() []edge {
	w, h := img.Width, img.Height
	edges := make([]edge, 0, 4*w*h)
	add := func(a, b int) {
		sum := 0.0
		for _, plane := range img.Planes {
			d := plane[a] - plane[b]
			sum += d * d
		}
		edges = append(edges, edge{math.Sqrt(sum), int32(a), int32(b), int32(len(edges))})
	}
	for _, step := range [][2]int{{1, 0}, {0, 1}, {1, 1}, {1, -1}} {
		dx, dy := step[0], step[1]
		for y := max(-dy, 0); y < h-max(dy, 0); y++ {
			for x := range w - dx {
				add(y*w+x, (y+dy)*w+x+dx)
			}
		}
	}
	return edges
}

// forest holds disjoint parts; the root of each is its first pixel.
type forest struct {
	parent []int32
	size   []int
	inner  []float64
}

func newForest(n int) *forest {
	f := &forest{parent: make([]int32, n), size: make([]int, n), inner: make([]float64, n)}
	for i := range f.parent {
		f.parent[i], f.size[i] = int32(i), 1
	}
	return f
}

func (f *forest) root(i int32) int32 {
	for f.parent[i] != i {
		f.parent[i] = f.parent[f.parent[i]]
		i = f.parent[i]
	}
	return i
}

// join makes one of two roots' parts and returns its root.
func (f *forest) join(a, b int32) int32 {
	a, b = min(a, b), max(a, b)
	f.parent[b] = a
	f.size[a] += f.size[b]
	return a
}
