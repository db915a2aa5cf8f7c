package grad

import "slices"

// trail is what is known of a value: where the picture lies in it and, for a
// matrix between tokens, which places its columns stand for.
type trail struct {
	at, keys *places
	// softmax is the value in which the matrix became an attention.
	softmax string
}

// each applies one step to both sides.
func (t *trail) each(step func(p *places) *places) *trail {
	if t == nil || t.at == nil {
		return nil
	}
	out := &trail{at: step(t.at), softmax: t.softmax}
	if t.keys != nil {
		out.keys = step(t.keys)
		if out.keys == nil {
			return nil
		}
	}
	if out.at = out.at.useful(); out.at == nil {
		return nil
	}
	return out
}

// operand is one side of a product with its axes named.
type operand struct {
	*trail
	labels []int
}

func (o operand) has(label int) bool { return slices.Contains(o.labels, label) }

// moves says that the cells of p, with o's axes, change along a label.
func (o operand) moves(p *places, label int) bool {
	i := slices.Index(o.labels, label)
	return p != nil && i >= 0 && p.dims[i] > 1
}

// project gives p, with o's axes, the axes of a result: what is summed over is
// looked at in its first position.
func (o operand) project(p *places, result []int) *places {
	for a, l := range o.labels {
		if !slices.Contains(result, l) && p.dims[a] > 1 {
			if p = p.take(a, []int{0}); p == nil {
				return nil
			}
		}
	}
	steps := strides(p.dims)
	dims, source := make([]int, len(result)), make([]int, len(result))
	for i, l := range result {
		dims[i] = 1
		if a := slices.Index(o.labels, l); a >= 0 {
			dims[i], source[i] = p.dims[a], steps[a]
		}
	}
	return p.gather(dims, source)
}

// own lists the labels of the result that only o has and along which its
// places change.
func (o operand) own(other operand, result []int) (list []int) {
	for _, l := range result {
		if o.trail != nil && o.has(l) && !other.has(l) && o.moves(o.at, l) {
			list = append(list, l)
		}
	}
	return list
}

// contract follows a product of two values, summed over the labels that are
// not in the result. A matrix between the tokens of a and those of b comes of
// it where each brings places of its own. attends is called with the softmax
// of a matrix that here weighs tokens: an attention.
func contract(a, b operand, result []int, attends func(softmax string)) *trail {
	for _, side := range [][2]operand{{a, b}, {b, a}} {
		m, v := side[0], side[1]
		if m.trail == nil || m.keys == nil || m.softmax == "" {
			continue
		}
		for _, l := range m.labels {
			weighs := !slices.Contains(result, l) && m.moves(m.keys, l) && !m.moves(m.at, l)
			if weighs && v.trail != nil && v.moves(v.at, l) {
				attends(m.softmax)
			}
		}
	}
	if a.trail != nil && b.trail != nil {
		mine, others := a.own(b, result), b.own(a, result)
		switch {
		case a.keys == nil && b.keys == nil && len(others) > 0 && (len(mine) > 0 || a.at.seen() == 0):
			return pair(a, b, result)
		case a.keys == nil && b.keys == nil && len(mine) > 0 && b.at.seen() == 0:
			return pair(b, a, result)
		case a.keys == nil && b.keys != nil, len(mine) == 0 && len(others) > 0:
			return single(b, result)
		}
		return single(a, result)
	}
	if a.trail != nil {
		return single(a, result)
	}
	if b.trail != nil {
		return single(b, result)
	}
	return nil
}

// pair is a matrix between tokens.
func pair(rows, columns operand, result []int) *trail {
	at, keys := rows.project(rows.at, result), columns.project(columns.at, result).useful()
	if at == nil || keys == nil {
		return nil
	}
	return &trail{at: at, keys: keys}
}

// single keeps the places of one side; its columns stay where they are not
// summed over.
func single(o operand, result []int) *trail {
	p := o.project(o.at, result)
	if p = p.useful(); p == nil {
		return nil
	}
	out := &trail{at: p}
	if o.keys != nil {
		stays := true
		for _, l := range o.labels {
			if o.moves(o.keys, l) && !o.moves(o.at, l) && !slices.Contains(result, l) {
				stays = false
			}
		}
		if stays {
			if out.keys, out.softmax = o.project(o.keys, result), o.softmax; out.keys == nil {
				return nil
			}
		}
	}
	return out
}
