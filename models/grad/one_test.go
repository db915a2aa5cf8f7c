package grad_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/tensor"
)

// The program for exactly one sample gives what the one for any number gives,
// up to the order of float32 sums in another layout.
func TestOneIsTheSame(t *testing.T) {
	lib := library(t)
	for _, file := range []string{"squeezenet1.1-caffe-fp32.onnx", "mobilenet_v2-torchvision-dequant-fp32.onnx"} {
		t.Run(file, func(t *testing.T) {
			p, s := load(t, lib, file)
			x := smooth(rand.New(rand.NewPCG(5, 6)), single(p.Facts.Shapes[p.Input]), 1)
			u := tensor.New(single(p.Facts.Shapes[s.Logits])...)
			u.Data[3] = 1
			var grads [][]float32
			for _, p := range []*grad.Prepared{p, p.One()} {
				prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}})
				if err != nil {
					t.Fatal(err)
				}
				_, g := compile(t, lib, prog, []string{p.Input}, s.Logits)([]tensor.Tensor{x}, u)
				grads = append(grads, g[0].Data)
			}
			var diff, size float64
			for i, v := range grads[0] {
				diff += math.Pow(float64(v-grads[1][i]), 2)
				size += float64(v) * float64(v)
			}
			if rel := math.Sqrt(diff / size); !(rel < 1e-5) || size == 0 {
				t.Errorf("they differ by %.2g of their length", rel)
			}
			if one := p.One().Facts.Shapes[p.Input]; one[0] != 1 {
				t.Errorf("the shape for one sample is %v", one)
			}
		})
	}
}
