package grad

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"seewhy/models/onnx"
)

// A reading makes class scores [N, C] out of what a model that is no classifier
// answers, by ordinary nodes behind its outputs: whatever explains a classifier
// explains that. What it is of (a region, a reference) is constant in it.
//
// Decision (2026-11): its values are named after that, so that sessions of two
// readings of one model are never taken for each other. Boxes are told apart by
// the seed instead (see ReadBox): every box would else build sessions of its own.

// reader appends the nodes of one reading.
type reader struct {
	p    *Prepared
	name string
	made int
}

// newReader begins a reading that differs from others by what of holds.
func newReader(p *Prepared, of ...any) *reader {
	sum := sha256.Sum256(fmt.Append(nil, of...))
	out := *p
	out.Model, out.Facts = p.Model.Shallow(), p.Facts.Clone()
	return &reader{p: &out, name: "seewhy.read." + hex.EncodeToString(sum[:8])}
}

func (r *reader) next() string {
	r.made++
	return fmt.Sprint(r.name, ".", r.made)
}

// op appends a node whose value has the given shape for each sample; the batch
// is the first input's.
func (r *reader) op(op string, attrs A, sample []int, in ...string) string {
	out := r.next()
	if attrs == nil {
		attrs = A{}
	}
	g := r.p.Model.Graph
	g.Nodes = append(g.Nodes, &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: attrs})
	f := r.p.Facts
	f.Shapes[out], f.Types[out] = append([]int{f.Shapes[in[0]][0]}, sample...), onnx.Float32
	if one := f.single[in[0]]; len(one) > 0 {
		f.single[out] = append([]int{one[0]}, sample...)
	}
	return out
}

func (r *reader) constant(t *onnx.Tensor) string {
	r.p.Model.Graph.Init[t.Name] = t
	dims := make([]int, len(t.Dims))
	for i, d := range t.Dims {
		dims[i] = int(d)
	}
	f := r.p.Facts
	f.Shapes[t.Name], f.Types[t.Name], f.single[t.Name] = dims, t.Type, dims
	return t.Name
}

func (r *reader) ints(v ...int64) string { return r.constant(onnx.NewInts(r.next(), v...)) }

func (r *reader) number(v float64) string {
	return r.constant(onnx.NewFloats(r.next(), nil, []float32{float32(v)}))
}

func (r *reader) sample(value string) []int { return r.p.Facts.Shapes[value][1:] }

// ReadRegion scores each class by the sum of its logit over a region: mask holds
// Height x Width weights, row by row, 0 to 1; nil is all of the map. The
// probabilities are the Softmax of the mean over the region (the Sigmoid, where
// there is one class).
func ReadRegion(p *Prepared, o Outputs, mask []float32) (*Prepared, Scores, error) {
	r := newReader(p, "region", o.Map, mask)
	value, weight := o.Map, float64(o.Height*o.Width)
	shape, axes := []int64{1, 1, int64(o.Height), int64(o.Width)}, []int64{2, 3}
	if o.Last {
		shape, axes = []int64{1, int64(o.Height), int64(o.Width), 1}, []int64{1, 2}
	}
	if mask != nil {
		if len(mask) != o.Height*o.Width {
			return nil, Scores{}, fmt.Errorf("a mask of %d places for a map of %d x %d", len(mask), o.Width, o.Height)
		}
		weight = 0
		for _, v := range mask {
			if !(v >= 0 && v <= 1) {
				return nil, Scores{}, fmt.Errorf("a mask's weight is %v; it is 0 to 1", v)
			}
			weight += float64(v)
		}
		if weight == 0 {
			return nil, Scores{}, fmt.Errorf("the region lies outside of what the model sees of the picture")
		}
		m := r.constant(onnx.NewFloats(r.next(), shape, mask))
		value = r.op("Mul", nil, r.sample(value), value, m)
	}
	s := Scores{Read: true, Output: o.Map, Classes: o.Classes, Sigmoid: o.Classes == 1, Scale: 1 / weight}
	s.Logits = r.op("ReduceSum", A{"keepdims": onnx.Int(0)}, []int{o.Classes}, value, r.ints(axes...))
	r.probabilities(&s, r.op("Mul", nil, []int{o.Classes}, s.Logits, r.number(s.Scale)), 1)
	return r.p, s, nil
}

// probabilities ends a reading whose classes lie along a dimension.
func (r *reader) probabilities(s *Scores, logits string, classes int) {
	if s.Sigmoid {
		s.Probabilities = r.op("Sigmoid", nil, r.sample(logits), logits)
		return
	}
	s.Probabilities = r.op("Softmax", A{"axis": onnx.Int(int64(classes))}, r.sample(logits), logits)
}

// Exponents of objectness and class score in FastestDet's product.
const (
	cellObject = 0.6
	cellClass  = 0.4
)

// leastOdds bounds probabilities away from 0 and 1 before they become log-odds.
const leastOdds = 1e-6

// ReadBox scores each class by its score of one box, the anchor's of that
// number. Where the graph shows the logits before the last Sigmoid or Softmax,
// they are the scores; else the log-odds of the class's probability, which of
// Rows is objectness x class score, of Cells objectness^0.6 x class score^0.4;
// of a Softmax whose input is not found, the probabilities' logarithm. softmax
// says which of the two probabilities are made with (see Detections).
//
// The values hold the scores of all boxes, or, where scales are joined, of all on
// the anchor's own; Scores.Place says where among them the box's lie. So every box
// has the same graph, and the seed of the gradient tells which is explained. An
// anchor of -1 leaves all scales in: that says of the graph what can be said of
// each box.
func ReadBox(p *Prepared, o Outputs, anchor int, softmax bool) (*Prepared, Scores, error) {
	if anchor < -1 || anchor >= o.Anchors {
		return nil, Scores{}, fmt.Errorf("box %d is outside the model's %d", anchor, o.Anchors)
	}
	from := located{value: o.Scores, index: max(anchor, 0)}
	anchors, classes := 1, 2
	switch {
	case o.Logits != "":
		from.value, anchors, classes = o.Logits, o.Anchor, 3-o.Anchor
	case o.Form == Columns:
		anchors, classes = 2, 1
	case o.Form == Cells:
		classes = 1
	}
	if anchor >= 0 && (o.Logits != "" || o.Form != Cells) {
		from = p.locate(from, anchors)
	}
	r := newReader(p, "box", from.value, from.before, o.Form, softmax)
	s := Scores{Read: true, Output: o.Scores, Classes: o.Classes, Sigmoid: !softmax, Scale: 1}
	part := func(at, n int) string { return r.slice(from.value, classes, from.before+at, from.before+at+n) }
	switch {
	case o.Logits != "":
		s.Logits = part(0, o.Classes)
	case o.Form == Pair:
		s.Logits = r.logOdds(part(0, o.Classes), softmax)
	case o.Form == Columns:
		s.Logits = r.logOdds(part(4, o.Classes), softmax)
	case o.Form == Rows:
		each := part(5, o.Classes)
		s.Logits = r.logOdds(r.op("Mul", nil, r.sample(each), each, part(4, 1)), softmax)
	case o.Form == Cells:
		each, object := part(5, o.Classes), part(0, 1)
		object = r.op("Pow", nil, r.sample(object), r.above0(object), r.number(cellObject))
		each = r.op("Pow", nil, r.sample(each), r.above0(each), r.number(cellClass))
		s.Logits = r.logOdds(r.op("Mul", nil, r.sample(each), each, object), softmax)
	default:
		return nil, s, fmt.Errorf("boxes of the form %q are not read", o.Form)
	}
	if s.Place = (Place{First: from.index, Step: r.sample(s.Logits)[anchors-1]}); o.Form == Cells && o.Logits == "" {
		s.Place.Step = o.Height * o.Width
	} else if classes == 2 {
		s.Place = Place{First: from.index * o.Classes, Step: 1}
	}
	r.probabilities(&s, s.Logits, classes)
	return r.p, s, nil
}

// Place is where a box's scores lie among those of all boxes of one sample: that of
// class c at First + c Step. The zero Place is that of a row of scores.
type Place struct{ First, Step int }

// At is where in a sample's values the score of a class lies.
func (s Scores) At(class int) int {
	if s.Place.Step == 0 {
		return class
	}
	return s.Place.First + class*s.Place.Step
}

// Row is the row of class scores in a sample's values.
func (s Scores) Row(values []float32) []float32 {
	if s.Place.Step == 0 {
		return values
	}
	row := make([]float32, s.Classes)
	for c := range row {
		row[c] = values[s.At(c)]
	}
	return row
}

// logOdds are those of probabilities; of a Softmax's their logarithm.
func (r *reader) logOdds(p string, softmax bool) string {
	shape := r.sample(p)
	p = r.op("Clip", nil, shape, p, r.number(leastOdds), r.number(1-leastOdds))
	log := r.op("Log", nil, shape, p)
	if softmax {
		return log
	}
	rest := r.op("Log", nil, shape, r.op("Add", nil, shape, r.op("Neg", nil, shape, p), r.number(1)))
	return r.op("Sub", nil, shape, log, rest)
}

func (r *reader) above0(value string) string {
	return r.op("Clip", nil, r.sample(value), value, r.number(leastOdds))
}

// located is an index of a dimension in a value. Before is how much lies before
// what is wanted, in the other dimension.
type located struct {
	value         string
	index, before int
}

// locate follows a value to the part of it that holds the index, where the
// dimension was joined: a layer that leads to the other parts only then counts as
// none of this score's.
func (p *Prepared) locate(at located, axis int) located {
	made := p.Model.Graph.Producers()
	for {
		n := made[at.value]
		if n == nil || n.Domain != "" || n.Op != "Concat" && n.Op != "Split" {
			return at
		}
		ax := int(n.AttrInt("axis", 0))
		if rank := len(p.Facts.Shapes[at.value]); ax < 0 {
			ax += rank
		}
		if n.Op == "Split" {
			// What is split beside the index is cut out behind it: YOLOv8's boxes and
			// scores are joined over the scales before they part.
			before, ok := p.before(n, at.value, ax)
			if !ok || ax == axis || ax == 0 || len(p.Facts.Shapes[at.value]) != 3 {
				return at
			}
			at.value, at.before = n.In[0], at.before+before
			continue
		}
		if ax != axis {
			return at
		}
		part, index := p.part(n, axis, at.index)
		if part == "" {
			return at
		}
		at.value, at.index = part, index
	}
}

// part is the input of a Concat that holds an index, and the index in it.
func (p *Prepared) part(n *onnx.Node, axis, index int) (string, int) {
	for _, in := range n.In {
		s := p.Facts.Shapes[in]
		if len(s) <= axis || s[axis] < 1 {
			break
		}
		if index < s[axis] {
			return in, index
		}
		index -= s[axis]
	}
	return "", 0
}

// before is the length of what a Split gives before one of its outputs.
func (p *Prepared) before(n *onnx.Node, value string, axis int) (length int, ok bool) {
	for _, out := range n.Out {
		if out == value {
			return length, true
		}
		s := p.Facts.Shapes[out]
		if len(s) <= axis || s[axis] < 1 {
			break
		}
		length += s[axis]
	}
	return 0, false
}

// slice is the part of a value from one index to another of a dimension.
func (r *reader) slice(value string, axis, from, to int) string {
	shape := slices.Clone(r.sample(value))
	if shape[axis-1] == to-from {
		return value
	}
	shape[axis-1] = to - from
	return r.op("Slice", nil, shape, value, r.ints(int64(from)), r.ints(int64(to)), r.ints(int64(axis)))
}

// ReadSimilarity scores an embedding, the values of one sample flattened, by its
// cosine similarity to a reference: one class, whose probability is the same number.
func ReadSimilarity(p *Prepared, value string, reference []float32) (*Prepared, Scores, error) {
	shape := p.Facts.Shapes[value]
	n := 1
	for _, d := range shape[1:] {
		n *= d
	}
	sum := 0.0
	for _, v := range reference {
		sum += float64(v) * float64(v)
	}
	if n != len(reference) || n < 2 {
		return nil, Scores{}, fmt.Errorf("an embedding of %d numbers, a reference of %d: two or more are compared", n, len(reference))
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil, Scores{}, fmt.Errorf("the reference's embedding has no direction (its length is %v)", math.Sqrt(sum))
	}
	unit := make([]float32, n)
	for i, v := range reference {
		unit[i] = float32(float64(v) / math.Sqrt(sum))
	}
	r := newReader(p, "similarity", value, reference)
	row := r.op("Flatten", A{"axis": onnx.Int(1)}, []int{n}, value)
	one := []int{1}
	along := r.op("MatMul", nil, one, row, r.constant(onnx.NewFloats(r.next(), []int64{int64(n), 1}, unit)))
	square := r.op("ReduceSum", A{"keepdims": onnx.Int(1)}, one, r.op("Mul", nil, []int{n}, row, row), r.ints(1))
	length := r.op("Sqrt", nil, one, r.op("Add", nil, one, square, r.number(1e-24)))
	s := Scores{Read: true, Output: value, Classes: 1, Scale: 1, Plain: true}
	s.Logits = r.op("Div", nil, one, along, length)
	s.Probabilities = s.Logits
	return r.p, s, nil
}
