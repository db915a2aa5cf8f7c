package onnx

import (
	"fmt"
	"slices"
)

// listsFrom tells from which input on an operator takes a list of operands. A
// name left out among them is no optional input, and the runtimes up to 1.27 end
// the process when they run some such nodes.
var listsFrom = map[string]int{
	"Concat": 0, "Sum": 0, "Max": 0, "Min": 0, "Mean": 0, "Einsum": 0, "SequenceConstruct": 0, "SequenceMap": 1, "Loop": 2,
	microsoft + ".QLinearConcat": 2,
}

// operandsNamed refuses lists of operands with one that has no name, and operators
// that no file of a stranger should bring.
func operandsNamed(n *Node) error {
	if fragile[n.FullOp()] {
		return fmt.Errorf("%s: ONNX Runtime up to 1.27 may end the process on this operator of language models: explain the part that takes the picture", n.Label())
	}
	from, list := listsFrom[n.FullOp()]
	if !list {
		return nil
	}
	for i := from; i < len(n.In); i++ {
		if n.In[i] == "" {
			return fmt.Errorf("%s: its operand %d has no name, and none of them may be left out", n.Label(), i)
		}
	}
	return nil
}

// fragile are operators of language models on which ONNX Runtime 1.27 ends the
// process where their inputs do not fit.
var fragile = map[string]bool{
	microsoft + ".AttnLSTM": true, microsoft + ".BifurcationDetector": true, microsoft + ".CausalConvWithState": true,
	microsoft + ".LinearAttention": true, microsoft + ".RelativePositionBias": true,
}

// makesList says that all of an operator's outputs are one list. A name left
// out among them says that nobody reads it; ONNX Runtime 1.27 ends the process
// when it runs such a Split or Loop.
func makesList(n *Node) bool {
	switch n.Op {
	case "Split", "If", "Loop", "Scan", "SequenceMap":
		return n.Domain == ""
	}
	return false
}

// nameOutputs gives names to the outputs that need one, in subgraphs too.
func nameOutputs(g *Graph) { (&outputNamer{}).graph(g) }

type outputNamer struct{ names *namer }

func (o *outputNamer) graph(g *Graph) {
	if o.names == nil && slices.ContainsFunc(g.Nodes, leavesOut) {
		o.names = newNamer(g)
	}
	for i, n := range g.Nodes {
		if leavesOut(n) {
			n = n.Clone() // it may be another model's too
			for k, v := range n.Out {
				if v == "" {
					n.Out[k] = o.names.fresh(n.Name, "unread")
				}
			}
			g.Nodes[i] = n
		}
		for _, sub := range n.subgraphs() {
			o.graph(sub)
		}
	}
}

func leavesOut(n *Node) bool { return makesList(n) && slices.Contains(n.Out, "") }
