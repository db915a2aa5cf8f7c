package grad

import (
	"fmt"
	"maps"
	"slices"

	"seewhy/models/onnx"
)

// Oracle answers what a runtime knows of a model given as bytes.
type Oracle interface {
	// Infer gives the element type and shape (-1: open) of each output, by
	// the runtime's own shape inference; nothing runs.
	Infer(model []byte) (map[string]Inferred, error)
	// RunShapes runs the model once on zeros with the given batch and returns
	// each output, which are vectors of integers.
	RunShapes(model []byte, batch int, outputs []string) (map[string][]int, error)
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

// InferFacts finds the type and shape of every value. What the runtime cannot
// infer is measured by one run a batch size, on zeros.
func InferFacts(m *onnx.Model, o Oracle) (Facts, error) {
	f := Facts{Shapes: map[string][]int{}, Types: map[string]onnx.Type{}}
	for _, v := range m.Graph.FreeInputs() {
		f.Shapes[v.Name], f.Types[v.Name] = v.Dims(), v.Type
	}
	for name, t := range m.Graph.Init {
		dims := make([]int, len(t.Dims))
		for i, d := range t.Dims {
			dims[i] = int(d)
		}
		f.Shapes[name], f.Types[name] = dims, t.Type
	}
	exposed := m.Shallow()
	exposed.Graph.Values, exposed.Graph.Outputs = map[string]onnx.Value{}, nil
	exposed.Graph.Inputs = m.Graph.FreeInputs()
	for _, n := range m.Graph.Nodes {
		for _, v := range n.Out {
			if v != "" {
				exposed.Graph.Outputs = append(exposed.Graph.Outputs, onnx.Value{Name: v})
			}
		}
	}
	data, err := onnx.Marshal(exposed)
	if err != nil {
		return f, err
	}
	inferred, err := o.Infer(data)
	if err != nil {
		return f, fmt.Errorf("the shapes inside the model cannot be inferred: %w", err)
	}
	var unsure []string
	for _, v := range exposed.Graph.Outputs {
		i := inferred[v.Name]
		f.Shapes[v.Name], f.Types[v.Name] = i.Shape, i.Type
		if len(i.Shape) == 0 || slices.Contains(i.Shape[1:], -1) {
			unsure = append(unsure, v.Name)
		}
	}
	// Before anything runs: an inferred shape costs nothing, the run may.
	if err := f.bounded(m.Graph); err != nil {
		return f, err
	}
	if len(unsure) > 0 {
		if err := f.measure(exposed, o, unsure); err != nil {
			return f, err
		}
		return f, f.bounded(m.Graph)
	}
	return f, nil
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

// mark is appended to each measured shape, so that a scalar's is not empty.
const mark = 7

// measure runs the model to learn the shapes of unsure values. A dimension
// that follows the batch is open.
func (f Facts) measure(m *onnx.Model, o Oracle, unsure []string) error {
	probe := m.Shallow()
	g := probe.Graph
	g.Outputs = nil
	g.Init["seewhy.mark"] = onnx.NewInts("seewhy.mark", mark)
	outputs := make([]string, len(unsure))
	for i, v := range unsure {
		s := fmt.Sprintf("seewhy.shape.%d", i)
		outputs[i] = s + ".marked"
		g.Nodes = append(g.Nodes,
			&onnx.Node{Name: s, Op: "Shape", In: []string{v}, Out: []string{s}},
			&onnx.Node{Name: outputs[i], Op: "Concat", In: []string{s, "seewhy.mark"}, Out: []string{outputs[i]}, Attrs: A{"axis": onnx.Int(0)}})
		g.Outputs = append(g.Outputs, onnx.Value{Name: outputs[i]})
	}
	data, err := onnx.Marshal(probe)
	if err != nil {
		return err
	}
	open := false
	for _, v := range g.FreeInputs() {
		open = open || len(v.Shape) > 0 && v.Shape[0].N < 0
	}
	first, err := o.RunShapes(data, batchOf(open, 2), outputs)
	if err != nil {
		return fmt.Errorf("the shapes inside the model cannot be measured: %w", err)
	}
	second := first
	if open {
		if second, err = o.RunShapes(data, 3, outputs); err != nil {
			return fmt.Errorf("the shapes inside the model cannot be measured: %w", err)
		}
	}
	for i, v := range unsure {
		a, b := first[outputs[i]], second[outputs[i]]
		if len(a) == 0 || len(a) != len(b) {
			return fmt.Errorf("the rank of %q changes with the batch", v)
		}
		shape := slices.Clone(a[:len(a)-1])
		for j := range shape {
			if a[j] != b[j] {
				shape[j] = -1
			}
		}
		f.Shapes[v] = shape
	}
	return nil
}

func batchOf(open bool, n int) int {
	if open {
		return n
	}
	return 1
}

// Clone copies the facts, for a graph that is about to be changed.
func (f Facts) Clone() Facts {
	return Facts{Shapes: maps.Clone(f.Shapes), Types: maps.Clone(f.Types)}
}

// declare makes an output with the shape of the value like, so that the
// runtime need not find its rank; the batch stays open.
func (f Facts) declare(name, like string) onnx.Value {
	v := onnx.Value{Name: name, Type: onnx.Float32}
	if shape, ok := f.Shapes[like]; ok {
		v.Ranked, v.Shape = true, onnx.Fixed(shape...)
	}
	return v
}
