package method

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// The bounds of scikit-learn's NMF: sweeps, and the violation of the optimum's
// conditions, as a share of the first sweep's, at which it stops.
const (
	nmfSweeps    = 200
	nmfTolerance = 1e-4
)

// factorise divides X >= 0 (rows x columns) into W (rows x k) and H
// (k x columns), both >= 0, with the least squared error of W H, by the
// coordinate descent of scikit-learn's NMF from the same start (NNDSVD). It
// draws nothing: the same X gives the same factors.
func factorise(ctx context.Context, X *mat.Dense, k int) (W, H *mat.Dense, err error) {
	W, Ht, err := nndsvd(ctx, X, k)
	if err != nil {
		return nil, nil, err
	}
	first, Xt := 0.0, mat.DenseCopyOf(X.T())
	Wt, H := mat.DenseCopyOf(W.T()), mat.DenseCopyOf(Ht.T())
	for i := range nmfSweeps {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		violation := descend(W, Wt, H, X) + descend(Ht, H, Wt, Xt)
		if i == 0 {
			first = violation
		}
		if violation <= nmfTolerance*first {
			break
		}
	}
	return W, H, nil
}

// nmfParts is into how many parts rows are divided, which run side by side;
// it does not hang on the machine, so that sums do not.
const nmfParts = 8

// descend improves W with H fixed, one coordinate after another, and gives the
// sum of the violations that it found: of the gradient G = W H H^T - X H^T
// where W > 0, of its negative part where W = 0. Rows know nothing of each
// other. The products are those of long rows, which is why Wt, W transposed, is
// kept too: a matrix product that is k wide takes four times as long.
func descend(W, Wt, H, X *mat.Dense) (violation float64) {
	rows, k := W.Dims()
	HHt := mat.NewDense(k, k, nil)
	for t := range k {
		for r := range t + 1 {
			hh := floats.Dot(H.RawRowView(t), H.RawRowView(r))
			HHt.Set(t, r, hh)
			HHt.Set(r, t, hh)
		}
	}
	var found [nmfParts]float64
	var group sync.WaitGroup
	for part := range nmfParts {
		group.Go(func() {
			sum := 0.0
			for i := part * rows / nmfParts; i < (part+1)*rows/nmfParts; i++ {
				row, x := W.RawRowView(i), X.RawRowView(i)
				for t := range k {
					hh := HHt.RawRowView(t)
					g := -floats.Dot(x, H.RawRowView(t))
					for r, v := range row {
						g += hh[r] * v
					}
					if row[t] == 0 {
						sum += math.Abs(min(g, 0))
					} else {
						sum += math.Abs(g)
					}
					if hh[t] != 0 {
						row[t] = max(row[t]-g/hh[t], 0)
						Wt.Set(t, i, row[t])
					}
				}
			}
			found[part] = sum
		})
	}
	group.Wait()
	return floats.Sum(found[:])
}

// nndsvd starts from the singular vectors of X, of each pair the larger of its
// positive and negative parts (Boutsidis and Gallopoulos 2008), as
// scikit-learn does. H comes transposed.
func nndsvd(ctx context.Context, X *mat.Dense, k int) (W, Ht *mat.Dense, err error) {
	rows, columns := X.Dims()
	U, V, values, err := singular(ctx, X, k)
	if err != nil {
		return nil, nil, err
	}
	W, Ht = mat.NewDense(rows, k, nil), mat.NewDense(columns, k, nil)
	for j := range k {
		u, v := mat.Col(nil, j, U), mat.Col(nil, j, V)
		sign := 1.0
		if up, un, vp, vn := parts(u), parts(negative(u)), parts(v), parts(negative(v)); j > 0 && un*vn >= up*vp {
			sign = -1
		}
		lu, lv := 1.0, 1.0
		for i := range u {
			u[i] *= sign
		}
		for i := range v {
			v[i] *= sign
		}
		if j > 0 {
			lu, lv = parts(u), parts(v)
		}
		scale := math.Sqrt(values[j] * lu * lv)
		fill := func(into *mat.Dense, from []float64, length float64) {
			for i, x := range from {
				// The first pair is of one sign but for rounding.
				if j == 0 {
					x = math.Abs(x)
				}
				if x = scale * max(x, 0) / max(length, 1e-300); x >= 1e-6 {
					into.Set(i, j, x)
				}
			}
		}
		fill(W, u, lu)
		fill(Ht, v, lv)
	}
	return W, Ht, nil
}

// parts is the length of a vector's positive part.
func parts(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		if x > 0 {
			sum += x * x
		}
	}
	return math.Sqrt(sum)
}

func negative(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = -x
	}
	return out
}

// Subspace iteration: more vectors than asked, for speed, and when to stop.
const (
	spareVectors   = 8
	subspaceSweeps = 60
	subspaceChange = 1e-9
)

// singular gives the first k singular vectors and values of X, by subspace
// iteration from a fixed start: a power of X^T X turned any vectors towards
// them, and the small problem within those vectors sorts them out.
func singular(ctx context.Context, X *mat.Dense, k int) (U, V *mat.Dense, values []float64, err error) {
	rows, columns := X.Dims()
	if columns <= fewColumns {
		return ofFewColumns(X, k)
	}
	m := min(k+spareVectors, rows, columns)
	random := rand.New(rand.NewPCG(1, 1))
	V = mat.NewDense(columns, m, nil)
	for i := range columns {
		for j := range m {
			V.Set(i, j, random.NormFloat64())
		}
	}
	for range subspaceSweeps {
		if err := ctx.Err(); err != nil {
			return nil, nil, nil, err
		}
		var image, back mat.Dense
		image.Mul(X, V)
		U = basis(&image)
		back.Mul(X.T(), U)
		// X ~ U (X^T U)^T: the singular vectors of the narrow X^T U are those of
		// X within the subspace.
		var small mat.SVD
		if !small.Factorize(&back, mat.SVDThin) {
			return nil, nil, nil, errNoSingular
		}
		var left, right, turned mat.Dense
		small.UTo(&left)
		small.VTo(&right)
		turned.Mul(U, &right)
		U, V = &turned, &left
		now := small.Values(nil)
		settled := values != nil
		for i := range k {
			settled = settled && math.Abs(now[i]-values[i]) <= subspaceChange*now[0]
		}
		if values = now; settled {
			break
		}
	}
	return U, V, values, nil
}

// fewColumns is up to where the eigenvectors of X^T X take less time than the
// iteration.
const fewColumns = 200

// ofFewColumns gives the same as singular: the eigenvectors of X^T X, and their
// images. A value that is lost in the rounding of the squares becomes zero.
func ofFewColumns(X *mat.Dense, k int) (U, V *mat.Dense, values []float64, err error) {
	rows, columns := X.Dims()
	var gram mat.SymDense
	gram.SymOuterK(1, X.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&gram, true) {
		return nil, nil, nil, errNoSingular
	}
	var all mat.Dense
	eigen.VectorsTo(&all)
	squares := eigen.Values(nil) // ascending
	V, values = mat.NewDense(columns, k, nil), make([]float64, k)
	for j := range k {
		at := columns - 1 - j
		V.SetCol(j, mat.Col(nil, at, &all))
		if squares[at] > 1e-14*squares[columns-1] {
			values[j] = math.Sqrt(squares[at])
		}
	}
	U = mat.NewDense(rows, k, nil)
	U.Mul(X, V)
	for j, v := range values {
		for i := range rows {
			if v > 0 {
				U.Set(i, j, U.At(i, j)/v)
			} else {
				U.Set(i, j, 0)
			}
		}
	}
	return U, V, values, nil
}

var errNoSingular = errors.New("the layer's activations have no singular vectors: they may not be finite")

// basis is an orthonormal basis of the columns of X, by Gram-Schmidt twice over
// against rounding; a column that depends on those before it becomes zero.
func basis(X *mat.Dense) *mat.Dense {
	rows, columns := X.Dims()
	out := mat.NewDense(columns, rows, nil)
	for j := range columns {
		v := mat.NewVecDense(rows, out.RawRowView(j))
		v.CopyVec(X.ColView(j))
		before := mat.Norm(v, 2)
		for range 2 {
			for i := range j {
				u := mat.NewVecDense(rows, out.RawRowView(i))
				v.AddScaledVec(v, -mat.Dot(u, v), u)
			}
		}
		if length := mat.Norm(v, 2); length > 1e-12*before {
			v.ScaleVec(1/length, v)
		} else {
			v.Zero()
		}
	}
	return mat.DenseCopyOf(out.T())
}
