package method

import "math"

// normal has the sums that weighted least squares over coalitions needs:
// weights w, answers y, and z, 1 for each segment that is on.
type normal struct {
	n        int
	w, y, yy float64
	z, zy    []float64
	// zz is the lower triangle by rows.
	zz []float64
}

func newNormal(m int) normal {
	return normal{z: make([]float64, m), zy: make([]float64, m), zz: make([]float64, m*(m+1)/2)}
}

func (s *normal) add(z []bool, w, y float64) {
	s.n++
	s.w += w
	s.y += w * y
	s.yy += w * y * y
	for i, on := range z {
		if !on {
			continue
		}
		s.z[i] += w
		s.zy[i] += w * y
		row := s.zz[i*(i+1)/2:]
		for j, on := range z[:i+1] {
			if on {
				row[j] += w
			}
		}
	}
}

// plus adds f times another's sums.
func (s *normal) plus(o normal, f float64) {
	s.n += int(f) * o.n
	s.w += f * o.w
	s.y += f * o.y
	s.yy += f * o.yy
	for i := range s.z {
		s.z[i] += f * o.z[i]
		s.zy[i] += f * o.zy[i]
	}
	for i := range s.zz {
		s.zz[i] += f * o.zz[i]
	}
}

// ridge minimises sum w (y - b - z.c)^2 + alpha c.c, b left free. It gives the
// coefficients c and the intercept b; ok is false where they are not decided.
func (s *normal) ridge(alpha float64) (c []float64, b float64, ok bool) {
	m := len(s.z)
	a, rhs := make([]float64, len(s.zz)), make([]float64, m)
	for i := range m {
		for j := range i + 1 {
			a[i*(i+1)/2+j] = s.zz[i*(i+1)/2+j] - s.z[i]*s.z[j]/s.w
		}
		a[i*(i+1)/2+i] += alpha
		rhs[i] = s.zy[i] - s.z[i]*s.y/s.w
	}
	if !cholesky(a, m) {
		return nil, 0, false
	}
	c = solve(a, rhs)
	b = s.y / s.w
	for i, v := range c {
		b -= v * s.z[i] / s.w
	}
	return c, b, true
}

// sharing minimises sum w (y - b - z.c)^2 under the condition that c adds up
// to total.
func (s *normal) sharing(b, total float64) (c []float64, ok bool) {
	m := len(s.z)
	a, rhs, ones := append([]float64(nil), s.zz...), make([]float64, m), make([]float64, m)
	for i := range m {
		rhs[i], ones[i] = s.zy[i]-b*s.z[i], 1
	}
	if !cholesky(a, m) {
		return nil, false
	}
	c, lean := solve(a, rhs), solve(a, ones)
	var sum, across float64
	for i := range m {
		sum, across = sum+c[i], across+lean[i]
	}
	for i := range c {
		c[i] -= lean[i] * (sum - total) / across
	}
	return c, true
}

// explained is the weighted R^2 of the surrogate b + z.c.
func (s *normal) explained(c []float64, b float64) float64 {
	rest := s.yy - 2*b*s.y + b*b*s.w
	for i, v := range c {
		rest -= 2 * v * (s.zy[i] - b*s.z[i])
		for j := range i {
			rest += 2 * v * c[j] * s.zz[i*(i+1)/2+j]
		}
		rest += v * v * s.zz[i*(i+1)/2+i]
	}
	all := s.yy - s.y*s.y/s.w
	if all <= 1e-12*s.yy {
		return 0
	}
	return 1 - max(rest, 0)/all
}

// jackknifed is the number of groups that errors are estimated from.
const jackknifed = 20

// grouped has the sums of samples in groups, so that the solution without each
// of them tells how far chance moves it.
type grouped struct {
	groups [jackknifed]normal
	// fixed has samples that belong to every draw.
	fixed normal
}

func newGrouped(m int) *grouped {
	g := &grouped{fixed: newNormal(m)}
	for i := range g.groups {
		g.groups[i] = newNormal(m)
	}
	return g
}

// total has the sums of all samples.
func (g *grouped) total() normal {
	t := newNormal(len(g.fixed.z))
	t.plus(g.fixed, 1)
	for _, s := range g.groups {
		t.plus(s, 1)
	}
	return t
}

// errors are the standard errors of a solution, by the jackknife over groups:
// sqrt((G-1)/G sum (c_g - mean)^2), c_g being the solution without group g. nil
// where a solution is not decided.
func (g *grouped) errors(of func(normal) ([]float64, bool)) []float64 {
	all := g.total()
	m := len(all.z)
	if all.n*(jackknifed-1)/jackknifed < m+1 {
		return nil
	}
	var without [][]float64
	mean := make([]float64, m)
	for _, group := range g.groups {
		left := newNormal(m)
		left.plus(all, 1)
		left.plus(group, -1)
		c, ok := of(left)
		if !ok {
			return nil
		}
		without = append(without, c)
		for i, v := range c {
			mean[i] += v / jackknifed
		}
	}
	out := make([]float64, m)
	for i := range out {
		for _, c := range without {
			out[i] += (c[i] - mean[i]) * (c[i] - mean[i])
		}
		out[i] = math.Sqrt(out[i] * (jackknifed - 1) / jackknifed)
	}
	return out
}
