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
		plain := session(b, lib, grad.Forward(p, s.Logits), []string{p.Input}, []string{s.Logits})
		for _, id := range []string{"", "guided", "lrp-epsilon", "lrp-epsilon-plus-flat", "lrp-epsilon-alpha2-beta1-flat", "deeplift"} {
			c, name := grad.Composite{ID: id}, id
			if id == "" {
				name = "gradient"
			}
			prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}, Composite: c})
			if err != nil {
				// A model for one sample cannot be compared.
				continue
			}
			samples := 1
			if c.Paired() {
				samples = 2
			}
			x := tensor.New(single(p.Facts.Shapes[p.Input])...)
			for i := range x.Data {
				x.Data[i] = float32(i%255) / 128
			}
			u := tensor.New(single(p.Facts.Shapes[s.Logits])...)
			u.Data[1] = 1
			whole := session(b, lib, prog.Model, []string{p.Input, prog.Seed}, []string{s.Logits, grad.GradientName(p.Input)})
			b.Run(file+"/"+name, func(b *testing.B) {
				many, seeds := x.Repeat(samples), u.Repeat(samples)
				// The partner differs, as a baseline does.
				for i := range many.Sample(samples - 1).Data {
					many.Sample(samples - 1).Data[i] *= 0.5
				}
				var forward, both []time.Duration
				for b.Loop() {
					forward = append(forward, timed(b, plain, x))
					both = append(both, timed(b, whole, many, seeds))
				}
				f, g := median(forward), median(both)
				b.ReportMetric(float64(f.Microseconds())/1000, "forward-ms")
				b.ReportMetric(float64(g)/float64(f), "x-forward")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
