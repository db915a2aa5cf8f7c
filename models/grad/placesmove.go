package grad

import "slices"

// reshape follows a Reshape of a value from shape in to shape out, both of one
// sample. Axes fall into groups of equal size; a group in which nothing
// changes is passed over, the others are counted through.
func (p *places) reshape(in, out []int) *places {
	if !p.fits(in) || product(in) != product(out) {
		return nil
	}
	steps := strides(p.dims)
	dims, source := make([]int, len(out)), make([][]int, len(out))
	for _, g := range groups(in, out) {
		active := slices.ContainsFunc(p.dims[g.in0:g.in1], func(d int) bool { return d > 1 })
		inner := product(out[g.out0:g.out1])
		for a := g.out0; a < g.out1; a++ {
			dims[a] = 1
			if !active {
				continue
			}
			dims[a] = out[a]
			inner /= max(out[a], 1)
			source[a] = []int{g.in0, g.in1, inner}
		}
	}
	if n := product(dims); n < 1 || n > maxPlaces {
		return nil
	}
	r := &places{dims: dims, cell: make([]int32, product(dims)), height: p.height, width: p.width}
	at := make([]int, len(dims))
	for i := range r.cell {
		from := 0
		for a := 0; a < len(dims); {
			if source[a] == nil {
				a++
				continue
			}
			// The position within the group, then along each of its axes before.
			in0, in1, flat := source[a][0], source[a][1], 0
			for a < len(dims) && source[a] != nil && source[a][0] == in0 {
				flat += at[a] * source[a][2]
				a++
			}
			for b := in1 - 1; b >= in0; b-- {
				from += flat % in[b] * steps[b]
				flat /= in[b]
			}
		}
		r.cell[i] = p.cell[from]
		for a := len(dims) - 1; a >= 0; a-- {
			if at[a]++; at[a] < dims[a] {
				break
			}
			at[a] = 0
		}
	}
	return r.squash()
}

// axisGroup are axes in0..in1 of one shape that become out0..out1 of another.
type axisGroup struct{ in0, in1, out0, out1 int }

// groups splits two shapes of equal product into the smallest runs of axes of
// equal product; axes of length 1 at the end join the last.
func groups(in, out []int) []axisGroup {
	var list []axisGroup
	i, j := 0, 0
	for i < len(in) && j < len(out) {
		g := axisGroup{in0: i, out0: j}
		a, b := in[i], out[j]
		i, j = i+1, j+1
		for a != b {
			switch {
			case a < b && i < len(in):
				a *= in[i]
				i++
			case b < a && j < len(out):
				b *= out[j]
				j++
			default:
				return nil
			}
		}
		g.in1, g.out1 = i, j
		list = append(list, g)
	}
	if len(list) == 0 {
		return nil
	}
	list[len(list)-1].in1, list[len(list)-1].out1 = len(in), len(out)
	return list
}

// part is one input of a Concat: its places, if any, and its shape.
type part struct {
	at    *places
	shape []int
	// fill is what positions are where at is nil: noPlace or border.
	fill int32
}

// join follows a Concat. Along an axis of places, what has none counts as no
// place (class tokens); along channels, the first grid stands for all.
func join(axis int, parts []part) *places {
	var known []*places
	for _, x := range parts {
		if x.at != nil {
			known = append(known, x.at)
		}
	}
	if len(known) == 0 {
		return nil
	}
	first := known[0]
	along := slices.ContainsFunc(parts, func(x part) bool { return x.at != nil && (x.at.dims[axis] > 1 || x.shape[axis] == 1) })
	alike := !slices.ContainsFunc(known, func(p *places) bool { return !p.same(first) })
	if !slices.ContainsFunc(known, func(p *places) bool { return p.dims[axis] > 1 }) && (alike || !along) {
		if alike {
			return first
		}
		// Unlike parts of one grid, joined along channels (the four corners of
		// patches that are merged), are that grid, coarser.
		return mostSeen(known).compact()
	}
	dims := slices.Repeat([]int{1}, len(first.dims))
	for _, x := range parts {
		dims[axis] += x.shape[axis]
		if x.at == nil {
			continue
		}
		if x.at.height != first.height || x.at.width != first.width {
			return nil
		}
		for a, d := range x.at.dims {
			if a != axis && d > 1 {
				dims[a] = d
			}
		}
	}
	dims[axis]--
	if n := product(dims); n < 1 || n > maxPlaces {
		return nil
	}
	out := &places{dims: dims, cell: make([]int32, product(dims)), height: first.height, width: first.width}
	inner, start := product(dims[axis+1:]), 0
	block := inner * dims[axis]
	for _, x := range parts {
		size := slices.Clone(dims)
		size[axis] = x.shape[axis]
		cells := slices.Repeat([]int32{x.fill}, product(size))
		if x.at != nil {
			cells = x.at.gather(size, strides(x.at.dims)).cell
		}
		width := inner * x.shape[axis]
		for i := 0; i*block < len(out.cell) && width > 0; i++ {
			copy(out.cell[i*block+start:], cells[i*width:(i+1)*width])
		}
		start += width
	}
	return out.squash()
}

func mostSeen(list []*places) *places {
	best := list[0]
	for _, p := range list[1:] {
		if p.seen() > best.seen() {
			best = p
		}
	}
	return best
}

// widen follows a Pad: what is added is no place.
func (p *places) widen(shape []int, begin, end []int64) *places {
	for a := range p.dims {
		b, e := int(begin[a]), int(end[a])
		if p.dims[a] == 1 && shape[a] != 1 || b == 0 && e == 0 {
			continue
		}
		// A row alone that is widened, and cropping, are left unfollowed.
		if p.dims[a] == 1 || min(b, e) < 0 || max(b, e) > maxPlaces {
			return nil
		}
		added := func(n int) part {
			s := slices.Clone(p.dims)
			s[a] = n
			return part{shape: s, fill: border}
		}
		if p = join(a, []part{added(b), {at: p, shape: p.dims}, added(e)}); p == nil {
			return nil
		}
	}
	return p
}
