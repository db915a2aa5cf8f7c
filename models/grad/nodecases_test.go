package grad_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
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
	for _, list := range [][]string{grad.Ops(), grad.NoFlowOps(), onnx.LoweredOps(), onnx.UpgradedOps(), {"Constant", "If", "SequenceConstruct", "SequenceEmpty", "SequenceInsert", "SequenceErase", "SequenceAt", "SequenceLength", "SplitToSequence", "ConcatFromSequence"}} {
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
