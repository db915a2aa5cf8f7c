package grad_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// slope measures d<u, score(x + t v)>/dt at t = 0 by a fourth-order central
// difference through ONNX Runtime: in float64 where the runtime has the
// kernels for it, else in float32.
type slope struct {
	session *runtime.Session
	step    float64
	double  bool
}

// weight64 lists the inputs that stay float32 in a float64 graph, by op.
var stayFloat32 = map[string][]int{"Resize": {1, 2}, "Upsample": {1}}

// newSlope makes the measure for a forward graph of which every input but
// wants is constant. ok is false where the runtime has no kernels for it.
func newSlope(t testing.TB, lib *runtime.Library, m *onnx.Model, f grad.Facts, wants []string, score string, double bool, step float64) (*slope, bool) {
	t.Helper()
	of := onnx.Float32
	if double {
		of = onnx.Float64
	}
	d := &doubler{in: m.Graph, out: m.Shallow(), to: of}
	d.out.Graph.Nodes, d.out.Graph.Inputs, d.out.Graph.Outputs, d.out.Graph.Values = nil, nil, nil, map[string]onnx.Value{}
	if !d.build(f, wants, score, step) {
		return nil, false
	}
	data, err := onnx.Marshal(d.out)
	if err != nil {
		t.Fatal(err)
	}
	var inputs []string
	for _, v := range d.out.Graph.Inputs {
		inputs = append(inputs, v.Name)
	}
	s, err := lib.NewSession(data, inputs, []string{"slope"}, runtime.Options{Device: runtime.CPU, DisableOptimization: true})
	if err != nil {
		return nil, false
	}
	t.Cleanup(func() { s.Close() })
	return &slope{session: s, step: step, double: double}, true
}

func (s *slope) at(xs, vs []tensor.Tensor, u tensor.Tensor) (float64, error) {
	got, err := s.session.Run(context.Background(), slices.Concat(xs, vs, []tensor.Tensor{u}))
	if err != nil {
		return 0, err
	}
	return float64(got[0].Data[0]), nil
}

// tryCompile is compile with errors instead of an end of the test.
func tryCompile(t testing.TB, lib *runtime.Library, p *grad.Program, wants []string, score string) (func(xs []tensor.Tensor, u tensor.Tensor) (tensor.Tensor, []tensor.Tensor, error), error) {
	data, err := onnx.Marshal(p.Model)
	if err != nil {
		return nil, err
	}
	outputs := []string{score}
	for _, w := range wants {
		outputs = append(outputs, p.Gradients[w])
	}
	var inputs []string
	feeds := map[string]int{}
	for _, v := range p.Model.Graph.FreeInputs() {
		if v.Name != p.Seed {
			inputs = append(inputs, v.Name)
			feeds[v.Name] = slices.Index(wants, v.Name)
		}
	}
	s, err := lib.NewSession(data, append(slices.Clone(inputs), p.Seed), outputs, runtime.Options{Device: runtime.CPU})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { s.Close() })
	return func(xs []tensor.Tensor, u tensor.Tensor) (tensor.Tensor, []tensor.Tensor, error) {
		var list []tensor.Tensor
		for _, name := range inputs {
			list = append(list, xs[feeds[name]])
		}
		got, err := s.Run(context.Background(), append(list, u))
		if err != nil {
			return tensor.Tensor{}, nil, err
		}
		return got[0], got[1:], nil
	}, nil
}

// doubler writes the forward graph four times, at x + 2h v to x - 2h v.
type doubler struct {
	in   *onnx.Graph
	out  *onnx.Model
	to   onnx.Type
	made int
}

func (d *doubler) emit(op string, attrs grad.A, out string, in ...string) string {
	d.out.Graph.Nodes = append(d.out.Graph.Nodes, &onnx.Node{Name: "slope/" + out, Op: op, Attrs: attrs, In: in, Out: []string{out}})
	return out
}

func (d *doubler) cast(v string) string {
	return d.emit("Cast", grad.A{"to": onnx.Int(int64(d.to))}, v+"/wide", v)
}

func (d *doubler) constant(name string, v float64) string {
	if d.to == onnx.Float32 {
		d.out.Graph.Init[name] = onnx.NewFloats(name, []int64{1}, []float32{float32(v)})
		return name
	}
	d.out.Graph.Init[name] = widened(onnx.NewFloats(name, []int64{1}, []float32{0}))
	bits := math.Float64bits(v)
	for i := range 8 {
		d.out.Graph.Init[name].Raw[i] = byte(bits >> (8 * i))
	}
	return name
}

func (d *doubler) build(f grad.Facts, wants []string, score string, step float64) bool {
	g := d.out.Graph
	declare := func(name, like string) string {
		g.Inputs = append(g.Inputs, onnx.Value{Name: name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(f.Shapes[like]...)})
		return name
	}
	x, v := map[string]string{}, map[string]string{}
	for _, w := range wants {
		x[w] = d.cast(declare("x/"+w, w))
	}
	for _, w := range wants {
		v[w] = d.cast(declare("v/"+w, w))
	}
	u := d.cast(declare("u", score))
	total := ""
	for i, point := range []struct{ at, weight float64 }{{1, 8}, {-1, -8}, {2, -1}, {-2, 1}} {
		prefix := fmt.Sprintf("slope%d/", i)
		for _, w := range wants {
			far := d.emit("Mul", nil, prefix+"far/"+w, v[w], d.constant(prefix+"slope.h", point.at*step))
			if len(f.Shapes[w]) == 0 {
				return false
			}
			d.emit("Add", nil, prefix+w, x[w], far)
		}
		if !d.copy(prefix, wants) {
			return false
		}
		dot := d.emit("ReduceSum", grad.A{"keepdims": onnx.Int(0)}, prefix+"slope.dot", d.emit("Mul", nil, prefix+"slope.part", prefix+score, u))
		g.Init[prefix+"slope.one"] = onnx.NewInts(prefix+"slope.one", 1)
		flat := d.emit("Reshape", nil, prefix+"slope.flat", dot, prefix+"slope.one")
		term := d.emit("Mul", nil, prefix+"slope.term", flat, d.constant(prefix+"slope.weight", point.weight/(12*step)))
		if total == "" {
			total = term
		} else {
			total = d.emit("Add", nil, prefix+"slope.sum", total, term)
		}
	}
	d.emit("Cast", grad.A{"to": onnx.Int(int64(onnx.Float32))}, "slope", total)
	g.Outputs = []onnx.Value{{Name: "slope", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1)}}
	return true
}

// copy writes every node once, reading prefixed values.
func (d *doubler) copy(prefix string, wants []string) bool {
	mine := map[string]bool{}
	for _, w := range wants {
		mine[w] = true
	}
	for _, n := range d.in.Nodes {
		c := n.Clone()
		d.made++
		c.Name = fmt.Sprintf("%snode%d", prefix, d.made)
		for i, v := range n.In {
			switch t := d.in.Init[v]; {
			case v == "":
			case mine[v]:
				c.In[i] = prefix + v
			case t != nil && t.Type == onnx.Float32 && d.to == onnx.Float64 && !slices.Contains(stayFloat32[n.Op], i):
				c.In[i] = v + "/wide"
				if d.out.Graph.Init[c.In[i]] == nil {
					w := widened(t)
					w.Name = c.In[i]
					d.out.Graph.Init[w.Name] = w
				}
			}
		}
		for name, a := range c.Attrs {
			switch {
			case a.G != nil || a.Graphs != nil:
				return false
			case d.to == onnx.Float64 && (name == "to" || name == "dtype") && a.I == int64(onnx.Float32):
				c.Attrs[name] = onnx.Int(int64(onnx.Float64))
			case d.to == onnx.Float64 && a.T != nil && a.T.Type == onnx.Float32:
				a.T = widened(a.T)
				c.Attrs[name] = a
			}
		}
		if d.to == onnx.Float64 && n.Op == "GroupNormalization" && d.out.Opset() >= 21 {
			c.Attrs["stash_type"] = onnx.Int(int64(onnx.Float64)) // it computes in float32 otherwise
		}
		for i, o := range n.Out {
			if o != "" {
				c.Out[i], mine[o] = prefix+o, true
			}
		}
		d.out.Graph.Nodes = append(d.out.Graph.Nodes, c)
	}
	return true
}

// widened is a float32 constant in float64.
func widened(t *onnx.Tensor) *onnx.Tensor {
	v, err := t.Floats()
	if err != nil {
		panic(err)
	}
	out := &onnx.Tensor{Name: t.Name, Type: onnx.Float64, Dims: t.Dims, Raw: make([]byte, 8*len(v))}
	for i, x := range v {
		bits := math.Float64bits(float64(x))
		for k := range 8 {
			out.Raw[8*i+k] = byte(bits >> (8 * k))
		}
	}
	return out
}
