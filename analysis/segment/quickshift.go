package segment

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// QuickshiftOptions are those of Quickshift. LIME takes Kernel 4, MaxDistance
// 200 and Ratio 0.2.
type QuickshiftOptions struct {
	// Kernel is the deviation of the Gaussian that densities are measured with,
	// in pixels, 1 to 20. Larger gives fewer segments.
	Kernel float64
	// MaxDistance is the longest step towards a denser pixel, in the joint
	// space of place and colour. Larger gives fewer segments.
	MaxDistance float64
	// Ratio weighs colour (L*a*b*) against place, 0 to 1.
	Ratio float64
	// Seed draws the noise of deviation 1e-5 that decides between pixels of
	// equal density.
	Seed uint64
}

// Quickshift climbs from each pixel to its nearest denser neighbour; what ends
// at the same summit is a segment (Vedaldi and Soatto, 2008).
func Quickshift(img Image, o QuickshiftOptions) Labels {
	q := newShift(img, o)
	overRows(q.h, q.densities)
	noise := rand.New(rand.NewPCG(o.Seed, 0x9e3779b97f4a7c15))
	for i := range q.density {
		q.density[i] += 1e-5 * noise.NormFloat64()
	}
	overRows(q.h, q.parents)
	return labelled(q.w, q.h, q.summits())
}

// shift is a quickshift under way.
type shift struct {
	w, h, reach int
	// scale is -1 / (2 kernel^2); furthest is MaxDistance squared.
	scale, furthest float64
	// pixels has the three scaled colours of each pixel together.
	pixels  [][3]float64
	density []float64
	parent  []int32
}

func newShift(img Image, o QuickshiftOptions) *shift {
	kernel := min(max(o.Kernel, 1), 20)
	lab := img.lab()
	q := &shift{
		w: img.Width, h: img.Height, reach: int(math.Ceil(3 * kernel)),
		scale: -0.5 / (kernel * kernel), furthest: o.MaxDistance * o.MaxDistance,
		pixels: make([][3]float64, img.Width*img.Height), density: make([]float64, img.Width*img.Height),
		parent: make([]int32, img.Width*img.Height),
	}
	for i := range q.pixels {
		for c := range 3 {
			q.pixels[i][c] = lab.Planes[c][i] * o.Ratio
		}
	}
	return q
}

// overRows calls f for each row, on as many goroutines as there are cores.
func overRows(rows int, f func(y int)) {
	var group sync.WaitGroup
	next := make(chan int, rows)
	for y := range rows {
		next <- y
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), rows) {
		group.Go(func() {
			for y := range next {
				f(y)
			}
		})
	}
	group.Wait()
}

// densities sums, for the pixels of row y, the kernel over their surroundings.
func (q *shift) densities(y int) {
	// The spatial part of the kernel depends on the offset alone.
	place := make([]float64, q.reach+1)
	for d := range place {
		place[d] = float64(d * d)
	}
	for x := range q.w {
		at, sum := q.pixels[y*q.w+x], 0.0
		left, right := max(x-q.reach, 0), min(x+q.reach, q.w-1)
		for v := max(y-q.reach, 0); v <= min(y+q.reach, q.h-1); v++ {
			dy := place[max(v-y, y-v)]
			for u, p := range q.pixels[v*q.w+left : v*q.w+right+1] {
				a, b, c := at[0]-p[0], at[1]-p[1], at[2]-p[2]
				sum += exp(q.scale * (a*a + b*b + c*c + dy + place[max(left+u-x, x-left-u)]))
			}
		}
		q.density[y*q.w+x] = sum
	}
}

// parents finds, for the pixels of row y, the nearest denser one in reach.
func (q *shift) parents(y int) {
	for x := range q.w {
		i := y*q.w + x
		at, nearest, parent := q.pixels[i], math.Inf(1), int32(i)
		left, right := max(x-q.reach, 0), min(x+q.reach, q.w-1)
		for v := max(y-q.reach, 0); v <= min(y+q.reach, q.h-1); v++ {
			dy := float64((v - y) * (v - y))
			for u := left; u <= right; u++ {
				j := v*q.w + u
				if q.density[j] <= q.density[i] {
					continue
				}
				p := &q.pixels[j]
				a, b, c := at[0]-p[0], at[1]-p[1], at[2]-p[2]
				if d := a*a + b*b + c*c + dy + float64((u-x)*(u-x)); d < nearest {
					nearest, parent = d, int32(j)
				}
			}
		}
		if nearest > q.furthest {
			parent = int32(i)
		}
		q.parent[i] = parent
	}
}

// summits follows each pixel to the end of its climb. Densities rise on the
// way, so there is an end.
func (q *shift) summits() []int32 {
	marks := make([]int32, len(q.parent))
	for i := range marks {
		at := int32(i)
		for q.parent[at] != at {
			q.parent[at] = q.parent[q.parent[at]]
			at = q.parent[at]
		}
		marks[i] = at
	}
	return marks
}
