package method

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"seewhy/models/tensor"
)

// The projection p of either Gram matrix keeps the definition: p = Y^T v is an
// eigenvector of Y^T Y, its eigenvalue |p|^2 is the largest, as the power
// method finds it.
func TestProjectIsTheFirstComponent(t *testing.T) {
	for _, size := range [][2]int{{4, 9}, {9, 4}, {5, 5}, {1, 6}, {6, 1}} {
		r := rand.New(rand.NewPCG(7, uint64(size[0])))
		Y := mat.NewDense(size[0], size[1], nil)
		for i := range size[0] {
			for j := range size[1] {
				Y.Set(i, j, r.NormFloat64())
			}
		}
		got, err := project(context.Background(), Y)
		if err != nil {
			t.Fatal(err)
		}
		p := mat.NewVecDense(size[1], got)
		v := mat.NewVecDense(size[1], nil)
		for i := range size[1] {
			v.SetVec(i, r.NormFloat64())
		}
		var u mat.VecDense
		for range 5000 {
			u.MulVec(Y, v)
			v.MulVec(Y.T(), &u)
			v.ScaleVec(1/mat.Norm(v, 2), v)
		}
		u.MulVec(Y, v)
		if got, want := mat.Norm(p, 2), mat.Norm(&u, 2); math.Abs(got-want) > 1e-9*want {
			t.Errorf("%v: singular value %g, the power method finds %g", size, got, want)
		}
		if cos := math.Abs(mat.Dot(p, v)) / mat.Norm(p, 2); cos < 1-1e-9 {
			t.Errorf("%v: |cos| to the power method's vector is %g", size, cos)
		}
	}
}

func TestFirstComponentTurnsWithTheMean(t *testing.T) {
	// One channel is its own first component, but for its mean.
	x, _ := tensor.Of([]float32{1, 2, 3, 6}, 1, 1, 2, 2)
	down, _ := tensor.Of([]float32{-1, -2, -3, -6}, 1, 1, 2, 2)
	for like, want := range map[*tensor.Tensor][]float64{&x: {-2, -1, 0, 3}, &down: {2, 1, 0, -3}} {
		m, err := firstComponent(context.Background(), x, fallsWith(*like))
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if math.Abs(float64(m.Values[i])-w) > 1e-6 {
				t.Errorf("cell %d is %g, want %g", i, m.Values[i], w)
			}
		}
		if !m.ClampNegative || m.Width != 2 || m.Height != 2 {
			t.Errorf("map %+v", m)
		}
	}
}

func TestFirstComponentOfExtremes(t *testing.T) {
	flat, _ := tensor.Of([]float32{5, 5, 5, 5, 1, 1, 1, 1}, 1, 2, 2, 2)
	m, err := firstComponent(context.Background(), flat, fallsWith(flat))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range m.Values {
		if v != 0 {
			t.Errorf("a layer without structure gives %v", m.Values)
			break
		}
	}
	nan, _ := tensor.Of([]float32{1, 2, 3, 4, 1, float32(math.NaN()), 1, 1}, 1, 2, 2, 2)
	if _, err := firstComponent(context.Background(), nan, fallsWith(flat)); err == nil || !strings.Contains(err.Error(), "channel 1") {
		t.Errorf("NaN: error %v", err)
	}
}
