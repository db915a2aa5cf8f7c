package onnx

import "fmt"

func init() { lowers("", lowerAffineGrid, "AffineGrid") }

// lowerAffineGrid: each place of a constant grid of [-1, 1], with a 1 added,
// times the transposed matrix of its sample.
func lowerAffineGrid(l *lowerer, n *Node) error {
	t := l.g.Init[n.Input(1)]
	if t == nil {
		return fmt.Errorf("its size %q is computed while the model runs", n.Input(1))
	}
	size, err := t.Ints()
	if err != nil {
		return err
	}
	rank := len(size) - 2
	if rank != 2 && rank != 3 {
		return fmt.Errorf("a grid of size %v", size)
	}
	spatial, count := size[2:], int64(1)
	for _, d := range spatial {
		if d < 1 || d > maxMask {
			return fmt.Errorf("a grid of size %v", size)
		}
		if count = times(count, d); count > maxMask {
			return fmt.Errorf("a grid of size %v", size)
		}
	}
	base := make([]float32, 0, count*int64(rank+1))
	for i := range count {
		at := make([]float32, rank+1)
		at[rank] = 1
		rest := i
		// The last axis comes first in a place.
		for axis := rank - 1; axis >= 0; axis-- {
			at[rank-1-axis] = gridPlace(rest%spatial[axis], spatial[axis], n.AttrInt("align_corners", 0) != 0)
			rest /= spatial[axis]
		}
		base = append(base, at...)
	}
	places := l.constant(NewFloats("", []int64{count, int64(rank + 1)}, base))
	moved := l.op("MatMul", nil, places, l.transpose(n.Input(0), 0, 2, 1))
	l.into("Reshape", nil, n.Output(0), moved, l.ints(append(append([]int64{-1}, spatial...), int64(rank))...))
	return nil
}

// gridPlace is where element i of n lies in -1..1: its centre, or with the
// corners aligned from the first centre to the last.
func gridPlace(i, n int64, align bool) float32 {
	if !align {
		return float32(2*i+1)/float32(n) - 1
	}
	if n == 1 {
		return -1
	}
	return float32(2*i)/float32(n-1) - 1
}
