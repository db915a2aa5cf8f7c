package grad_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// debianNodeCases is where Debian's libonnx-testdata (ONNX 1.12, opset 17) puts them.
const debianNodeCases = "/usr/lib/python3/dist-packages/onnx/backend/test/data/node"

// TestNodeCases runs ONNX's own node tests through reader, Prepare (version
// handling, lowering, shape folding) and ONNX Runtime, and compares with the
// outputs that the suite stores, at its tolerances (relative 1e-3, absolute
// 1e-7). Float inputs are fed; the others are constants, as in real models, so
// that folding has its work. Where the node is differentiable, the gradient
// is compared with central differences on that very node.
//
// SEEWHY_ONNX_NODES=FOLDER takes the cases from elsewhere (testdata/nodecases.py).
func TestNodeCases(t *testing.T) {
	folder := os.Getenv("SEEWHY_ONNX_NODES")
	if folder == "" {
		folder = debianNodeCases
	}
	list, err := filepath.Glob(filepath.Join(folder, "test_*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no node tests in %s: scripts/setup.sh test installs them", folder)
		}
		t.Skipf("no node tests in %s: install libonnx-testdata (make setup-test)", folder)
	}
	lib := library(t)
	tally := nodeTally{excepted: counts{}, outside: counts{}}
	for i, path := range list {
		if testing.Short() && i%8 != 0 {
			continue
		}
		name := strings.TrimPrefix(filepath.Base(path), "test_")
		tally.cases++
		if why := nodeException(name); why != "" {
			tally.excepted[why]++
			continue
		}
		t.Run(name, func(t *testing.T) {
			c, err := readNodeCase(path)
			if why := notTaken(c, err); why != "" {
				tally.excepted[why]++
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if op, why := outsideOp(c.model); op != "" {
				if why == "" {
					t.Fatalf("%s has neither a rule nor a place in the list of ops that are not offered", op)
				}
				tally.outside[op]++
				return
			}
			runNodeCase(t, lib, c, &tally)
		})
	}
	t.Log(tally.String())
}

type nodeTally struct {
	cases, passed, gradients, doubles, flat int
	excepted, outside                       counts
}

type counts map[string]int

func (c counts) String() string {
	var words []string
	for _, k := range slices.Sorted(maps.Keys(c)) {
		words = append(words, fmt.Sprintf("%d %s", c[k], k))
	}
	return strings.Join(words, "; ")
}

func (n *nodeTally) String() string {
	return fmt.Sprintf("%d cases: %d forward results as expected; of these %d with gradients checked (%d against float64), %d where none flows.\nexcepted: %s\nnot offered: %s",
		n.cases, n.passed, n.gradients, n.doubles, n.flat, n.excepted, n.outside)
}

// outsideOp finds an op of the model (its functions included) that SeeWhy
// neither differentiates nor knows to stop gradients, and why.
func outsideOp(m *onnx.Model) (op, why string) {
	known := map[string]bool{}
	for _, list := range [][]string{grad.Ops(), grad.NoFlowOps(), onnx.LoweredOps(), onnx.UpgradedOps(), {"Constant", "If"}} {
		for _, op := range list {
			known[op] = true
		}
	}
	local := map[string]bool{}
	nodes := slices.Clone(m.Graph.Nodes)
	for _, f := range m.Functions {
		nodes = append(nodes, f.Nodes...)
		local[f.Domain+"."+f.Name] = true
	}
	for _, n := range nodes {
		if notOffered[n.FullOp()] != "" || !known[n.FullOp()] && !local[n.FullOp()] {
			return n.FullOp(), notOffered[n.FullOp()]
		}
	}
	return "", ""
}

func runNodeCase(t *testing.T, lib *runtime.Library, c *nodeCase, tally *nodeTally) {
	m := fixInputs(c)
	inputs := m.Graph.FreeInputs()
	if len(inputs) == 0 {
		t.Fatal("no input is left")
	}
	p, err := grad.Prepare(m, inputs[0].Name, inputs[0].Dims(), oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	var outputs []string
	for _, o := range m.Graph.Outputs {
		outputs = append(outputs, o.Name)
	}
	xs := compareForward(t, lib, p, c, outputs)
	tally.passed++
	if t.Failed() {
		return
	}
	checkNodeGradient(t, lib, p, c, xs, tally)
}

// fixInputs makes constants of what is no float vector, where one is left to feed.
func fixInputs(c *nodeCase) *onnx.Model {
	m := c.model.Shallow()
	// What describes a form, as scales do, is constant in models.
	parameter := map[string]bool{}
	for _, n := range m.Graph.Nodes {
		if slices.Contains([]string{"Resize", "Upsample", "Range", "OneHot"}, n.Op) {
			for _, v := range n.In[1:] {
				parameter[v] = true
			}
		}
	}
	feeds := func(v onnx.Value) bool {
		k := c.inputs[v.Name]
		if parameter[v.Name] {
			return false
		}
		float := k.Type == onnx.Float32 || k.Type == onnx.Float16 || k.Type == onnx.Float64 || k.Type == onnx.BFloat16
		return float && len(k.Dims) > 0 && k.Len() > 0
	}
	if !slices.ContainsFunc(m.Graph.FreeInputs(), feeds) {
		feeds = func(v onnx.Value) bool { return c.inputs[v.Name].Len() > 0 && !parameter[v.Name] }
	}
	var left []onnx.Value
	for _, v := range m.Graph.FreeInputs() {
		k := c.inputs[v.Name]
		if !feeds(v) {
			m.Graph.Init[v.Name] = k
			continue
		}
		left = append(left, onnx.Value{Name: v.Name, Type: v.Type, Ranked: true, Shape: dimsOf(k)})
	}
	m.Graph.Inputs = left
	return m
}

func dimsOf(t *onnx.Tensor) []onnx.Dim {
	out := make([]onnx.Dim, len(t.Dims))
	for i, d := range t.Dims {
		out[i] = onnx.Dim{N: d}
	}
	return out
}

func tensorOf(t testing.TB, k *onnx.Tensor) tensor.Tensor {
	t.Helper()
	v, err := k.Floats()
	if err != nil {
		t.Fatal(err)
	}
	shape := make([]int, len(k.Dims))
	for i, d := range k.Dims {
		shape[i] = int(d)
	}
	return tensor.Tensor{Shape: shape, Data: v}
}

// compareForward runs the prepared model and compares; it returns what was fed.
func compareForward(t *testing.T, lib *runtime.Library, p *grad.Prepared, c *nodeCase, outputs []string) map[string]tensor.Tensor {
	t.Helper()
	fed := map[string]tensor.Tensor{}
	forward := grad.Forward(p, outputs...)
	var names []string
	var feeds []tensor.Tensor
	for _, v := range p.Model.Graph.FreeInputs() {
		fed[v.Name] = tensorOf(t, c.inputs[v.Name])
	}
	for _, v := range forward.Graph.Inputs {
		names, feeds = append(names, v.Name), append(feeds, fed[v.Name])
	}
	// Types of outputs are the prepared model's, floats or not.
	for i, o := range forward.Graph.Outputs {
		forward.Graph.Outputs[i] = onnx.Value{Name: o.Name}
	}
	if len(names) == 0 {
		compareConstants(t, p, c, outputs)
		return fed
	}
	data, err := onnx.Marshal(forward)
	if err != nil {
		t.Fatal(err)
	}
	s, err := lib.NewSession(data, names, outputs, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := s.Run(context.Background(), feeds)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range outputs {
		compareTensor(t, o, got[i], tensorOf(t, c.outputs[o]))
	}
	return fed
}

// compareConstants serves models that folded away: all their outputs are constants.
func compareConstants(t *testing.T, p *grad.Prepared, c *nodeCase, outputs []string) {
	for _, o := range outputs {
		k := p.Model.Graph.Init[o]
		if k == nil {
			t.Fatalf("output %q is neither computed from an input nor constant", o)
		}
		compareTensor(t, o, tensorOf(t, k), tensorOf(t, c.outputs[o]))
	}
}

func compareTensor(t *testing.T, name string, got, want tensor.Tensor) {
	t.Helper()
	if !slices.Equal(got.Shape, want.Shape) {
		t.Errorf("output %q has shape %v, expected %v", name, got.Shape, want.Shape)
		return
	}
	const relative, absolute = 1e-3, 1e-7
	for i, w := range want.Data {
		g := float64(got.Data[i])
		same := math.IsNaN(g) && math.IsNaN(float64(w)) || g == float64(w)
		if !same && !(math.Abs(g-float64(w)) <= absolute+relative*math.Abs(float64(w))) {
			t.Errorf("output %q, element %d: %g, expected %g", name, i, g, w)
			return
		}
	}
}

// checkNodeGradient compares <v, VJP(u)> with a central difference for the
// first float output that an input reaches.
func checkNodeGradient(t *testing.T, lib *runtime.Library, p *grad.Prepared, c *nodeCase, fed map[string]tensor.Tensor, tally *nodeTally) {
	for _, o := range p.Model.Graph.Outputs {
		if product(p.Facts.Shapes[o.Name]) == 0 || p.Facts.Types[o.Name] != onnx.Float32 || p.Model.Graph.Init[o.Name] != nil {
			continue
		}
		var wants []string
		for _, v := range p.Model.Graph.FreeInputs() {
			if v.Type != onnx.Float32 || onKinks(c.name, v.Name) {
				continue
			}
			_, _, _, err := grad.Coverage(p.Model.Graph, grad.Query{Score: o.Name, Wants: []string{v.Name}})
			if err == nil {
				wants = append(wants, v.Name)
			}
		}
		wants = offeredInputs(t, p, o.Name, wants)
		if len(wants) == 0 {
			continue
		}
		checkGradientAt(t, lib, p, o.Name, wants, fed, tally)
		return
	}
	tally.flat++
}

// offeredInputs leaves out inputs through which a gradient is refused: they
// are weights and statistics, listed in refusedInputs.
func offeredInputs(t *testing.T, p *grad.Prepared, score string, wants []string) []string {
	t.Helper()
	if len(wants) == 0 {
		return nil
	}
	if _, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: wants}); err == nil {
		return wants
	}
	var offered []string
	for _, w := range wants {
		_, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: []string{w}})
		var missing *grad.MissingRuleError
		switch {
		case err == nil:
			offered = append(offered, w)
		case errors.As(err, &missing):
			t.Errorf("%v", err)
		case !refusedInput(err):
			t.Errorf("input %q: %v", w, err)
		}
	}
	return offered
}

// refusedInput says that the error is a refusal that docs/gradients.md states.
func refusedInput(err error) bool {
	return regexp.MustCompile(`is not offered`).MatchString(err.Error())
}

func checkGradientAt(t *testing.T, lib *runtime.Library, p *grad.Prepared, score string, wants []string, fed map[string]tensor.Tensor, tally *nodeTally) {
	t.Helper()
	// What gets no gradient is constant here.
	m := p.Model.Shallow()
	for _, v := range m.Graph.FreeInputs() {
		if !slices.Contains(wants, v.Name) {
			m.Graph.Init[v.Name] = constantOf(v, fed[v.Name])
		}
	}
	m.Graph.Inputs = m.Graph.FreeInputs()
	for _, x := range fed {
		if slices.ContainsFunc(x.Data, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
			tally.flat++
			return
		}
	}
	facts := p.Facts
	program, err := grad.Build(m, facts, grad.Query{Score: score, Wants: wants})
	if err != nil {
		t.Fatal(err)
	}
	run := compile(t, lib, program, wants, score)
	r := rand.New(rand.NewPCG(5, 9))
	xs, vs := make([]tensor.Tensor, len(wants)), make([]tensor.Tensor, len(wants))
	for i, w := range wants {
		xs[i], vs[i] = fed[w].Clone(), fed[w].Clone()
		for j := range xs[i].Data {
			// The stored inputs sit on kinks and ties: a small step off them.
			xs[i].Data[j] += float32(1e-3 * (1 + r.Float64()))
			vs[i].Data[j] = float32(r.NormFloat64())
		}
	}
	u := tensor.New(facts.Shapes[score]...)
	for j := range u.Data {
		u.Data[j] = float32(r.NormFloat64())
	}
	_, grads := run(xs, u)
	var got, size float64
	for i := range grads {
		for j, g := range grads[i].Data {
			got += float64(g) * float64(vs[i].Data[j])
			size += float64(g) * float64(g)
		}
	}
	forward := &grad.Prepared{Model: m, Facts: facts}
	graph := grad.Forward(forward, score)
	tries := ""
	for _, try := range []struct {
		double bool
		step   float64
	}{{true, 1e-7}, {false, 1e-2}, {false, 1e-3}} {
		s, ok := newSlope(t, lib, graph, facts, wants, score, try.double, try.step)
		if !ok {
			continue
		}
		want, err := s.at(xs, vs, u)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-want) <= 1e-3*max(math.Sqrt(size), 1e-3) || math.IsNaN(want) && math.IsNaN(got) {
			tally.gradients++
			if try.double {
				tally.doubles++
			}
			return
		}
		tries += fmt.Sprintf(" difference %.6g (step %g, float64 %v)", want, try.step, try.double)
	}
	t.Errorf("gradient of %q wrt %v: <v, VJP(u)> = %.6g, |gradient| %.4g;%s", score, wants, got, math.Sqrt(size), tries)
}

func constantOf(v onnx.Value, x tensor.Tensor) *onnx.Tensor {
	dims := make([]int64, len(x.Shape))
	for i, d := range x.Shape {
		dims[i] = int64(d)
	}
	if v.Type == onnx.Float32 {
		return onnx.NewFloats(v.Name, dims, x.Data)
	}
	ints := make([]int64, len(x.Data))
	for i, e := range x.Data {
		ints[i] = int64(e)
	}
	k := onnx.NewInts(v.Name, ints...)
	k.Dims = dims
	return k
}
