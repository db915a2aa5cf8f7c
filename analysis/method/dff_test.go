package method

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// A product of factors that never overlap is divided into those very factors.
func TestFactoriseFindsTheFactors(t *testing.T) {
	const k = 3
	r := rand.New(rand.NewPCG(5, 6))
	W0, H0 := mat.NewDense(12, k, nil), mat.NewDense(k, 20, nil)
	for i := range 12 {
		W0.Set(i, i%k, 0.5+r.Float64())
	}
	for j := range 20 {
		H0.Set(j%k, j, 0.5+2*float64(j%k)+r.Float64())
	}
	var X mat.Dense
	X.Mul(W0, H0)
	W, H, err := factorise(context.Background(), &X, k)
	if err != nil {
		t.Fatal(err)
	}
	var back mat.Dense
	back.Mul(W, H)
	back.Sub(&back, &X)
	if off := mat.Norm(&back, 2) / mat.Norm(&X, 2); off > 1e-6 {
		t.Errorf("the factors are %g of X away from it", off)
	}
	// Each map of a factor is one of H0, up to its scale and their order.
	for i := range k {
		found := 0
		for j := range k {
			a, b := H.RowView(i), H0.RowView(j)
			if cos := mat.Dot(a, b) / math.Sqrt(mat.Dot(a, a)*mat.Dot(b, b)); cos > 1-1e-6 {
				found++
			}
		}
		if found != 1 {
			t.Errorf("factor %d is %d of the true ones", i, found)
		}
	}
}

// Where factors only approximate, the optimum's conditions hold, which the
// gradients written out from the definition show: zero where a factor is
// positive, not negative where it is zero.
func TestFactoriseEndsAtAnOptimum(t *testing.T) {
	const rows, columns, k = 9, 14, 4
	r := rand.New(rand.NewPCG(7, 8))
	X := mat.NewDense(rows, columns, nil)
	for i := range rows {
		for j := range columns {
			X.Set(i, j, math.Abs(r.NormFloat64()))
		}
	}
	W, H, err := factorise(context.Background(), X, k)
	if err != nil {
		t.Fatal(err)
	}
	residual := func(i, j int) float64 {
		sum := -X.At(i, j)
		for t := range k {
			sum += W.At(i, t) * H.At(t, j)
		}
		return sum
	}
	size := mat.Norm(X, 2)
	check := func(value, gradient float64) {
		if value < 0 || gradient < -1e-2*size || value > 1e-9 && gradient > 1e-2*size {
			t.Errorf("value %g with gradient %g", value, gradient)
		}
	}
	for f := range k {
		for i := range rows {
			g := 0.0
			for j := range columns {
				g += residual(i, j) * H.At(f, j)
			}
			check(W.At(i, f), g)
		}
		for j := range columns {
			g := 0.0
			for i := range rows {
				g += residual(i, j) * W.At(i, f)
			}
			check(H.At(f, j), g)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := factorise(ctx, X, k); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The first singular vectors and values are those of a full decomposition, for
// tall and wide matrices and for one of low rank.
func TestSingularVectors(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for _, size := range [][3]int{{40, 90, 40}, {90, 40, 40}, {30, 30, 2}, {3, 50, 3}} {
		rows, columns, rank := size[0], size[1], size[2]
		A, B := mat.NewDense(rows, rank, nil), mat.NewDense(rank, columns, nil)
		for _, m := range []*mat.Dense{A, B} {
			m.Apply(func(_, j int, _ float64) float64 { return math.Abs(r.NormFloat64()) }, m)
		}
		var X mat.Dense
		X.Mul(A, B)
		const k = 3
		U, V, values, err := singular(context.Background(), &X, k)
		if err != nil {
			t.Fatal(err)
		}
		var full mat.SVD
		if !full.Factorize(&X, mat.SVDThin) {
			t.Fatal("no decomposition")
		}
		want := full.Values(nil)
		for j := range k {
			// Values that are close to each other settle slowly; they need not be exact
			// to start from.
			if math.Abs(values[j]-want[j]) > 1e-4*want[0] {
				t.Errorf("%v: value %d is %g, want %g", size, j, values[j], want[j])
			}
			var image mat.VecDense
			image.MulVec(&X, V.ColView(j))
			image.AddScaledVec(&image, -values[j], U.ColView(j))
			if off := mat.Norm(&image, 2); off > 1e-2*want[0] {
				t.Errorf("%v: X v is %g away from the value times u", size, off)
			}
		}
	}
}
