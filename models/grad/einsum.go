package grad

import (
	"fmt"
	"slices"
	"strings"

	"seewhy/models/onnx"
)

func init() { register(Rule{Op: "Einsum", VJP: vjpEinsum}) }

// vjpEinsum: with "a,b->y", da = einsum("y,b->a") and likewise db. An index
// that only a has is summed over alone: its gradient is repeated along it. One
// that a repeats is a diagonal: off it the gradient is zero. An ellipsis
// stands for letters of its own, which broadcast.
func vjpEinsum(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	terms, y, err := b.einsumTerms(n)
	if err != nil {
		return nil, err
	}
	sizes := map[rune]int{}
	for i, term := range terms {
		shape, err := b.Shape(n.In[i])
		if err != nil {
			return nil, err
		}
		for k, c := range []rune(term) {
			// A broadcast index has the larger size.
			if have, ok := sizes[c]; !ok || have == 1 {
				sizes[c] = shape[k]
			}
		}
	}
	out := make([]Value, len(n.In))
	for i := range terms {
		if !b.Wants(n, i) {
			continue
		}
		if out[i], err = b.einsumBack(n, d[0], terms, y, i, sizes); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *Builder) einsumBack(n *onnx.Node, dy Value, terms []string, y string, i int, sizes map[rune]int) (Value, error) {
	from, in := []string{y}, []Value{dy}
	for j, other := range terms {
		if j != i {
			from, in = append(from, other), append(in, Value(n.In[j]))
		}
	}
	rest := strings.Join(from, "")
	var present, letters []rune
	for _, c := range terms[i] {
		if !slices.Contains(letters, c) {
			letters = append(letters, c)
			if strings.ContainsRune(rest, c) {
				present = append(present, c)
			}
		}
	}
	// Where nothing is contracted or moved, nothing is to be done.
	g := dy
	if len(terms) > 1 || y != string(present) {
		g = b.Node("Einsum", A{"equation": onnx.Str(strings.Join(from, ",") + "->" + string(present))}, in...)
	}
	var missing, wide []int64
	for k, c := range letters {
		wide = append(wide, 1)
		if !slices.Contains(present, c) {
			if sizes[c] < 1 {
				return "", fmt.Errorf("index %q is summed over alone and of unknown size", c)
			}
			missing = append(missing, int64(k))
			wide[k] = int64(sizes[c])
		}
	}
	if len(missing) > 0 {
		g = b.Op("Expand", b.Unsqueeze(g, missing...), b.Ints(wide...))
	}
	g, err := b.offDiagonal(g, []rune(terms[i]), letters, sizes)
	if err != nil {
		return "", err
	}
	// An index of size 1 that met a larger one was broadcast.
	shape, err := b.Shape(n.In[i])
	if err != nil {
		return "", err
	}
	var axes []int64
	for k, c := range []rune(terms[i]) {
		if shape[k] == 1 && sizes[c] != 1 {
			axes = append(axes, int64(k))
		}
	}
	if len(axes) > 0 {
		g = b.SumAxes(g, true, axes...)
	}
	return g, nil
}

// offDiagonal spreads a gradient over letters to the term that repeats some of them, 0 off the diagonal.
func (b *Builder) offDiagonal(g Value, term, letters []rune, sizes map[rune]int) (Value, error) {
	for k, c := range term {
		first := slices.Index(term, c)
		if first == k {
			continue
		}
		size := sizes[c]
		if size < 1 {
			return "", fmt.Errorf("index %q is repeated and of unknown size", c)
		}
		eye, err := newMatrix(size, size)
		if err != nil {
			return "", err
		}
		for j := range size {
			eye[j*size+j] = 1
		}
		// g has the term's axes up to k by now, and the letters that follow.
		follow := 0
		for _, l := range letters {
			if slices.Index(term, l) > k {
				follow++
			}
		}
		dims := slices.Repeat([]int{1}, k+1+follow)
		dims[first], dims[k] = size, size
		g = b.Mul(b.Unsqueeze(g, int64(k)), b.Floats(dims, eye...))
	}
	return g, nil
}

// einsumTerms gives the terms with ellipses as letters of their own, and the
// output's, which is written out where the equation leaves it to the reader.
func (b *Builder) einsumTerms(n *onnx.Node) (terms []string, y string, err error) {
	equation := strings.ReplaceAll(n.AttrString("equation", ""), " ", "")
	left, y, explicit := strings.Cut(equation, "->")
	terms = strings.Split(left, ",")
	if len(terms) != len(n.In) {
		return nil, "", fmt.Errorf("equation %q has %d terms for %d inputs", equation, len(terms), len(n.In))
	}
	free := freeLetters(equation)
	widest := 0
	ranks := make([]int, len(terms))
	for i, term := range terms {
		shape, err := b.Shape(n.In[i])
		if err != nil {
			return nil, "", err
		}
		if strings.Contains(term, "...") {
			ranks[i] = len(shape) - (len(term) - 3)
		}
		if ranks[i] < 0 || ranks[i] > len(free) || !strings.Contains(term, "...") && len(term) != len(shape) {
			return nil, "", fmt.Errorf("equation %q does not fit input %d of shape %v", equation, i, shape)
		}
		widest = max(widest, ranks[i])
	}
	dots := free[:widest]
	if !explicit {
		// Letters that occur once, in order, behind the ellipsis.
		var once []rune
		for _, c := range left {
			if c != '.' && c != ',' && strings.Count(left, string(c)) == 1 {
				once = append(once, c)
			}
		}
		slices.Sort(once)
		y = string(once)
		if widest > 0 {
			y = "..." + y
		}
	}
	for i := range terms {
		terms[i] = strings.Replace(terms[i], "...", dots[widest-ranks[i]:], 1)
	}
	// A label that the output leaves out with its ellipsis is summed over.
	return terms, strings.Replace(y, "...", dots, 1), nil
}

func freeLetters(equation string) string {
	var free []rune
	for c := 'A'; c <= 'z'; c++ {
		if (c <= 'Z' || c >= 'a') && !strings.ContainsRune(equation, c) {
			free = append(free, c)
		}
	}
	return string(free)
}
