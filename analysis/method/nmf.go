package method

import (
	"context"
	"fmt"
	"math"

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
	W, Ht, err := nndsvd(X, k)
	if err != nil {
		return nil, nil, err
	}
	first := 0.0
	for i := range nmfSweeps {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		violation := descend(W, Ht, X) + descend(Ht, W, X.T())
		if i == 0 {
			first = violation
		}
		if violation <= nmfTolerance*first {
			break
		}
	}
	return W, mat.DenseCopyOf(Ht.T()), nil
}

// descend improves W with H fixed, one coordinate after another, and gives the
// sum of the violations that it found: of the gradient G = W H H^T - X H^T
// where W > 0, of its negative part where W = 0.
func descend(W, Ht *mat.Dense, X mat.Matrix) (violation float64) {
	rows, k := W.Dims()
	var HHt, XHt mat.Dense
	HHt.Mul(Ht.T(), Ht)
	XHt.Mul(X, Ht)
	for t := range k {
		curvature := HHt.At(t, t)
		for i := range rows {
			w, row := W.At(i, t), W.RawRowView(i)
			g := -XHt.At(i, t)
			for r, v := range row {
				g += HHt.At(t, r) * v
			}
			if w == 0 {
				violation += math.Abs(min(g, 0))
			} else {
				violation += math.Abs(g)
			}
			if curvature != 0 {
				row[t] = max(w-g/curvature, 0)
			}
		}
	}
	return violation
}

// nndsvd starts from the singular vectors of X, of each pair the larger of its
// positive and negative parts (Boutsidis and Gallopoulos 2008), as
// scikit-learn does. H comes transposed.
func nndsvd(X *mat.Dense, k int) (W, Ht *mat.Dense, err error) {
	rows, columns := X.Dims()
	U, V, values, err := singular(X, k)
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

// singular gives the first k singular vectors and values of X, from the
// eigenvectors of the smaller of X X^T and X^T X.
func singular(X *mat.Dense, k int) (U, V *mat.Dense, values []float64, err error) {
	rows, columns := X.Dims()
	n := min(rows, columns)
	gram := mat.NewSymDense(n, nil)
	if rows <= columns {
		gram.SymOuterK(1, X)
	} else {
		gram.SymOuterK(1, X.T())
	}
	var e mat.EigenSym
	if !e.Factorize(gram, true) {
		return nil, nil, nil, fmt.Errorf("the layer's activations have no singular vectors: they may not be finite")
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	squares := e.Values(nil)
	U, V = mat.NewDense(rows, k, nil), mat.NewDense(columns, k, nil)
	for j := range k {
		// Eigenvalues come in rising order.
		at := n - 1 - j
		value := math.Sqrt(max(squares[at], 0))
		values = append(values, value)
		own := vectors.ColView(at)
		var other mat.VecDense
		if rows <= columns {
			other.MulVec(X.T(), own)
		} else {
			other.MulVec(X, own)
		}
		if value > 0 {
			other.ScaleVec(1/value, &other)
		}
		for i := range rows {
			if rows <= columns {
				U.Set(i, j, own.AtVec(i))
			} else {
				U.Set(i, j, other.AtVec(i))
			}
		}
		for i := range columns {
			if rows <= columns {
				V.Set(i, j, other.AtVec(i))
			} else {
				V.Set(i, j, own.AtVec(i))
			}
		}
	}
	return U, V, values, nil
}
