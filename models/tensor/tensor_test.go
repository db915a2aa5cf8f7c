package tensor_test

import (
	"slices"
	"testing"

	"seewhy/models/tensor"
)

func TestOfChecksCount(t *testing.T) {
	if _, err := tensor.Of(make([]float32, 5), 2, 3); err == nil {
		t.Fatal("5 values in shape [2 3]: want an error")
	}
	x, err := tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got := x.Sample(1); !slices.Equal(got.Data, []float32{4, 5, 6}) || !slices.Equal(got.Shape, []int{1, 3}) {
		t.Errorf("Sample(1) = %v", got)
	}
	if got := x.Sample(0).Repeat(2); !slices.Equal(got.Data, []float32{1, 2, 3, 1, 2, 3}) || !slices.Equal(got.Shape, []int{2, 3}) {
		t.Errorf("Repeat = %v", got)
	}
}

func TestCloneIsIndependent(t *testing.T) {
	x := tensor.New(2)
	y := x.Clone()
	y.Data[0] = 1
	if x.Data[0] != 0 {
		t.Error("Clone shares data")
	}
	if (tensor.Tensor{}).Absent() != true || x.Absent() {
		t.Error("Absent")
	}
}
