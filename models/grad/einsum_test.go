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

func init() {
	add := func(name, equation string, in ...input) {
		var names []string
		for _, i := range in {
			names = append(names, i.name)
		}
		addCases("Einsum", vjpCase{name: name, node: node("Einsum", grad.A{"equation": onnx.Str(equation)}, names...), inputs: in})
	}
	a := func(shape ...int) input { return input{name: "a", shape: shape} }
	b := func(shape ...int) input { return input{name: "b", shape: shape} }
	add("ellipsis", "...ij,...jk->...ik", a(2, 3, 4, 5), b(2, 3, 5, 2))
	add("ellipsis that broadcasts", "...ij,...jk->...ik", a(2, 3, 4, 5), b(1, 1, 5, 2))
	add("ellipsis of one term", "b...,bc->c...", a(2, 3, 4), b(2, 5))
	add("implicit", "ij,jk", a(3, 4), b(4, 2))
	add("implicit transpose", "ba", a(3, 4))
	add("sum of one index", "ij->i", a(3, 4))
	add("lone index among two", "ij,kj->k", a(3, 4), b(2, 4))
	add("diagonal", "ii->i", a(4, 4))
	add("batch diagonal", "...ii->...i", a(3, 4, 4))
	add("diagonal against another", "bii,bi->bi", a(2, 4, 4), b(2, 4))
	add("repeat in the output term", "bij,bjk,bk->bi", a(2, 3, 4), b(2, 4, 5), input{name: "c", shape: []int{2, 5}})
}
