// Package tensor holds the dense float32 array that every other package
// exchanges: an image ready for a model, an activation, a gradient.
//
//	x := tensor.New(1, 3, 224, 224)
//	first := x.Sample(0) // a view of the first sample, no copy
package tensor

import "fmt"

// Tensor is a dense row-major float32 array. A rank-0 tensor has an empty
// Shape and one element. The zero Tensor has no elements and means "absent".
type Tensor struct {
	Shape []int
	Data  []float32
}

// New returns a zeroed tensor. It panics on a negative dimension, which is a
// programming error: shapes from files are checked where they are read.
func New(shape ...int) Tensor {
	n := 1
	for _, d := range shape {
		if d < 0 {
			panic(fmt.Sprintf("tensor: negative dimension in %v", shape))
		}
		n *= d
	}
	return Tensor{Shape: append([]int(nil), shape...), Data: make([]float32, n)}
}

// Of wraps data without copying. It returns an error when the element count
// is not the product of the shape.
func Of(data []float32, shape ...int) (Tensor, error) {
	t := Tensor{Shape: append([]int(nil), shape...), Data: data}
	if Elements(shape) != len(data) {
		return Tensor{}, fmt.Errorf("tensor: %d values do not fill shape %v", len(data), shape)
	}
	return t, nil
}

// Elements is the product of a shape; 1 for a scalar.
func Elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Len is the number of elements.
func (t Tensor) Len() int { return len(t.Data) }

// Rank is the number of dimensions.
func (t Tensor) Rank() int { return len(t.Shape) }

// Absent reports whether t is the zero Tensor.
func (t Tensor) Absent() bool { return t.Data == nil }

// Clone copies shape and data.
func (t Tensor) Clone() Tensor {
	return Tensor{Shape: append([]int(nil), t.Shape...), Data: append([]float32(nil), t.Data...)}
}

// Sample is a view of element n along the first axis, keeping the rank
// (shape [1, ...]). It panics when n is out of range.
func (t Tensor) Sample(n int) Tensor {
	size := len(t.Data) / t.Shape[0]
	shape := append([]int{1}, t.Shape[1:]...)
	return Tensor{Shape: shape, Data: t.Data[n*size : (n+1)*size : (n+1)*size]}
}

// Repeat stacks n copies of a tensor whose first dimension is 1.
func (t Tensor) Repeat(n int) Tensor {
	out := New(append([]int{n}, t.Shape[1:]...)...)
	for i := range n {
		copy(out.Data[i*len(t.Data):], t.Data)
	}
	return out
}
