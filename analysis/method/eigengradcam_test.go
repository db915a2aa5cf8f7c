package method_test

import "testing"

func TestEigenGradCAMIsThePrincipalComponent(t *testing.T) {
	n, m := explain(t, "eigengradcam", nil)
	a, g, _ := n.derivatives(n.input(5).Data)
	product := make([]float64, len(a))
	for at := range a {
		product[at] = a[at] * g[at]
	}
	near(t, m, component(product, n.h*n.w, a))
}
