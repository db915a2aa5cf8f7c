package method

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Against all eigenvectors of the matrix: random ones of several ranks, and
// some whose first two eigenvalues lie close together.
func TestLargestEigenvectorAgainstAllOfThem(t *testing.T) {
	for _, c := range []struct {
		n, rank int
		second  float64
	}{{1, 1, 0}, {2, 2, 0.5}, {7, 3, 0.9}, {40, 40, 0.99}, {120, 100, 0.999}, {9, 1, 0}} {
		r := rand.New(rand.NewPCG(1, uint64(c.n)))
		// Eigenvalues 1, second, and less, in a random orthogonal basis.
		var qr mat.QR
		square := mat.NewDense(c.n, c.n, nil)
		for i := range c.n {
			for j := range c.n {
				square.Set(i, j, r.NormFloat64())
			}
		}
		qr.Factorize(square)
		var Q, S mat.Dense
		qr.QTo(&Q)
		D := mat.NewDiagDense(c.n, nil)
		for i := range c.rank {
			D.SetDiag(i, c.second*r.Float64())
		}
		if c.rank > 1 {
			D.SetDiag(1, c.second)
		}
		D.SetDiag(0, 1)
		S.Product(&Q, D, Q.T())
		got, value, err := largestEigenvector(context.Background(), c.n, func(dst, v []float64) {
			mat.NewVecDense(c.n, dst).MulVec(&S, mat.NewVecDense(c.n, v))
		})
		if err != nil {
			t.Fatal(err)
		}
		// A residual of 1e-9 over a gap of 1e-3 turns the vector by 1e-6.
		if cos := math.Abs(floats.Dot(got, mat.Col(nil, 0, &Q))); math.Abs(value-1) > 1e-9 || cos < 1-1e-9 {
			t.Errorf("%+v: eigenvalue %.12f, |cos| %.12f", c, value, cos)
		}
	}
}

func TestLargestEigenvectorOfNothing(t *testing.T) {
	v, value, err := largestEigenvector(context.Background(), 5, func(dst, _ []float64) { clear(dst) })
	if err != nil || value != 0 || math.Abs(floats.Norm(v, 2)-1) > 1e-12 {
		t.Errorf("%v, %g, %v", v, value, err)
	}
}

func TestLargestEigenvectorStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, _, err := largestEigenvector(ctx, 50, func(dst, v []float64) {
		calls++
		cancel()
		for i := range v {
			dst[i] = float64(i) * v[i]
		}
	})
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("error %v after %d products", err, calls)
	}
}
