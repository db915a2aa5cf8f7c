package grad_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// benchmarked are the real models whose ratios are reported.
var benchmarked = []string{
	"squeezenet1.1-caffe-fp32.onnx", "bvlc-googlenet-fp32.onnx",
	"mobilenet_v2-torchvision-dequant-fp32.onnx", "shufflenet_v2_x1-dequant-fp32.onnx",
}

// BenchmarkOverForward reports, for a gradient at the last layer (Grad-CAM)
// and at the input, its time over that of the plain forward pass, both run in
// turn in the same loop (the median of each), at batch 1.
func BenchmarkOverForward(b *testing.B) {
	lib := library(b)
	for _, file := range benchmarked {
		p, s := load(b, lib, file)
		layers, natural := grad.Layers(p, s.Logits)
		last := layers[natural].Value
		x := tensor.New(single(p.Facts.Shapes[p.Input])...)
		for i := range x.Data {
			x.Data[i] = float32(i%255) / 128
		}
		u := tensor.New(single(p.Facts.Shapes[s.Logits])...)
		u.Data[1] = 1
		plain := plainSession(b, lib, grad.Forward(p, s.Logits), []string{p.Input}, []string{s.Logits})
		for _, c := range []struct {
			name  string
			query grad.Query
		}{
			{"last-layer", grad.Query{Score: s.Logits, Wants: []string{last}, Values: []string{last}, Phases: true, Kernels: true}},
			{"input", grad.Query{Score: s.Logits, Wants: []string{p.Input}, Phases: true, Kernels: true}},
		} {
			one := p.One()
			prog, err := grad.Build(one.Model, one.Facts, c.query)
			if err != nil {
				b.Fatal(err)
			}
			outs := append([]string{s.Logits}, c.query.Values...)
			outs = append(outs, grad.GradientName(c.query.Wants[0]))
			whole := session(b, lib, prog.Model, []string{p.Input, prog.Seed}, outs)
			b.Run(file+"/"+c.name, func(b *testing.B) {
				var forward, both []time.Duration
				for b.Loop() {
					forward = append(forward, timed(b, plain, x))
					both = append(both, timed(b, whole, x, u))
				}
				f, g := median(forward), median(both)
				b.ReportMetric(float64(f.Microseconds())/1000, "forward-ms")
				b.ReportMetric(float64(g.Microseconds())/1000, "gradient-ms")
				b.ReportMetric(float64(g)/float64(f), "x-forward")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkBuild is what it takes to build a gradient graph and its session.
func BenchmarkBuild(b *testing.B) {
	lib := library(b)
	for _, file := range benchmarked {
		p, s := load(b, lib, file)
		b.Run(file, func(b *testing.B) {
			for b.Loop() {
				prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}})
				if err != nil {
					b.Fatal(err)
				}
				data, err := onnx.Marshal(prog.Model)
				if err != nil {
					b.Fatal(err)
				}
				r, err := lib.NewSession(data, []string{p.Input, prog.Seed}, []string{s.Logits, grad.GradientName(p.Input)}, runtime.Options{Device: runtime.CPU})
				if err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}

// plainSession is the library's own best: what ratios are over.
func plainSession(b *testing.B, lib *runtime.Library, m *onnx.Model, inputs, outputs []string) *runtime.Session {
	b.Helper()
	return sessionWith(b, lib, m, inputs, outputs, runtime.Options{Device: runtime.CPU, Plain: true})
}

// session may have kernels of our own.
func session(b *testing.B, lib *runtime.Library, m *onnx.Model, inputs, outputs []string) *runtime.Session {
	b.Helper()
	return sessionWith(b, lib, m, inputs, outputs, runtime.Options{Device: runtime.CPU, Kernels: true})
}

func sessionWith(b *testing.B, lib *runtime.Library, m *onnx.Model, inputs, outputs []string, o runtime.Options) *runtime.Session {
	b.Helper()
	data, err := onnx.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	s, err := lib.NewSession(data, inputs, outputs, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func timed(b *testing.B, s *runtime.Session, feeds ...tensor.Tensor) time.Duration {
	start := time.Now()
	if _, err := s.Run(context.Background(), feeds); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
