package grad_test

import (
	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	add := func(equation string, in ...input) {
		var names []string
		for _, i := range in {
			names = append(names, i.name)
		}
		addCases("Einsum", vjpCase{name: equation, node: node("Einsum", grad.A{"equation": onnx.Str(equation)}, names...), inputs: in})
	}
	add("bhid,bhjd->bhij", input{name: "a", shape: []int{2, 3, 4, 5}}, input{name: "b", shape: []int{2, 3, 6, 5}})
	add("bij,bjd->bid", input{name: "a", shape: []int{2, 3, 4}}, input{name: "b", shape: []int{2, 4, 5}})
	add("bij->bji", input{name: "a", shape: []int{2, 3, 4}})
	add("bc,c->b", input{name: "a", shape: []int{2, 3}}, input{name: "b", shape: []int{3}})
}
