package onnx

import "fmt"

// FloatInput lets a picture that a graph takes as integers come as float32, as
// TensorFlow's detectors take it: what casts it to float32 reads it as it is,
// and has a gradient; what reads integers gets them by a cast. changed says that
// the input was of integers.
func FloatInput(m *Model, input string) (out *Model, changed bool, err error) {
	at := -1
	for i, v := range m.Graph.Inputs {
		if v.Name == input {
			at = i
		}
	}
	if at < 0 || !integral(m.Graph.Inputs[at].Type) {
		return m, false, nil
	}
	out = m.Shallow()
	from := out.Graph.Inputs[at].Type
	out.Graph.Inputs[at].Type = Float32
	delete(out.Graph.Values, input)
	integers := ""
	out.Graph.Nodes = nil
	for _, n := range m.Graph.Nodes {
		if n.Domain == "" && n.Op == "Cast" && n.Input(0) == input && Type(n.AttrInt("to", 0)) == Float32 {
			out.Graph.Nodes = append(out.Graph.Nodes, n)
			continue
		}
		for _, sub := range n.subgraphs() {
			for _, v := range captures(sub) {
				if v == input {
					return nil, false, fmt.Errorf("%s: a branch of it reads the picture %q as %s: export the model with a float32 input", n.Label(), input, from)
				}
			}
		}
		c := n
		for i, v := range n.In {
			if v != input {
				continue
			}
			if integers == "" {
				integers = newNamer(m.Graph).fresh(input, "integers")
				out.Graph.Nodes = append(out.Graph.Nodes, &Node{Name: integers, Op: "Cast", In: []string{input}, Out: []string{integers}, Attrs: attrs{"to": Int(int64(from))}})
			}
			if c == n {
				c = n.Clone()
			}
			c.In[i] = integers
		}
		out.Graph.Nodes = append(out.Graph.Nodes, c)
	}
	return out, true, nil
}

func integral(t Type) bool {
	switch t {
	case Int8, Uint8, Int16, Uint16, Int32, Uint32, Int64, Uint64:
		return true
	}
	return false
}
