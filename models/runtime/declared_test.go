package runtime

import (
	"slices"
	"testing"
)

func TestDeclaredIn(t *testing.T) {
	m := model(appendNode(nil, "Relu", []string{"x"}, "y"),
		[]value{{"x", tHalf, []int64{-1, 3}}}, []value{{"y", 0, nil}, {"s", tFloat, []int64{}}})
	d, err := declaredIn(m)
	if err != nil {
		t.Fatal(err)
	}
	x := d.inputs[0]
	if x.name != "x" || x.element != tHalf || !x.ranked || !slices.Equal(x.dims, []int{-1, 3}) {
		t.Errorf("x = %+v", x)
	}
	if y := d.outputs[0]; y.element != 0 || y.ranked {
		t.Errorf("y = %+v", y)
	}
	if s := d.outputs[1]; s.element != tFloat || !s.ranked || len(s.dims) != 0 {
		t.Errorf("s = %+v", s)
	}
}

func FuzzDeclaredIn(f *testing.F) {
	f.Add(probeNet())
	f.Add(model(appendNode(nil, "Relu", []string{"x"}, "y"), []value{{"x", tHalf, []int64{-1, 3}}}, []value{{"y", 0, nil}}))
	f.Add([]byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := declaredIn(b)
		if err == nil && len(d.outputs) == 0 {
			t.Error("accepted a model without outputs")
		}
	})
}
