package onnx

import (
	"fmt"

	"seewhy/models/onnx/internal/pb"
)

func (c *reader) function(p *pb.Function) (*Function, error) {
	f := &Function{
		Domain: p.GetDomain(), Name: p.GetName(), Overload: p.GetOverload(), Inputs: p.Input, Outputs: p.Output,
		Attributes: p.Attribute, Defaults: map[string]Attr{}, Opsets: opsets(p.OpsetImport),
	}
	for _, a := range p.AttributeProto {
		v, err := c.attr(a, 1)
		if err != nil {
			return nil, fmt.Errorf("function %q: %w", f.Name, err)
		}
		f.Defaults[a.GetName()] = v
		f.Attributes = append(f.Attributes, a.GetName())
	}
	var err error
	if f.Nodes, err = c.nodeList(p.Node, 1); err != nil {
		return nil, fmt.Errorf("function %q: %w", f.Name, err)
	}
	return f, nil
}

// checkFunctions refuses what a runtime would never finish inlining: a
// function that calls itself, and calls that multiply (each function calling
// the next twice, forty deep).
func checkFunctions(m *Model) error {
	c := &inliner{functions: map[string]*Function{}, sizes: map[*Function]int{}}
	for _, f := range m.Functions {
		key := functionKey(f.Domain, f.Name, f.Overload)
		if c.functions[key] != nil {
			return fmt.Errorf("function %q is defined twice", f.Name)
		}
		c.functions[key] = f
	}
	if len(c.functions) == 0 {
		return nil
	}
	_, err := c.nodes(m.Graph.Nodes, 0)
	return err
}

func functionKey(domain, name, overload string) string {
	return domain + "\x00" + name + "\x00" + overload
}

// maxCalls is how deep functions may call each other.
const maxCalls = 64

type inliner struct {
	functions map[string]*Function
	// sizes holds the nodes of a function with all calls written out.
	sizes map[*Function]int
}

func (c *inliner) nodes(list []*Node, depth int) (int, error) {
	total := 0
	for _, n := range list {
		size := 1
		if f := c.functions[functionKey(n.Domain, n.Op, n.Overload)]; f != nil {
			inner, ok := c.sizes[f]
			if !ok {
				if depth >= maxCalls {
					return 0, fmt.Errorf("function %q calls itself, or calls nest deeper than %d", f.Name, maxCalls)
				}
				var err error
				if inner, err = c.nodes(f.Nodes, depth+1); err != nil {
					return 0, err
				}
				c.sizes[f] = inner
			}
			size += inner
		}
		for _, g := range n.subgraphs() {
			inner, err := c.nodes(g.Nodes, depth)
			if err != nil {
				return 0, err
			}
			size += inner
		}
		if total += size; total > maxNodes {
			return 0, fmt.Errorf("%s: with its functions written out the model has more than %d nodes", n.Label(), maxNodes)
		}
	}
	return total, nil
}
