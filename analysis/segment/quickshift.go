package segment

import (
	"cmp"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
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
	q.densities()
	noise := rand.New(rand.NewPCG(o.Seed, 0x9e3779b97f4a7c15))
	for i := range q.density {
		q.density[i] += 1e-5 * noise.NormFloat64()
	}
	offsets := q.outwards()
	parallel(q.h, func(y int) { q.parents(y, offsets) })
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

// parallel calls f for 0..n-1 on as many goroutines as there are cores.
func parallel(n int, f func(i int)) {
	var group sync.WaitGroup
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	group.Wait()
}

// bandRows is the height of the bands that densities are summed in. It decides
// the order of the sums, which must not hang on the number of cores.
const bandRows = 16

// densities sums, for each pixel, the kernel over its surroundings. The kernel
// of two pixels is the same seen from either: each pair is asked once.
func (q *shift) densities() {
	bands := make([][]float64, (q.h+bandRows-1)/bandRows)
	parallel(len(bands), func(band int) {
		top, bottom := band*bandRows, min((band+1)*bandRows, q.h)
		// What the band's pixels give to those below it is in it too.
		sums := make([]float64, (min(bottom+q.reach, q.h)-top)*q.w)
		for y := top; y < bottom; y++ {
			q.pairs(sums, top, y)
		}
		bands[band] = sums
	})
	for band, sums := range bands {
		for i, v := range sums {
			q.density[band*bandRows*q.w+i] += v
		}
	}
}

// pairs adds the kernel of the pixels of row y and those after them to sums,
// which begins at row top.
func (q *shift) pairs(sums []float64, top, y int) {
	for x := range q.w {
		at, own := q.pixels[y*q.w+x], 1.0
		for v := y; v <= min(y+q.reach, q.h-1); v++ {
			left, right := max(x-q.reach, 0), min(x+q.reach, q.w-1)
			if v == y {
				left = x + 1
			}
			if left > right {
				continue
			}
			dy, dx := float64((v-y)*(v-y)), float64(left-x)
			to := sums[(v-top)*q.w+left:]
			for u, p := range q.pixels[v*q.w+left : v*q.w+right+1] {
				a, b, c := at[0]-p[0], at[1]-p[1], at[2]-p[2]
				k := exp(q.scale * (a*a + b*b + c*c + dy + dx*dx))
				own += k
				to[u] += k
				dx++
			}
		}
		sums[(y-top)*q.w+x] += own
	}
}

// offset is a place in reach.
type offset struct {
	dx, dy int
	square float64
}

// outwards lists the places in reach, the nearest first.
func (q *shift) outwards() []offset {
	var all []offset
	for dy := -q.reach; dy <= q.reach; dy++ {
		for dx := -q.reach; dx <= q.reach; dx++ {
			all = append(all, offset{dx, dy, float64(dx*dx + dy*dy)})
		}
	}
	slices.SortStableFunc(all, func(a, b offset) int { return cmp.Compare(a.square, b.square) })
	return all
}

// parents finds, for the pixels of row y, the nearest denser one in reach: of
// equally near ones the first by rows. The search ends where the place alone is
// further than what was found.
func (q *shift) parents(y int, offsets []offset) {
	for x := range q.w {
		i := y*q.w + x
		at, nearest, parent := q.pixels[i], math.Inf(1), int32(i)
		for _, o := range offsets {
			if o.square > nearest {
				break
			}
			u, v := x+o.dx, y+o.dy
			if u < 0 || v < 0 || u >= q.w || v >= q.h {
				continue
			}
			j := v*q.w + u
			if q.density[j] <= q.density[i] {
				continue
			}
			p := &q.pixels[j]
			a, b, c := at[0]-p[0], at[1]-p[1], at[2]-p[2]
			if d := a*a + b*b + c*c + o.square; d < nearest || d == nearest && int32(j) < parent {
				nearest, parent = d, int32(j)
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
