package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"seewhy/analysis/method"
	"seewhy/analysis/segment"
	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/prep"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// shared224 opens a shared model for a benchmark, with a picture of even noise.
func shared224(b *testing.B, file string) (*session, method.Request) {
	b.Helper()
	path := filepath.Join("../../../shared/models", file)
	if _, err := os.Stat(path); err != nil {
		b.Skip("shared models are not here")
	}
	e, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	info, err := e.OpenModel(context.Background(), path, nil)
	if err != nil {
		b.Fatal(err)
	}
	m := e.opened(info.Ref.SHA256)
	x := tensor.New(single(m.shape())...)
	for i := range x.Data {
		x.Data[i] = float32(i*7919%251)/125 - 1
	}
	r := method.Request{Input: x, Layout: string(info.Layout), Score: method.Score{Value: m.scores.Logits, Weights: map[int]float64{1: 1}}, Seed: 1}
	if info.Natural >= 0 {
		r.Layer = info.Layers[info.Natural].Value
	}
	r.Seen = prep.Unapply(x, info.Preprocess, info.Layout)
	return &session{e: e, m: m, device: runtime.CPU}, r
}

func (s *session) explain(b *testing.B, id string, given map[string]float64, r method.Request) time.Duration {
	b.Helper()
	return explained(b, s, id, given, r, nil)
}

func explained(b *testing.B, s method.Session, id string, given map[string]float64, r method.Request, p task.Progress) time.Duration {
	b.Helper()
	how, err := method.ByID(id)
	if err != nil {
		b.Fatal(err)
	}
	if r.Params, err = how.Resolve(given); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if _, err := how.Explain(context.Background(), s, r, p); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// raw is the time of so many samples in ready batches of the size that streams
// of this session use. batches, where not nil, gets the time of each.
func (s *session) raw(b *testing.B, r method.Request, samples int, batches *[]time.Duration) (took time.Duration, batch int) {
	b.Helper()
	on, err := s.many(context.Background(), 2)
	if err != nil {
		b.Fatal(err)
	}
	batch = max(s.batchSize(), 1)
	feed := r.Input.Repeat(batch)
	input, value := on.m.prepared.Input, r.Score.Value
	err = on.m.sessions.with(context.Background(), on.key("forward", value), func() (*runtime.Session, error) {
		return on.build(grad.Forward(on.m.prepared, value), []string{input}, []string{value})
	}, func(run *runtime.Session) error {
		start := time.Now()
		last := start
		for at := 0; at < samples; at += batch {
			if _, err := run.Run(context.Background(), []tensor.Tensor{feed}); err != nil {
				return err
			}
			if batches != nil {
				*batches = append(*batches, time.Since(last))
				last = time.Now()
			}
		}
		took = time.Since(start) * time.Duration(samples) / time.Duration((samples+batch-1)/batch*batch)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return took, batch
}

// processorTime is what this process has used so far on all cores; 0 where the
// system does not tell it in Linux's way.
func processorTime() time.Duration {
	data, err := os.ReadFile("/proc/self/stat")
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	if err != nil || len(fields) < 13 {
		return 0
	}
	// Fields 14 and 15 of proc(5), in hundredths of a second.
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func halfway(d []time.Duration) float64 {
	slices.Sort(d)
	return d[len(d)/2].Seconds()
}

// BenchmarkRiseThroughput reports RISE's samples a second as a share of those
// of the bare session: the same options and the same batch, one ready batch
// over and over, in turns that swap their order. It compares the medians of the
// batches' times, since a machine that does other things too disturbs single
// batches by more than what is to be seen; whole rounds and the processor time
// stand beside them. ResNet-50 has constants for weights, which cost what
// weights do.
func BenchmarkRiseThroughput(b *testing.B) {
	const rounds = 12
	for _, c := range []struct {
		file    string
		samples int
	}{{"squeezenet1.1-caffe-fp32.onnx", 256}, {"graph_only/light_resnet50.onnx", 32}} {
		b.Run(filepath.Base(c.file), func(b *testing.B) {
			s, r := shared224(b, c.file)
			batch := 1
			var bare, own, bareRounds, ownRounds []time.Duration
			rise := func(n int) time.Duration {
				last := time.Now()
				seen := 0
				return explained(b, s, "rise", map[string]float64{"samples": float64(n)}, r, func(done float64, _ string) {
					// The first batches of a round wait for nothing, or for all.
					if k := int(done*float64(n) + 0.5); k > seen && k%batch == 0 {
						if k > 4*batch {
							own = append(own, time.Since(last))
						}
						seen, last = k, time.Now()
					}
				})
			}
			// The first settles the size of the batch and builds the sessions.
			rise(64)
			_, batch = s.raw(b, r, 8, nil)
			own = nil
			var cores [2]time.Duration
			for b.Loop() {
				for k := range rounds {
					for turn := range 2 {
						before := processorTime()
						which := (k + turn) % 2
						if which == 0 {
							took, _ := s.raw(b, r, c.samples, &bare)
							bareRounds = append(bareRounds, took)
						} else {
							ownRounds = append(ownRounds, rise(c.samples))
						}
						cores[which] += processorTime() - before
					}
				}
			}
			b.ReportMetric(100*halfway(bare)/halfway(own), "%-of-bare")
			b.ReportMetric(100*halfway(bareRounds)/halfway(ownRounds), "%-by-rounds")
			b.ReportMetric(100*cores[0].Seconds()/max(cores[1].Seconds(), 1e-9), "%-by-processor")
			b.ReportMetric(float64(batch)/halfway(own), "masks/s")
			b.ReportMetric(float64(batch), "batch")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkMixed reports the processor time of methods on SqueezeNet whose
// samples are made outside the model's graph over that of the same inside.
func BenchmarkMixed(b *testing.B) {
	for id, given := range map[string]map[string]float64{
		"rise": {"samples": 150}, "lime": {"samples": 150}, "kernelshap": {"samples": 150}, "sobol": {"design": 4, "grid": 6}, "occlusion": nil, "scorecam": {"channels": 150},
	} {
		b.Run(id, func(b *testing.B) {
			s, r := shared224(b, "squeezenet1.1-caffe-fp32.onnx")
			s.explain(b, id, given, r)
			explained(b, outside{s}, id, given, r, nil)
			var shares []float64
			for b.Loop() {
				for range 5 {
					start := processorTime()
					explained(b, outside{s}, id, given, r, nil)
					middle := processorTime()
					s.explain(b, id, given, r)
					shares = append(shares, (middle-start).Seconds()/max((processorTime()-middle).Seconds(), 1e-9))
				}
			}
			slices.Sort(shares)
			b.ReportMetric(shares[len(shares)/2], "x-outside")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkTail reports how many times faster Ablation-CAM and Recipro-CAM are
// by the part of the model behind the layer than by as many whole passes.
func BenchmarkTail(b *testing.B) {
	for _, file := range []string{"squeezenet1.1-caffe-fp32.onnx", "mobilenet_v2-torchvision-dequant-fp32.onnx", "graph_only/light_resnet50.onnx"} {
		for _, id := range []string{"ablationcam", "reciprocam"} {
			b.Run(filepath.Base(file)+"/"+id, func(b *testing.B) {
				s, r := shared224(b, file)
				A, err := s.Activations(context.Background(), r.Input, []string{r.Layer})
				if err != nil {
					b.Fatal(err)
				}
				shape := A[r.Layer].Shape
				passes := shape[1]
				if id == "reciprocam" {
					passes = shape[2] * shape[3]
				}
				s.explain(b, id, nil, r)
				var whole, tail []time.Duration
				for b.Loop() {
					// A sample of the whole passes tells the time of all.
					took, _ := s.raw(b, r, min(passes, 48), nil)
					whole = append(whole, took*time.Duration(passes)/time.Duration(min(passes, 48)))
					tail = append(tail, s.explain(b, id, nil, r))
				}
				b.ReportMetric(halfway(whole)/halfway(tail), "x-faster")
				b.ReportMetric(halfway(tail)*1000, "ms")
				b.ReportMetric(float64(passes), "passes")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkLimeSegments reports the segmentation's share of a LIME run of 1000
// samples on SqueezeNet.
func BenchmarkLimeSegments(b *testing.B) {
	s, r := shared224(b, "squeezenet1.1-caffe-fp32.onnx")
	for id, call := range map[string]func(segment.Image) segment.Labels{
		"quickshift": func(i segment.Image) segment.Labels {
			return segment.Quickshift(i, segment.QuickshiftOptions{Kernel: 4, MaxDistance: 200, Ratio: 0.2})
		},
		"slic": func(i segment.Image) segment.Labels { return segment.SLIC(i, 50, 10) },
	} {
		b.Run(id, func(b *testing.B) {
			kind := map[string]float64{"quickshift": 0, "slic": 1}[id]
			img := segment.Of(r.Seen)
			var cut, lime []time.Duration
			for b.Loop() {
				start := time.Now()
				call(img)
				cut = append(cut, time.Since(start))
				lime = append(lime, s.explain(b, "lime", map[string]float64{"segmentation": kind}, r))
			}
			b.ReportMetric(100*halfway(cut)/halfway(lime), "%-of-LIME")
			b.ReportMetric(halfway(cut)*1000, "ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}
