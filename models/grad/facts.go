package grad

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"seewhy/models/onnx"
)

// Oracle answers what a runtime knows of a model given as bytes.
type Oracle interface {
	// Infer gives the element type and shape (-1: open) of each output, by
	// the runtime's own shape inference; nothing runs.
	Infer(model []byte) (map[string]Inferred, error)
	// RunShapes runs the model once on zeros and returns its output AnswerName,
	// a vector of integers.
	RunShapes(model []byte) ([]int, error)
}

// ToInt is for an Oracle whose runtime hands out float32: an integer of up to
// 24 bits is exact, and what lies beyond an int64 ("to the end") is its bound.
func ToInt(v float32) int {
	switch {
	case v >= math.MaxInt64:
		return math.MaxInt64
	case v <= math.MinInt64:
		return math.MinInt64
	}
	return int(v)
}

// Inferred is one value's type and shape. An empty Shape is a scalar or an
// unknown rank.
type Inferred struct {
	Type  onnx.Type
	Shape []int
}

// WithInputShape fixes every dimension of the model's first input but the
// batch, which stays open when it was: the model at the size at hand.
func WithInputShape(m *onnx.Model, input string, shape []int) *onnx.Model {
	out := m.Shallow()
	for i, v := range out.Graph.Inputs {
		if v.Name != input {
			continue
		}
		dims := onnx.Fixed(shape...)
		if len(dims) > 0 && shape[0] < 0 {
			dims[0].Param = "N"
		}
		out.Graph.Inputs[i] = onnx.Value{Name: v.Name, Type: v.Type, Ranked: true, Shape: dims}
	}
	return out
}

// InferFacts finds the type and shape of every value: by the runtime's own
// inference, at two batch sizes where the batch is open, so that shape
// arithmetic is resolved and a dimension that follows the batch shows itself.
// What is still unknown then is measured by a run a batch size, on zeros.
func InferFacts(m *onnx.Model, o Oracle) (Facts, error) {
	f := Facts{Shapes: map[string][]int{}, Types: map[string]onnx.Type{}, single: map[string][]int{}}
	open := false
	for _, v := range m.Graph.FreeInputs() {
		f.Shapes[v.Name], f.Types[v.Name] = v.Dims(), v.Type
		open = open || len(v.Shape) > 0 && v.Shape[0].N < 0
	}
	for name, t := range m.Graph.Init {
		dims := make([]int, len(t.Dims))
		for i, d := range t.Dims {
			dims[i] = int(d)
		}
		f.Shapes[name], f.Types[name] = dims, t.Type
	}
	exposed, values := expose(m)
	first, err := inferAt(exposed, o, 2)
	if err != nil {
		return f, err
	}
	second := first
	if open {
		if second, err = inferAt(exposed, o, 3); err != nil {
			return f, err
		}
	}
	var unsure []string
	producers := m.Graph.Producers()
	for _, v := range values {
		a, b := first[v], second[v]
		f.Types[v] = a.Type
		if a.Type == onnx.Undefined {
			continue // a list of tensors has no shape
		}
		if len(a.Shape) == 0 && f.scalar(producers[v]) {
			f.Shapes[v] = nil
			continue
		}
		if !known(a) || !known(b) || len(a.Shape) != len(b.Shape) {
			f.Shapes[v] = a.Shape
			unsure = append(unsure, v)
			continue
		}
		f.Shapes[v], f.single[v] = merge(a.Shape, b.Shape), oneSample(a.Shape, b.Shape, open)
	}
	f.sizedBy(m.Graph, unsure)
	// Before anything runs: an inferred shape costs nothing, the run may.
	f.apart = f.empties(m.Graph)
	if err := cmp.Or(f.bounded(m.Graph), f.fits(m.Graph)); err != nil || len(unsure) == 0 {
		return f, err
	}
	doubts := slices.Concat(f.apart, f.mayBeEmpty(m.Graph, unsure))
	if err := f.measure(m.Apart(doubts...), exposed.Apart(doubts...), o, unsure, open); err != nil {
		return f, err
	}
	f.apart = f.empties(m.Graph)
	return f, f.bounded(m.Graph)
}

// maxElements bounds one value inside a model, 2 GB of float32: a graph of a few
// nodes can ask for any amount of memory. ResNet's largest map at 4,096 x 4,096
// pixels is half of it.
const maxElements = 1 << 29

// bounded refuses values that would not fit in memory at batch 1.
func (f Facts) bounded(g *onnx.Graph) error {
	for _, n := range g.Nodes {
		for _, v := range n.Out {
			elements := 1
			for _, d := range f.Shapes[v] {
				// A division, so that the product cannot overflow.
				if d > 1 && elements > maxElements/d {
					return fmt.Errorf("%s would make %q of shape %v, above 2 GB: give it a smaller picture", n.Label(), v, f.Shapes[v])
				}
				elements *= max(d, 1)
			}
		}
	}
	return nil
}

// expose makes every value an output, typeless, and lists them. Weights become
// inputs: shapes do not depend on them, and a runtime that is given 100 MB to
// infer shapes folds and packs them first.
func expose(m *onnx.Model) (*onnx.Model, []string) {
	out := m.Shallow()
	out.Graph.Values, out.Graph.Outputs = map[string]onnx.Value{}, nil
	out.Graph.Inputs = m.Graph.FreeInputs()
	for _, name := range slices.Sorted(maps.Keys(m.Graph.Init)) {
		if t := m.Graph.Init[name]; t.Type == onnx.Float32 && t.Len() > maxShapeFloats {
			delete(out.Graph.Init, name)
			v := onnx.Value{Name: name, Type: t.Type, Ranked: true}
			for _, d := range t.Dims {
				v.Shape = append(v.Shape, onnx.Dim{N: d})
			}
			out.Graph.Inputs = append(out.Graph.Inputs, v)
		}
	}
	var values []string
	for _, n := range m.Graph.Nodes {
		for _, v := range n.Out {
			if v != "" {
				values = append(values, v)
				out.Graph.Outputs = append(out.Graph.Outputs, onnx.Value{Name: v})
			}
		}
	}
	return out, values
}

// maxShapeFloats is the most elements of a constant that shapes may come from,
// such as the scales of a Resize.
const maxShapeFloats = 64

// inferAt asks the runtime with every open first dimension set to batch.
func inferAt(m *onnx.Model, o Oracle, batch int) (map[string]Inferred, error) {
	data, err := onnx.Marshal(withBatch(m, batch))
	if err != nil {
		return nil, err
	}
	got, err := o.Infer(data)
	if err != nil {
		return nil, fmt.Errorf("the shapes inside the model cannot be inferred: %w", err)
	}
	return got, nil
}

func withBatch(m *onnx.Model, batch int) *onnx.Model {
	out := m.Shallow()
	for i, v := range out.Graph.Inputs {
		if len(v.Shape) > 0 && v.Shape[0].N < 0 {
			v.Shape = slices.Clone(v.Shape)
			v.Shape[0] = onnx.Dim{N: int64(batch)}
			out.Graph.Inputs[i] = v
		}
	}
	return out
}

// known says that an inferred shape is whole. An empty one is a scalar, or an
// unknown rank; integers of shape arithmetic are scalars, while a float of no
// dimensions is too rare to trust.
func known(i Inferred) bool {
	if len(i.Shape) == 0 {
		return i.Type != onnx.Float32
	}
	return slices.Min(i.Shape) >= 0
}

// scalar says that a node works element by element on scalars alone.
func (f Facts) scalar(n *onnx.Node) bool {
	switch n.Op {
	case "Cast", "Sqrt", "Mul", "Div", "Add", "Sub", "Pow", "Neg", "Identity", "Reciprocal", "Exp", "Floor", "Ceil":
	default:
		return false
	}
	return !slices.ContainsFunc(n.In, func(v string) bool {
		s, ok := f.Shapes[v]
		return !ok || len(s) > 0
	})
}

// merge keeps what two batch sizes agree on and opens the rest.
func merge(a, b []int) []int {
	out := slices.Clone(a)
	for i := range out {
		if a[i] != b[i] {
			out[i] = -1
		}
	}
	return out
}

// oneSample is the shape for one sample, from those for two and for three: a
// dimension that follows the batch grows by what one sample brings.
func oneSample(a, b []int, open bool) []int {
	if !open {
		return a
	}
	out := slices.Clone(a)
	for i := range out {
		out[i] = max(2*a[i]-b[i], 0)
	}
	return out
}

// Sample is the shape of a value for one sample: where windows or heads were
// merged with the batch, that dimension tells how many. It is nil where the
// shape is not known, and for scalars.
func (f Facts) Sample(v string) []int {
	if s, ok := f.single[v]; ok {
		return s
	}
	s := slices.Clone(f.Shapes[v])
	for i, d := range s {
		s[i] = d
		if d < 0 {
			s[i] = 1
		}
	}
	return s
}

// AnswerName is the one output of the models that RunShapes is given.
const AnswerName = "seewhy.answer"

// measure runs the model m to learn the shapes of unsure values: the answer
// holds, for each, its rank and its shape.
func (f Facts) measure(m, exposed *onnx.Model, o Oracle, unsure []string, open bool) error {
	probe := m.Shallow()
	if m.Outside() {
		// Too large for one message: weights come in as zeros, like the picture.
		probe = exposed.Shallow()
	}
	g := probe.Graph
	g.Values = map[string]onnx.Value{}
	join := &onnx.Node{Name: AnswerName, Op: "Concat", Out: []string{AnswerName}, Attrs: A{"axis": onnx.Int(0)}}
	for i, v := range unsure {
		shape := fmt.Sprintf("seewhy.shape.%d", i)
		rank := shape + ".rank"
		g.Nodes = append(g.Nodes,
			&onnx.Node{Name: shape, Op: "Shape", In: []string{v}, Out: []string{shape}},
			&onnx.Node{Name: rank, Op: "Shape", In: []string{shape}, Out: []string{rank}})
		join.In = append(join.In, rank, shape)
	}
	g.Nodes = append(g.Nodes, join)
	g.Outputs = []onnx.Value{{Name: AnswerName, Type: onnx.Int64, Ranked: true, Shape: onnx.Fixed(-1)}}
	sizes := []int{2}
	if open {
		sizes = []int{2, 3}
	}
	var shapes [][][]int
	for _, batch := range sizes {
		data, err := onnx.Marshal(withBatch(probe, batch))
		if err != nil {
			return err
		}
		answer, err := o.RunShapes(data)
		if err != nil {
			return fmt.Errorf("the shapes inside the model cannot be measured: %w", err)
		}
		list, err := splitShapes(answer, len(unsure))
		if err != nil {
			return err
		}
		shapes = append(shapes, list)
	}
	for i, v := range unsure {
		a, b := shapes[0][i], shapes[len(shapes)-1][i]
		if len(a) != len(b) {
			return fmt.Errorf("the rank of %q changes with the batch", v)
		}
		f.Shapes[v], f.single[v] = merge(a, b), oneSample(a, b, open)
	}
	return nil
}

// splitShapes takes n shapes apart, each led by its rank.
func splitShapes(answer []int, n int) ([][]int, error) {
	var out [][]int
	for range n {
		if len(answer) == 0 || answer[0] < 0 || answer[0] >= len(answer) {
			return nil, fmt.Errorf("the measured shapes are not whole")
		}
		out = append(out, answer[1:1+answer[0]])
		answer = answer[1+answer[0]:]
	}
	return out, nil
}

// Clone copies the facts, for a graph that is about to be changed.
func (f Facts) Clone() Facts {
	return Facts{Shapes: maps.Clone(f.Shapes), Types: maps.Clone(f.Types), single: maps.Clone(f.single), content: maps.Clone(f.content), apart: f.apart}
}

// declare makes an output with the shape of the value like, so that the
// runtime need not find its rank; the batch stays open.
func (f Facts) declare(name, like string) onnx.Value {
	v := onnx.Value{Name: name, Type: onnx.Float32}
	if t, ok := f.Types[like]; ok {
		v.Type = t
	}
	if shape, ok := f.Shapes[like]; ok {
		v.Ranked, v.Shape = true, onnx.Fixed(shape...)
	}
	return v
}
