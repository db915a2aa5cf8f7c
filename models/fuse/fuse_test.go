package fuse

import (
	"math"
	"slices"
	"strings"
	"testing"

	"seewhy/models/onnx"
)

func node(op, out string, in ...string) *onnx.Node {
	return &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: map[string]onnx.Attr{}}
}

// graph has the float inputs x and g and the outputs that are named.
func graph(nodes []*onnx.Node, outputs []string, consts ...*onnx.Tensor) *onnx.Model {
	g := &onnx.Graph{Name: "test", Nodes: nodes, Init: map[string]*onnx.Tensor{}}
	for _, name := range []string{"x", "g"} {
		g.Inputs = append(g.Inputs, onnx.Value{Name: name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(2, 16, 4, 4)})
	}
	for _, name := range outputs {
		g.Outputs = append(g.Outputs, onnx.Value{Name: name, Type: onnx.Float32})
	}
	for _, c := range consts {
		g.Init[c.Name] = c
	}
	return &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: g}
}

// shown is a graph's nodes by operator and outputs.
func shown(m *onnx.Model) string {
	var text []string
	for _, n := range m.Graph.Nodes {
		text = append(text, n.Op+":"+strings.Join(n.Out, ","))
	}
	return strings.Join(text, " ")
}

func fuseIt(t *testing.T, m *onnx.Model) (*onnx.Model, int) {
	t.Helper()
	before := shown(m)
	out, count, err := Fuse(m, 16)
	if err != nil {
		t.Fatal(err)
	}
	if shown(m) != before {
		t.Error("the model that was given changed")
	}
	// What a node reads was made before it.
	made := map[string]bool{"": true}
	for _, v := range out.Graph.Inputs {
		made[v.Name] = true
	}
	for name := range out.Graph.Init {
		made[name] = true
	}
	for _, n := range out.Graph.Nodes {
		for _, v := range n.In {
			if !made[v] {
				t.Fatalf("%s reads %s before it is made: %s", n.Out[0], v, shown(out))
			}
		}
		for _, v := range n.Out {
			made[v] = true
		}
	}
	for _, o := range out.Graph.Outputs {
		if !made[o.Name] {
			t.Fatalf("nobody makes %s: %s", o.Name, shown(out))
		}
	}
	return out, count
}

// A mask and its product become one node.
func TestMaskAndProduct(t *testing.T) {
	mask := node("HardSigmoid", "m", "x")
	mask.Attrs["alpha"], mask.Attrs["beta"] = onnx.Float(1e30), onnx.Float(0)
	out, count := fuseIt(t, graph([]*onnx.Node{mask, node("Mul", "y", "g", "m")}, []string{"y"}))
	if count != 2 || shown(out) != "Fused:y" {
		t.Fatalf("%d: %s", count, shown(out))
	}
	n := out.Graph.Nodes[0]
	if !slices.Equal(n.In, []string{"x", "g"}) || !slices.Equal(n.Attrs["steps"].Ints, []int64{int64(HardSigmoid), 0, 0, 0, int64(Mul), 1, 32, 1}) {
		t.Errorf("reads %v by %v", n.In, n.Attrs["steps"].Ints)
	}
}

// Nodes on either side of one that no group takes stay apart, where one group of
// them would wait for itself.
func TestNoCycle(t *testing.T) {
	out, _ := fuseIt(t, graph([]*onnx.Node{
		node("Exp", "a", "x"), node("Sigmoid", "b", "a"),
		node("Floor", "c", "b"),
		node("Mul", "d", "c", "b"), node("Add", "y", "d", "a"),
	}, []string{"y"}))
	if got := shown(out); !strings.Contains(got, "Floor:c") || strings.Count(got, "Fused") != 2 {
		t.Error(got)
	}
}

// A value that only groups read and that is cheap to make again is not kept for
// the second of them.
func TestMadeAgain(t *testing.T) {
	half := onnx.NewFloats("half", nil, []float32{0.5})
	out, _ := fuseIt(t, graph([]*onnx.Node{
		node("Mul", "u", "x", "half"), node("Erf", "e", "u"), node("Mul", "f", "e", "x"),
		node("Floor", "c", "f"),
		node("Mul", "d", "c", "e"), node("Add", "y", "d", "u"),
	}, []string{"y"}, half))
	if got := shown(out); got != "Fused:f Floor:c Fused:y" {
		t.Fatal(got)
	}
	if last := out.Graph.Nodes[2]; !slices.Equal(slices.Sorted(slices.Values(last.In)), []string{"c", "x"}) {
		t.Errorf("the second group reads %v", last.In)
	}
}

// Copies have names of their own, whatever groups they are for in which round:
// chains that several groups read, one behind the other.
func TestCopiesHaveNamesOfTheirOwn(t *testing.T) {
	half := onnx.NewFloats("half", nil, []float32{0.5})
	nodes := []*onnx.Node{node("Mul", "u", "x", "half"), node("Erf", "e", "u"), node("Sigmoid", "s", "e")}
	at := "s"
	for i := range 6 {
		n := func(name string) string { return name + string(rune('0'+i)) }
		nodes = append(nodes, node("Floor", n("c"), at), node("Mul", n("m"), n("c"), "s"), node("Add", n("a"), n("m"), "e"), node("Add", n("b"), n("a"), "u"))
		at = n("b")
	}
	ownNames(t, graph(nodes, []string{at}, half))
	// Groups that have no room for the copies made for them.
	nodes = []*onnx.Node{node("Mul", "u", "x", "half")}
	var outs []string
	for _, at := range []string{"a", "b"} {
		nodes = append(nodes, node("Floor", at, "g"), node("Mul", at+"0", at, "u"))
		at += "0"
		for range mostSteps - 1 {
			nodes = append(nodes, node("Abs", at+"0", at))
			at += "0"
		}
		outs = append(outs, at)
	}
	ownNames(t, graph(nodes, outs, half))
}

func ownNames(t *testing.T, m *onnx.Model) {
	t.Helper()
	out, _ := fuseIt(t, m)
	made, named := map[string]bool{}, map[string]bool{}
	for _, n := range out.Graph.Nodes {
		if named[n.Name] {
			t.Errorf("two nodes have the name %s: %s", n.Name, shown(out))
		}
		named[n.Name] = true
		for _, v := range n.Out {
			if made[v] {
				t.Errorf("%s is made twice: %s", v, shown(out))
			}
			made[v] = true
		}
	}
}

// A graph in which ways between groups are too many to follow stays in parts.
func TestSearchEnds(t *testing.T) {
	nodes := []*onnx.Node{node("Exp", "e", "x")}
	at := "e"
	for i := range 20 {
		c, m := "c"+string(rune('a'+i)), "m"+string(rune('a'+i))
		nodes = append(nodes, node("Floor", c, at), node("Mul", m, c, "e"), node("Tanh", "t"+m, m))
		at = "t" + m
	}
	m := graph(nodes, []string{at})
	fusedBy := func(looks int) int {
		p := newPlan(m.Shallow().Graph)
		p.looks = looks
		p.group()
		count := 0
		p.emit(&count)
		return count
	}
	if all, some := fusedBy(mostLooks), fusedBy(100); all != 40 || some == 0 || some >= all {
		t.Errorf("%d are fused, %d of them where the search ends", all, some)
	}
}

// Integers are left alone, and so are values whose type nothing tells.
func TestOnlyFloats(t *testing.T) {
	one := onnx.NewInts("one", 1)
	shape := node("Shape", "s", "x")
	m := graph([]*onnx.Node{shape, node("Add", "a", "s", "one"), node("Mul", "b", "a", "one"), node("Unknown", "u", "x"), node("Add", "v", "u", "u"), node("Mul", "w", "v", "v")}, []string{"b", "w"}, one)
	if out, count := fuseIt(t, m); count != 0 {
		t.Errorf("%d were fused: %s", count, shown(out))
	}
}

// Only reductions over the last axis alone are taken, be it counted from the
// front or from the end, where the number of axes is known.
func TestLastAxisOnly(t *testing.T) {
	for axes, taken := range map[[2]int64]bool{{-1, -1}: true, {3, -1}: true, {2, -1}: false, {-2, -1}: false, {2, 3}: false} {
		mean := node("ReduceMean", "m", "x")
		list := axes[:1]
		if axes[1] >= 0 {
			list = axes[:]
		}
		mean.Attrs["axes"] = onnx.Ints(list...)
		out, count := fuseIt(t, graph([]*onnx.Node{mean, node("Sub", "y", "x", "m")}, []string{"y"}))
		if taken != (count == 2) {
			t.Errorf("axes %v: %s", list, shown(out))
		}
	}
}

// Depthwise convolutions of one number are elementwise, others are not.
func TestLayoutConvolutions(t *testing.T) {
	weights := func(last float32) *onnx.Tensor {
		v := slices.Repeat([]float32{-1}, 16)
		v[15] = last
		return onnx.NewFloats("w", []int64{16, 1, 1, 1}, v)
	}
	for last, taken := range map[float32]bool{-1: true, 2: false} {
		conv := node("Conv", "h", "x", "w", "", "g")
		conv.Domain = LayoutDomain
		conv.Attrs["group"], conv.Attrs["activation"] = onnx.Int(16), onnx.Str("Relu")
		_, count := fuseIt(t, graph([]*onnx.Node{conv, node("Mul", "y", "h", "g")}, []string{"y"}, weights(last)))
		if taken != (count == 2) {
			t.Errorf("a last weight of %v: %d fused", last, count)
		}
	}
}

// standIn is a graph with stand-ins for a pool's gradient and for phases.
func standIn(t *testing.T) *onnx.Model {
	t.Helper()
	m := graph(nil, []string{"y", "z"})
	names := 0
	e := Emit{
		Constant: func(c *onnx.Tensor) string {
			names++
			c.Name = strings.Repeat("c", names)
			m.Graph.Init[c.Name] = c
			return c.Name
		},
		Node: func(op string, attrs map[string]onnx.Attr, in ...string) string {
			names++
			n := node(op, strings.Repeat("n", names), in...)
			n.Attrs = attrs
			m.Graph.Nodes = append(m.Graph.Nodes, n)
			return n.Out[0]
		},
	}
	y := PoolGrad(Pool{Kernel: [2]int64{3, 2}, Stride: [2]int64{2, 2}, Pad: [2]int64{1, 0}}, 16, []int{4, 4}, []int{2, 2}, "x", "g", e)
	z, ok := Weave([]string{"", "x", "", "g"}, []int64{2, 2}, 16, []int{4, 4}, []int{8, 7}, 5, e)
	if !ok {
		t.Fatal("no stand-in for phases")
	}
	m.Graph.Nodes = append(m.Graph.Nodes, node("Identity", "y", y), node("Identity", "z", z))
	return m
}

// Stand-ins become what they stand for, in a layout of blocks or without.
func TestStandIns(t *testing.T) {
	for _, domain := range []string{"", LayoutDomain} {
		m := standIn(t)
		block := int64(1)
		if domain != "" {
			block = 16
			for _, n := range m.Graph.Nodes {
				if n.Op == "Conv" {
					n.Domain = domain
				}
			}
		}
		out, _ := fuseIt(t, m)
		if len(out.Graph.Nodes) != 4 || len(out.Graph.Init) != 0 {
			t.Fatalf("%s and %d constants", shown(out), len(out.Graph.Init))
		}
		pool, weave := out.Graph.Nodes[0], out.Graph.Nodes[1]
		for name, want := range map[string][]int64{"kernel": {3, 2}, "stride": {2, 2}, "pad": {1, 0}} {
			if got := pool.Attrs[name].Ints; !slices.Equal(got, want) {
				t.Errorf("the pool's %s is %v, want %v", name, got, want)
			}
		}
		for name, want := range map[string][]int64{"stride": {2, 2}, "size": {8, 7}, "place": {1, 3}} {
			if got := weave.Attrs[name].Ints; !slices.Equal(got, want) {
				t.Errorf("the phases' %s is %v, want %v", name, got, want)
			}
		}
		if pool.Attrs["block"].I != block || weave.Attrs["block"].I != block || !slices.Equal(pool.In, []string{"x", "g"}) {
			t.Errorf("block %d, %d, the pool reads %v", pool.Attrs["block"].I, weave.Attrs["block"].I, pool.In)
		}
	}
}

// One that is not as it was written is an error, not a gradient.
func TestBrokenStandIns(t *testing.T) {
	for name, spoil := range map[string]func(m *onnx.Model){
		"a sum taken along":   func(m *onnx.Model) { m.Graph.Nodes[0].In = append(m.Graph.Nodes[0].In, "", "g") },
		"an activation":       func(m *onnx.Model) { m.Graph.Nodes[1].Attrs["activation"] = onnx.Str("Relu") },
		"half in the layout":  func(m *onnx.Model) { m.Graph.Nodes[1].Domain = LayoutDomain },
		"a factor elsewhere":  func(m *onnx.Model) { m.Graph.Nodes[len(m.Graph.Nodes)-1].In[0] = m.Graph.Nodes[0].Out[0] },
		"a factor of its own": func(m *onnx.Model) { m.Graph.Nodes[2].In[1] = "g" },
		"a window of nothing": func(m *onnx.Model) { spoilWindow(m) },
		"products upon products": func(m *onnx.Model) {
			last := m.Graph.Nodes[len(m.Graph.Nodes)-1]
			for i := range 20 {
				n := node("Mul", "p"+string(rune('a'+i)), last.In[0], last.In[0])
				m.Graph.Nodes, last.In = slices.Insert(m.Graph.Nodes, len(m.Graph.Nodes)-1, n), n.Out
			}
		},
	} {
		m := standIn(t)
		spoil(m)
		if out, _, err := Fuse(m, 16); err == nil {
			t.Errorf("%s: %s", name, shown(out))
		}
	}
}

// spoilWindow has the pool's kernel be 0.
func spoilWindow(m *onnx.Model) {
	w := m.Graph.Init[m.Graph.Nodes[0].In[1]]
	v, _ := w.Floats()
	v = slices.Clone(v)
	v[1] = math.Float32frombits(quietNaN)
	m.Graph.Init[w.Name] = onnx.NewFloats(w.Name, w.Dims, v)
}
