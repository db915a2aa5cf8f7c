package engine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// What scripts/bench-gpu.sh sets: the device of ours, and Python with the peers.
const (
	benchDevice = "SEEWHY_BENCH_DEVICE"
	benchSmall  = "SEEWHY_BENCH_SMALL"
)

// gpuMethods are timed; passes counts a sample's work in forward passes, back
// says that it is a whole backward pass too.
var gpuMethods = []struct {
	id, param      string
	samples, small int
	back           bool
}{
	{"gradcam", "", 1, 1, false},
	{"integratedgradients", "steps", 50, 2, true},
	{"smoothgrad", "samples", 50, 2, true},
	{"rise", "samples", 4000, 10, false},
}

// BenchmarkGPU is `make bench-gpu`: each method on each network, in turn with
// its peer in PyTorch on the same device, and the share of the device's peak
// that the work of the network's products (convolutions, matrices) makes.
func BenchmarkGPU(b *testing.B) {
	device, python := os.Getenv(benchDevice), os.Getenv("SEEWHY_PYTHON")
	if device == "" {
		b.Skip(benchDevice + " names no device: make bench-gpu sets it")
	}
	side, small := 224, os.Getenv(benchSmall) != ""
	if small {
		side = 64
	}
	for _, net := range []struct {
		name  string
		write func(testing.TB, int) string
	}{{"resnet50", resnet50At}, {"vit_b_16", vitB16At}} {
		peer := startTorch(b, python, net.name, device, side)
		peak := map[string]float64{"float32": peer.ask(b, "gemm", "float32", 0).number, "float16": peer.ask(b, "gemm", "float16", 0).number}
		fmt.Printf("%s at %d px beside PyTorch %s; a large product makes %.1f GFLOP/s in float32, %.1f in float16\n", net.name, side, peer.version, peak["float32"], peak["float16"])
		s := openBench(b, net.write(b, side))
		s.on.device = device
		forward, back := flops(s.on.m.prepared)
		for _, m := range gpuMethods {
			samples := m.samples
			if small {
				samples = m.small
			}
			b.Run(net.name+"/"+m.id, func(b *testing.B) {
				how, err := method.ByID(m.id)
				if err != nil {
					b.Fatal(err)
				}
				given := map[string]float64{}
				if m.param != "" {
					given[m.param] = float64(samples)
				}
				params, err := how.Resolve(given)
				if err != nil {
					b.Fatal(err)
				}
				r := method.Request{Input: s.x, Layout: "NCHW", Score: s.score, Params: params, Seed: 1, Black: []float64{0, 0, 0}, White: []float64{1, 1, 1}}
				if how.Needs.Layer {
					r.Layer = s.info.Layers[s.info.Natural].Value
				}
				ours := func() time.Duration {
					start := time.Now()
					if _, err := how.Explain(context.Background(), s.on, r, nil); err != nil {
						b.Fatalf("%s on %s: %v", m.id, device, err)
					}
					return time.Since(start)
				}
				ours()
				inHalf := func() (time.Duration, error) {
					s.on.half = true
					defer func() { s.on.half = false }()
					start := time.Now()
					_, err := how.Explain(context.Background(), s.on, r, nil)
					return time.Since(start), err
				}
				var mineHalf []time.Duration
				_, noHalf := inHalf()
				theirs := map[string][]time.Duration{}
				no := map[string]string{}
				var mine []time.Duration
				for round, begin := 0, time.Now(); round < 3 && (round == 0 || time.Since(begin) < 12*time.Second); round++ {
					mine = append(mine, ours())
					if noHalf == nil {
						var took time.Duration
						if took, noHalf = inHalf(); noHalf == nil {
							mineHalf = append(mineHalf, took)
						}
					}
					for _, p := range []string{"float32", "float16"} {
						if round == 0 {
							peer.ask(b, m.id, p, samples)
						}
						if a := peer.ask(b, m.id, p, samples); a.no != "" {
							no[p] = a.no
						} else {
							theirs[p] = append(theirs[p], time.Duration(a.number*float64(time.Millisecond)))
						}
					}
				}
				work := float64(samples) * float64(forward)
				if m.back {
					work += float64(samples) * float64(back)
				}
				took := medianOf(mine)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(milliseconds(took), "ours-ms")
				b.ReportMetric(100*work/took.Seconds()/1e9/peak["float32"], "%-of-peak")
				if noHalf != nil {
					fmt.Printf("  %s: ours in float16 does not run: %v\n", m.id, noHalf)
				} else {
					half := medianOf(mineHalf)
					b.ReportMetric(milliseconds(half), "ours-float16-ms")
					b.ReportMetric(100*work/half.Seconds()/1e9/peak["float16"], "ours-float16-%-of-peak")
				}
				for _, p := range []string{"float32", "float16"} {
					if no[p] != "" {
						fmt.Printf("  %s: the peer in %s does not run: %s\n", m.id, p, no[p])
						continue
					}
					t := medianOf(theirs[p])
					b.ReportMetric(milliseconds(t), p+"-peer-ms")
					b.ReportMetric(float64(t)/float64(took), p+"-x-faster")
					b.ReportMetric(100*work/t.Seconds()/1e9/peak[p], p+"-peer-%-of-peak")
				}
			})
		}
		peer.end()
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// torch is a process of testdata/gpu.py.
type torch struct {
	in      io.WriteCloser
	lines   *bufio.Scanner
	process *exec.Cmd
	version string
}

type torchAnswer struct {
	number float64
	no     string
}

func startTorch(b *testing.B, python, network, device string, side int) torch {
	b.Helper()
	if python == "" {
		b.Fatal("SEEWHY_PYTHON names no Python: make bench-gpu sets it")
	}
	kind := "cpu"
	if device == "cuda" {
		kind = "cuda"
	}
	c := exec.Command(python, "testdata/gpu.py", network, kind, strconv.Itoa(side))
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	p := torch{in: in, lines: bufio.NewScanner(out), process: c}
	for p.lines.Scan() {
		if version, ok := strings.CutPrefix(p.lines.Text(), "ready "); ok {
			p.version = version
			return p
		}
	}
	b.Fatal("Python ended before it was ready")
	return p
}

func (p torch) ask(b *testing.B, id, precision string, samples int) torchAnswer {
	b.Helper()
	fmt.Fprintln(p.in, id, precision, samples)
	for p.lines.Scan() {
		text := strings.TrimSpace(p.lines.Text())
		if no, ok := strings.CutPrefix(text, "no: "); ok {
			return torchAnswer{no: no}
		}
		// Packages print lines of their own.
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return torchAnswer{number: n}
		}
	}
	b.Fatalf("Python ended at %s", id)
	return torchAnswer{}
}

func (p torch) end() {
	p.in.Close()
	// It ends when its input does; how is of no interest.
	_ = p.process.Wait()
}

// flops counts the floating-point operations of one sample's products: of the
// forward pass, and of the way back to the input, where a product with weights
// costs what it does forward, and one of two computed factors twice that.
func flops(p *grad.Prepared) (forward, back int64) {
	g, f := p.Model.Graph, p.Facts
	size := func(v string) int64 {
		n := int64(1)
		for _, d := range shapeOf(g, f, v) {
			n *= max(d, 1)
		}
		return n
	}
	for _, n := range g.Nodes {
		var work int64
		switch n.Op {
		case "Conv":
			w := shapeOf(g, f, n.In[1])
			work = 2 * size(n.Out[0]) * w[1] * w[2] * w[3]
		case "Gemm", "MatMul":
			a := shapeOf(g, f, n.In[0])
			work = 2 * size(n.Out[0]) * a[len(a)-1]
		}
		forward += work
		back += work
		if _, weight := g.Init[n.In[min(1, len(n.In)-1)]]; work > 0 && !weight {
			back += work
		}
	}
	return forward, back
}

func shapeOf(g *onnx.Graph, f grad.Facts, v string) []int64 {
	if t := g.Init[v]; t != nil {
		return t.Dims
	}
	var dims []int64
	for _, d := range f.Shapes[v] {
		dims = append(dims, int64(d))
	}
	return dims
}

// The count is that of the papers: 4.1 and 17.6 thousand million
// multiplications and additions for 224 pixels.
func TestFlops(t *testing.T) {
	valuesAlone(t)
	if testing.Short() {
		t.Skip("writes networks of their full size")
	}
	e := newTestEngine(t, Options{})
	for name, c := range map[string]struct {
		path string
		want float64
	}{"resnet50": {resnet50At(t, 224), 4.09e9}, "vit_b_16": {vitB16At(t, 224), 17.56e9}} {
		info, err := e.OpenModel(t.Context(), c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		forward, back := flops(e.opened(info.Ref.SHA256).prepared)
		if got := float64(forward) / 2; math.Abs(got/c.want-1) > 0.01 || back < forward {
			t.Errorf("%s: %.4g forward, %.4g back, want %.4g", name, got, float64(back)/2, c.want)
		}
		if layers := info.Layers; !slices.ContainsFunc(info.Methods, func(m task.MethodInfo) bool { return m.ID == "gradcam" && m.Why == "" }) || len(layers) == 0 {
			t.Errorf("%s: Grad-CAM cannot run on it", name)
		}
	}
}
