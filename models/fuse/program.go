package fuse

import (
	"slices"
	"strings"

	"seewhy/models/onnx"
)

// program writes a group as one node. The kernel's operands are the inputs by
// their place, and the steps by theirs behind the last input that there may be.
func (p *plan) program(group int) (*onnx.Node, bool) {
	inputs := p.inputs(group)
	place := map[string]int64{}
	for i, name := range inputs {
		place[name] = int64(i)
	}
	var steps []step
	var operands [][2]int64
	ends := map[int]int{}
	for _, i := range p.members[group] {
		first := len(steps)
		for _, s := range p.parts[i] {
			var at [2]int64
			for k, v := range []operand{s.a, s.b} {
				if v.name == "" {
					at[k] = int64(mostInputs + first + v.place)
				} else {
					at[k] = place[v.name]
				}
			}
			steps, operands = append(steps, s), append(operands, at)
		}
		ends[i] = len(steps) - 1
		place[p.nodes[i].Out[0]] = int64(mostInputs + len(steps) - 1)
	}
	outs := p.outputs(group)
	slots, ok := slotsFor(operands)
	if !ok || len(inputs) == 0 || len(outs) == 0 {
		return nil, false
	}
	var code, results []int64
	var numbers []float32
	for k, s := range steps {
		code = append(code, int64(s.what), operands[k][0], operands[k][1], slots[k])
		numbers = append(numbers, s.p, s.q)
	}
	n := &onnx.Node{Op: "Fused", Domain: Domain, In: inputs}
	var names []string
	for _, i := range outs {
		n.Out = append(n.Out, p.nodes[i].Out[0])
		results = append(results, int64(ends[i]))
	}
	for _, i := range p.members[group] {
		names = append(names, p.nodes[i].Op)
	}
	n.Name = n.Out[0] + "/" + strings.Join(names, "+")
	n.Attrs = map[string]onnx.Attr{
		"inputs": onnx.Int(int64(len(inputs))), "steps": onnx.Ints(code...), "outputs": onnx.Ints(results...),
		"numbers": {Kind: onnx.KindFloats, Floats: numbers},
	}
	return n, true
}

// slotsFor gives each step a place for its value that no value still to be read
// has. The value of an output may lie elsewhere; its slot is kept all the same.
func slotsFor(operands [][2]int64) (slots []int64, ok bool) {
	last := make([]int, len(operands))
	for k, at := range operands {
		last[k] = k
		for _, v := range at {
			if v >= mostInputs {
				last[v-mostInputs] = k
			}
		}
	}
	var until []int
	for k := range operands {
		// A step may not write where it reads: a reduction reads its row twice.
		free := slices.IndexFunc(until, func(end int) bool { return end < k })
		if free < 0 {
			free = len(until)
			until = append(until, 0)
		}
		until[free] = last[k]
		slots = append(slots, int64(free))
	}
	return slots, len(until) <= mostSlots
}
