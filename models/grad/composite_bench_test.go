package grad_test

import (
	"testing"
	"time"

	"seewhy/models/grad"
	"seewhy/models/tensor"
)

// BenchmarkComposite reports the time of a whole pass with a composite's rules
// at the input over that of the plain forward pass, both run in turn in the
// same loop (the median of each). DeepLIFT runs a pair, the others one sample.
func BenchmarkComposite(b *testing.B) {
	lib := library(b)
	for _, file := range benchmarked {
		p, s := load(b, lib, file)
		plain := plainSession(b, lib, grad.Forward(p, s.Logits), []string{p.Input}, []string{s.Logits})
		for _, id := range []string{"", "guided", "lrp-epsilon", "lrp-epsilon-plus-flat", "lrp-epsilon-alpha2-beta1-flat", "deeplift"} {
			c, name := grad.Composite{ID: id}, id
			if id == "" {
				name = "gradient"
			}
			one := p.One()
			prog, err := grad.Build(one.Model, one.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}, Composite: c, Phases: true, Kernels: true})
			if err != nil {
				b.Fatal(err)
			}
			x := tensor.New(single(p.Facts.Shapes[p.Input])...)
			for i := range x.Data {
				x.Data[i] = float32(i%255) / 128
			}
			u := tensor.New(single(p.Facts.Shapes[s.Logits])...)
			u.Data[1] = 1
			inputs, feeds := []string{p.Input, prog.Seed}, []tensor.Tensor{x, u}
			if c.Paired() {
				partner := x.Clone()
				for i := range partner.Data {
					partner.Data[i] *= 0.5
				}
				inputs, feeds = append(inputs, grad.TwinName(p.Input)), append(feeds, partner)
			}
			whole := session(b, lib, prog.Model, inputs, []string{s.Logits, grad.GradientName(p.Input)})
			b.Run(file+"/"+name, func(b *testing.B) {
				var forward, both []time.Duration
				for b.Loop() {
					forward = append(forward, timed(b, plain, x))
					both = append(both, timed(b, whole, feeds...))
				}
				f, g := median(forward), median(both)
				b.ReportMetric(float64(f.Microseconds())/1000, "forward-ms")
				b.ReportMetric(float64(g)/float64(f), "x-forward")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
