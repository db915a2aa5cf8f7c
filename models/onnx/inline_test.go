package onnx_test

import (
	"fmt"
	"strings"
	"testing"

	"seewhy/models/onnx"
)

// localModel calls "f" of domain "local" on x, with the given functions.
func localModel(call *onnx.Node, functions ...*onnx.Function) *onnx.Model {
	m := oneNode(18, call, []int{2, 3})
	call.Domain = "local"
	m.IR, m.Opsets["local"], m.Functions = 9, 1, functions
	for _, f := range functions {
		f.Domain = "local"
		if f.Opsets == nil {
			f.Opsets = map[string]int64{"": 18, "local": 1}
		}
	}
	return m
}

func local(name string, a attrs, in ...string) *onnx.Node {
	n := inner("v"+name, name, a, in...)
	n.Domain = "local"
	return n
}

func refAttr(kind onnx.AttrKind, name string) onnx.Attr { return onnx.Attr{Kind: kind, Ref: name} }

// TestInlineFunctions compares with ONNX Runtime's own inlining.
func TestInlineFunctions(t *testing.T) {
	lib := library(t)
	leaky := &onnx.Function{
		Name: "leaky", Inputs: []string{"a"}, Outputs: []string{"r"}, Attributes: []string{"slope"},
		Nodes: []*onnx.Node{inner("r", "LeakyRelu", attrs{"alpha": refAttr(onnx.KindFloat, "slope")}, "a")},
	}
	defaulted := &onnx.Function{
		Name: "elu", Inputs: []string{"a"}, Outputs: []string{"r"}, Attributes: []string{"slope"}, Defaults: map[string]onnx.Attr{"slope": onnx.Float(0.4)},
		Nodes: []*onnx.Node{inner("r", "Elu", attrs{"alpha": refAttr(onnx.KindFloat, "slope")}, "a")},
	}
	two := &onnx.Function{
		Name: "f", Inputs: []string{"a", "low", "high"}, Outputs: []string{"r", "s"},
		Nodes: []*onnx.Node{
			inner("c", "Clip", attrs{}, "a", "low", "high"),
			local("leaky", attrs{"slope": onnx.Float(0.3)}, "c"), local("elu", nil, "vleaky"),
			inner("r", "Add", attrs{}, "velu", "c"), inner("s", "Mul", attrs{}, "r", "a"),
		},
	}
	call := outputs(op("f", nil, "x", "", "top"), "y", "z")
	m := localModel(call, leaky, defaulted, two)
	m.Graph.Init["top"] = onnx.NewFloats("top", nil, []float32{0.5})
	flat, err := onnx.InlineFunctions(m)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := flat.Opsets["local"]; ok || flat.Opsets[""] != 18 {
		t.Errorf("opsets %v", flat.Opsets)
	}
	if len(flat.Functions) != 0 || len(flat.Graph.Nodes) != 5 {
		t.Errorf("%d functions and %d nodes are left", len(flat.Functions), len(flat.Graph.Nodes))
	}
	if len(m.Functions) != 3 || len(m.Graph.Nodes) != 1 {
		t.Error("the model was changed")
	}
	closeTo(t, evaluate(t, lib, m, []int{2, 3}), evaluate(t, lib, flat, []int{2, 3}))
}

// A domain that a function shares with operators of the runtime stays.
func TestInlineKeepsUsedDomains(t *testing.T) {
	f := &onnx.Function{Domain: "com.microsoft", Name: "f", Inputs: []string{"a"}, Outputs: []string{"r"}, Opsets: map[string]int64{"com.microsoft": 1}, Nodes: []*onnx.Node{fused("Gelu", nil, "a")}}
	f.Nodes[0].Out = []string{"r"}
	call := fused("f", nil, "x")
	m := oneNode(18, call, []int{2, 3})
	m.IR, m.Opsets["com.microsoft"], m.Functions = 9, 1, []*onnx.Function{f}
	flat, err := onnx.InlineFunctions(m)
	if err != nil || flat.Opsets["com.microsoft"] != 1 || flat.Graph.Nodes[0].Op != "Gelu" {
		t.Errorf("opsets %v, error %v", flat.Opsets, err)
	}
}

func oddFunction() *onnx.Function {
	return &onnx.Function{
		Name: "f", Inputs: []string{"x"}, Outputs: []string{"x", "y", "y", "w"},
		Nodes: []*onnx.Node{
			inner("yes", "Constant", attrs{"value": {Kind: onnx.KindTensor, T: yes}}),
			inner("y", "If", attrs{
				"then_branch": graphAttr(branch("then", inner("y", "Neg", attrs{}, "x"), inner("q", "Add", attrs{}, "y", "x"))),
				"else_branch": graphAttr(branch("else", inner("e", "Neg", attrs{}, "x"))),
			}, "yes"),
			inner("w", "Exp", attrs{}, "x"),
		},
	}
}

// Outputs that are inputs, that are listed twice or that nobody wants; names
// of the function that the model has too; subgraphs that read around them.
func TestInlineOddFunctions(t *testing.T) {
	lib := library(t)
	m := localModel(outputs(op("f", nil, "x"), "y", "w", "second"), oddFunction())
	m.Graph.Nodes = append(m.Graph.Nodes, inner("end", "Sub", attrs{}, "y", "w"))
	m.Graph.Outputs = append(m.Graph.Outputs, onnx.Value{Name: "end"})
	flat, err := onnx.InlineFunctions(m)
	if err != nil {
		t.Fatal(err)
	}
	// The runtime refuses such a function; by hand: y is x, the others -x + x.
	m.Functions, m.Graph.Nodes = nil, []*onnx.Node{
		inner("y", "Identity", attrs{}, "x"), inner("w", "Sub", attrs{}, "x", "x"),
		inner("second", "Identity", attrs{}, "w"), inner("end", "Sub", attrs{}, "y", "w"),
	}
	want := evaluate(t, lib, m, []int{2, 3})
	closeTo(t, want, evaluate(t, lib, flat, []int{2, 3}))
	constant, err := onnx.InlineConstants(flat)
	if err != nil {
		t.Fatal(err)
	}
	folded, changed, err := onnx.FoldBranches(constant)
	if err != nil || !changed {
		t.Fatalf("changed %v, error %v", changed, err)
	}
	for _, n := range folded.Graph.Nodes {
		if n.Op == "If" {
			t.Errorf("%s is left", n.Label())
		}
	}
	closeTo(t, want, evaluate(t, lib, folded, []int{2, 3}))
}

func TestInlineRefuses(t *testing.T) {
	node := func(n ...*onnx.Node) *onnx.Function {
		return &onnx.Function{Name: "f", Inputs: []string{"a"}, Outputs: []string{n[len(n)-1].Out[0]}, Nodes: n}
	}
	var chain []*onnx.Function
	for i := range 40 {
		g := &onnx.Function{Name: fmt.Sprint("f", i), Inputs: []string{"a"}, Outputs: []string{"s"}, Nodes: []*onnx.Node{local(fmt.Sprint("f", i+1), nil, "a")}}
		g.Nodes = append(g.Nodes, inner("s", fmt.Sprint("f", i+1), attrs{}, g.Nodes[0].Out[0]))
		g.Nodes[1].Domain = "local"
		chain = append(chain, g)
	}
	chain = append(chain, &onnx.Function{Name: "f40", Inputs: []string{"a"}, Outputs: []string{"s"}, Nodes: []*onnx.Node{inner("s", "Relu", attrs{}, "a")}})
	older := node(inner("s", "ReduceMean", attrs{"axes": onnx.Ints(1)}, "a"))
	older.Opsets = map[string]int64{"": 17}
	for _, c := range []struct {
		name  string
		model *onnx.Model
		want  string
	}{
		{"recursion", localModel(op("f", nil, "x"), node(local("f", nil, "a"))), `function "f" calls itself`},
		{"growth", localModel(op("f0", nil, "x"), chain...), "more than 1048576 nodes"},
		{"undefined", localModel(op("f", nil, "x"), node(inner("s", "Relu", attrs{}, "nothing"))), "which nothing makes"},
		{"cycle", localModel(op("f", nil, "x"), node(inner("b", "Add", attrs{}, "a", "s"), inner("s", "Relu", attrs{}, "b"))), "cycle"},
		{"two makers", localModel(op("f", nil, "x"), node(inner("a", "Relu", attrs{}, "a"))), "is defined twice"},
		{"too many inputs", localModel(op("f", nil, "x", "x"), node(inner("s", "Relu", attrs{}, "a"))), "2 inputs and 1 outputs"},
		{"other version", localModel(op("f", nil, "x"), older), "between which ReduceMean changed (18)"},
		{"bomb", localModel(op("f", nil, "x"), node(
			inner("c", "Constant", attrs{"value": {Kind: onnx.KindTensor, T: onnx.NewInts("", 1<<20, 1<<20)}}),
			inner("s", "ConstantOfShape", attrs{}, "c"))), "above 2 GB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.InlineFunctions(c.model)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// Attributes that the caller leaves out fall away; a condition of another kind stays.
func TestBranchesThatStay(t *testing.T) {
	m := oneNode(17, op("If", attrs{"then_branch": graphAttr(branch("t", inner("a", "Relu", attrs{}, "x"))), "else_branch": graphAttr(branch("e", inner("b", "Neg", attrs{}, "x")))}, "c"), []int{2, 3})
	m.Graph.Inputs = append(m.Graph.Inputs, onnx.Value{Name: "c", Type: onnx.Bool, Ranked: true})
	if out, changed, err := onnx.FoldBranches(m); err != nil || changed || out != m {
		t.Errorf("changed %v, error %v", changed, err)
	}
	m.Graph.Init["c"] = yes
	delete(m.Graph.Nodes[0].Attrs, "then_branch")
	if _, _, err := onnx.FoldBranches(m); err == nil || !strings.Contains(err.Error(), `lacks its attribute "then_branch"`) {
		t.Errorf("error %v", err)
	}
}
