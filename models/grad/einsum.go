package grad

import (
	"fmt"
	"strings"

	"seewhy/models/onnx"
)

func init() { register(Rule{Op: "Einsum", VJP: vjpEinsum}) }

// vjpEinsum: with "a,b->y" for two operands, da = einsum("y,b->a") and
// likewise db; for one, da = einsum("y->a"). That holds where every index of
// an operand appears in the rest and none is repeated within one term.
func vjpEinsum(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	equation := strings.ReplaceAll(n.AttrString("equation", ""), " ", "")
	left, y, ok := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	if !ok || len(terms) != len(n.In) || strings.Contains(equation, ".") {
		return nil, fmt.Errorf("equation %q: an explicit output and no ellipsis are needed", equation)
	}
	out := make([]Value, len(n.In))
	for i, term := range terms {
		if !b.Wants(n, i) {
			continue
		}
		from, in := []string{y}, []Value{d[0]}
		for j, other := range terms {
			if j != i {
				from, in = append(from, other), append(in, Value(n.In[j]))
			}
		}
		rest := strings.Join(from, "")
		for k, c := range term {
			if strings.ContainsRune(term[k+1:], c) || !strings.ContainsRune(rest, c) {
				return nil, fmt.Errorf("equation %q: index %q is repeated or summed over alone", equation, c)
			}
		}
		out[i] = b.Node("Einsum", A{"equation": onnx.Str(strings.Join(from, ",") + "->" + term)}, in...)
	}
	return out, nil
}
