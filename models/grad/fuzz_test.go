package grad_test

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
)

// FuzzPrepare: whatever file the reader takes, preparing it for a picture,
// opening its batch, listing its layers and building its backward graph end in
// an answer or an error. The runtime that infers shapes takes part, as it does
// in the program. Models that it would load in a process of its own are left
// out: that what ends it is an error here has its own test.
//
//	go test ./models/grad -run '^$' -fuzz FuzzPrepare -fuzztime 5m -parallel 1
func FuzzPrepare(f *testing.F) {
	data, err := onnx.Marshal(samplesSecond())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, m := range readingSeeds() {
		if data, err = onnx.Marshal(m); err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, list := range cases {
		for _, c := range list {
			if data, err := onnx.Marshal(seedModel(c)); err == nil {
				f.Add(data)
			}
		}
	}
	lib := library(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<13 || strings.Contains(string(data), "Loop") {
			t.Skip("long inputs slow the search, and a loop may run for ever")
		}
		m, err := onnx.Read(data)
		if err != nil {
			return
		}
		in := m.Graph.FreeInputs()[0]
		shape := in.Dims()
		total := 1
		for i, d := range shape {
			if d < 1 && i > 0 {
				shape[i] = 4
			}
			if total *= max(shape[i], 1); total > 1<<16 {
				t.Skip("large pictures slow the search")
			}
		}
		p, err := grad.Prepare(m, in.Name, shape, here{oracle{lib}})
		if err != nil {
			return
		}
		for _, shape := range p.Facts.Shapes {
			total := 1
			for _, d := range shape {
				if total *= max(d, 1); total > 1<<18 {
					t.Skip("large values slow the search")
				}
			}
		}
		exerciseGradient(t, p)
		if open, err := grad.OpenBatch(p, here{oracle{lib}}); err == nil {
			exerciseGradient(t, open)
		}
	})
}

// here answers for models that run in this process alone: starting another takes
// as long as a hundred tries.
type here struct{ oracle }

var errApart = errors.New("the model would run in a process of its own")

func (h here) Infer(model []byte) (map[string]grad.Inferred, error) {
	if names, err := runtime.Unproven(model); err != nil || len(names) > 0 {
		return nil, cmp.Or(err, errApart)
	}
	return h.oracle.Infer(model)
}

func (h here) RunShapes(model []byte) ([]int, error) {
	if names, err := runtime.Unproven(model); err != nil || len(names) > 0 {
		return nil, cmp.Or(err, errApart)
	}
	return h.oracle.RunShapes(model)
}

// exerciseGradient builds and writes the backward graph of each output.
func exerciseGradient(t *testing.T, p *grad.Prepared) {
	t.Helper()
	if s, err := grad.FindScores(p.Model.Graph, p.Facts); err == nil {
		if q, scores, err := grad.WithProbabilities(p, s); err == nil {
			layers, natural := grad.Layers(q, scores.Logits)
			if natural >= len(layers) {
				t.Fatalf("layer %d of %d", natural, len(layers))
			}
		}
	}
	exerciseReadings(t, p)
	for _, o := range p.Model.Graph.Outputs {
		q := grad.Query{Score: o.Name, Wants: []string{p.Input}}
		nodes, covered, missing, err := grad.Coverage(p.Model.Graph, q)
		if err == nil && (covered > nodes || (covered == nodes) != (len(missing) == 0)) {
			t.Fatalf("%d of %d nodes covered, missing %v", covered, nodes, missing)
		}
		prog, err := grad.Build(p.Model, p.Facts, q)
		if err != nil {
			continue
		}
		if !slices.ContainsFunc(prog.Model.Graph.Outputs, func(v onnx.Value) bool { return v.Name == prog.Gradients[p.Input] }) {
			t.Fatalf("the gradient %q is no output", prog.Gradients[p.Input])
		}
		data, err := onnx.Marshal(prog.Model)
		if err != nil {
			continue
		}
		if _, err := onnx.Read(data); err != nil {
			t.Fatalf("the backward graph of %q cannot be read: %v", o.Name, err)
		}
		exerciseForms(t, p, prog, q)
	}
}

// exerciseForms builds what else is made of a graph that has a gradient: both
// of a Phases form and of one that computes values again, several ways back, a
// composite, and the program in float16.
func exerciseForms(t *testing.T, p *grad.Prepared, prog *grad.Program, q grad.Query) {
	t.Helper()
	composites := grad.Composites()
	for _, form := range []grad.Query{
		{Score: q.Score, Wants: q.Wants, Phases: true},
		{Score: q.Score, Wants: q.Wants, Segments: 2},
		{Score: q.Score, Wants: q.Wants, More: []grad.Pass{{Score: p.Model.Graph.Outputs[0].Name, Wants: q.Wants}}},
		{Score: q.Score, Wants: q.Wants, Composite: grad.Composite{ID: composites[len(p.Model.Graph.Nodes)%len(composites)]}},
	} {
		other, err := grad.Build(p.Model, p.Facts, form)
		if err != nil {
			continue
		}
		data, err := onnx.Marshal(other.Model)
		if err != nil {
			continue
		}
		if _, err := onnx.Read(data); err != nil {
			t.Fatalf("the graph of %+v cannot be read: %v", form, err)
		}
	}
	half, err := onnx.ToFloat16(prog.Model)
	if err != nil {
		return
	}
	if data, err := onnx.Marshal(half); err == nil {
		if _, err := onnx.Read(data); err != nil {
			t.Fatalf("the program in float16 cannot be read: %v", err)
		}
	}
}

// seedModel is the model of a rule's case, with its inputs as weights but for
// the first.
func seedModel(c vjpCase) *onnx.Model {
	opset := c.opset
	if opset == 0 {
		opset = onnx.TargetOpset
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": opset}, Graph: &onnx.Graph{
		Name: "case", Nodes: []*onnx.Node{c.node.Clone()}, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Outputs: []onnx.Value{{Name: c.node.Output(0)}},
	}}
	for i, in := range c.inputs {
		if i == 0 {
			m.Graph.Inputs = []onnx.Value{{Name: in.name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(in.shape...)}}
			continue
		}
		dims := make([]int64, len(in.shape))
		for k, d := range in.shape {
			dims[k] = int64(d)
		}
		m.Graph.Init[in.name] = onnx.NewFloats(in.name, dims, make([]float32, product(in.shape)))
	}
	for _, k := range c.consts {
		m.Graph.Init[k.Name] = k
	}
	return m
}
