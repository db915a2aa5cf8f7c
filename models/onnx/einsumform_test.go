package onnx_test

import (
	"strings"
	"testing"

	"seewhy/models/onnx"
)

// Equations that end ONNX Runtime's process are refused, those that are right
// are read, with spaces, without an output, over scalars.
func TestEquationsOfEinsum(t *testing.T) {
	for _, c := range []struct {
		equation string
		x, k     []int64
		want     string
	}{
		{"...ij,...jk->...ik", []int64{3, 4}, []int64{1, 2, 4, 2}, `node "n" (Einsum): its equation "...ij,...jk->...ik" has ellipses that stand for 0 and for 2 dimensions`},
		{"ij, ...i", []int64{3, 4}, []int64{2, 3}, ""},
		{"bi,ij", []int64{3, 4}, []int64{4, 2}, ""},
		{"...ij,jk->...ik", []int64{2, 3, 4}, []int64{4, 2}, ""},
		{"...ij,...jk->...ik", []int64{2, 3, 4}, []int64{2, 4, 2}, ""},
		{"ij,->ij", []int64{3, 4}, []int64{}, ""},
		{"ij,jk->iz", []int64{3, 4}, []int64{4, 2}, `has the letter 'z' in its output`},
		{"ij,jk->ii", []int64{3, 4}, []int64{4, 2}, `has the letter 'i' in its output, where no operand has it or where it is twice`},
		{"ij,jk->...ik", []int64{3, 4}, []int64{4, 2}, "has an ellipsis in its output"},
		{"ij->ij", []int64{3, 4}, []int64{4, 2}, "has 1 terms for 2 operands"},
		{"ij,jk->i->k", []int64{3, 4}, []int64{4, 2}, `the term "i->k"`},
		{"ij,j.k->ik", []int64{3, 4}, []int64{4, 2}, `the term "j.k"`},
		{"......ij,jk->ik", []int64{3, 4}, []int64{4, 2}, `the term "......ij"`},
		{"ij,jkl->ik", []int64{3, 4}, []int64{4, 2}, `has the term "jkl" for an operand of rank 2`},
		{"ij,j->i", []int64{3, 4}, []int64{4, 2}, `has the term "j" for an operand of rank 2`},
	} {
		k := weights("k", c.k...)
		k.Dims = c.k
		data, err := onnx.Marshal(oneNode(17, op("Einsum", attrs{"equation": onnx.Str(c.equation)}, "x", "k"), ints(c.x), k))
		if err != nil {
			t.Fatal(err)
		}
		_, err = onnx.Read(data)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s of %v and %v: %v, want %q", c.equation, c.x, c.k, err, c.want)
		}
	}
}
