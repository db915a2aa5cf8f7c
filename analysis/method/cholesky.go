package method

import "math"

// cholesky factors a symmetric positive definite matrix A = L L^T in place; a
// has its lower triangle by rows: A_ij at i(i+1)/2 + j. It says whether A is
// definite, to the precision of its diagonal.
func cholesky(a []float64, n int) bool {
	for i := range n {
		row := a[i*(i+1)/2 : i*(i+1)/2+i+1]
		whole := row[i]
		for j := range i {
			other := a[j*(j+1)/2 : j*(j+1)/2+j+1]
			sum := row[j]
			for k := range j {
				sum -= row[k] * other[k]
			}
			row[j] = sum / other[j]
			row[i] -= row[j] * row[j]
		}
		if !(row[i] > 1e-11*whole) {
			return false
		}
		row[i] = math.Sqrt(row[i])
	}
	return true
}

// solve gives A^-1 b for the factor of A.
func solve(factor []float64, b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i := range x {
		row := factor[i*(i+1)/2:]
		for j := range i {
			x[i] -= row[j] * x[j]
		}
		x[i] /= row[i]
	}
	for i := len(x) - 1; i >= 0; i-- {
		x[i] /= factor[i*(i+1)/2+i]
		for j := range i {
			x[j] -= factor[i*(i+1)/2+j] * x[i]
		}
	}
	return x
}
