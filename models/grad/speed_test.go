package grad_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	stdruntime "runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// The benchmarks of this file run networks at their usual size, exported with
// random weights by testdata/speed.py, which says how. SEEWHY_SPEED names their
// folder, SEEWHY_PYTHON the Python that has PyTorch; without them they skip.

// speedModel is an exported network, prepared.
type speedModel struct {
	name string
	p    *grad.Prepared
	s    grad.Scores
}

// speedModels prepares the networks of the folder one by one.
func speedModels(b *testing.B, lib *runtime.Library, f func(b *testing.B, m speedModel)) {
	dir := os.Getenv("SEEWHY_SPEED")
	if dir == "" {
		b.Skip("SEEWHY_SPEED names no folder; testdata/speed.py makes one")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.onnx"))
	if len(files) == 0 {
		b.Skipf("%s holds no .onnx files; testdata/speed.py makes them", dir)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".onnx")
		b.Run(name, func(b *testing.B) {
			m, err := onnx.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			p, err := grad.Prepare(m, m.Graph.FreeInputs()[0].Name, []int{-1, 3, 224, 224}, oracle{lib})
			if err != nil {
				b.Fatal(err)
			}
			s, err := grad.FindScores(p.Model.Graph, p.Facts)
			if err != nil {
				b.Fatal(err)
			}
			f(b, speedModel{name, p, s})
		})
	}
}

// wholeProgram is the program of the whole backward pass, for kernels of our own.
func wholeProgram(b *testing.B, p *grad.Prepared, s grad.Scores) *grad.Program {
	b.Helper()
	return wholeProgramFor(b, p, s, true)
}

func wholeProgramFor(b *testing.B, p *grad.Prepared, s grad.Scores, kernels bool) *grad.Program {
	b.Helper()
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}, Phases: true, Kernels: kernels})
	if err != nil {
		b.Fatal(err)
	}
	return prog
}

// feeds are a picture of noise and a seed for n samples.
func feeds(p *grad.Prepared, s grad.Scores, n int) (x, u tensor.Tensor) {
	shape := single(p.Facts.Shapes[p.Input])
	shape[0] = n
	x = tensor.New(shape...)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	shape = single(p.Facts.Shapes[s.Logits])
	shape[0] = n
	u = tensor.New(shape...)
	for i := range n {
		u.Data[i*len(u.Data)/n+1] = 1
	}
	return x, u
}

// BenchmarkRatio reports forward and input gradient together over the plain
// forward pass and, with SEEWHY_PYTHON, over PyTorch's eager forward and
// backward pass of the same network on as many threads: all in turn in one
// loop, the medians' ratios and those of the fastest rounds. "Plain" is the
// gradient without kernels of our own.
func BenchmarkRatio(b *testing.B) {
	lib := library(b)
	speedModels(b, lib, func(b *testing.B, m speedModel) {
		one := m.p.One()
		prog := wholeProgram(b, one, m.s)
		x, u := feeds(m.p, m.s, 1)
		inputs, outputs := []string{m.p.Input, prog.Seed}, []string{m.s.Logits, grad.GradientName(m.p.Input)}
		plain := plainSession(b, lib, grad.Forward(m.p, m.s.Logits), inputs[:1], outputs[:1])
		whole := session(b, lib, prog.Model, inputs, outputs)
		own := plainSession(b, lib, wholeProgramFor(b, one, m.s, false).Model, inputs, outputs)
		torch := startTorch(b, m.name)
		rounds := map[string][]time.Duration{}
		timed(b, plain, x)
		timed(b, whole, x, u)
		timed(b, own, x, u)
		for b.Loop() {
			rounds["forward"] = append(rounds["forward"], timed(b, plain, x))
			rounds["gradient"] = append(rounds["gradient"], timed(b, whole, x, u))
			rounds["own"] = append(rounds["own"], timed(b, own, x, u))
			if torch != nil {
				rounds["torch"] = append(rounds["torch"], torch.round(b))
			}
		}
		f, g, o := rounds["forward"], rounds["gradient"], rounds["own"]
		b.ReportMetric(float64(median(f).Microseconds())/1000, "forward-ms")
		b.ReportMetric(float64(median(g))/float64(median(f)), "x-forward")
		b.ReportMetric(float64(median(o))/float64(median(f)), "x-forward-plain")
		b.ReportMetric(float64(g[0])/float64(f[0]), "x-forward-fastest")
		if torch != nil {
			t := rounds["torch"]
			b.ReportMetric(float64(median(g))/float64(median(t)), "x-pytorch")
			b.ReportMetric(float64(g[0])/float64(t[0]), "x-pytorch-fastest")
		}
		b.ReportMetric(0, "ns/op")
	})
}

// torch is a Python process that runs a network once for every line it reads.
type torch struct {
	in  io.Writer
	out *bufio.Scanner
}

func startTorch(b *testing.B, name string) *torch {
	b.Helper()
	python := os.Getenv("SEEWHY_PYTHON")
	if python == "" {
		b.Log("SEEWHY_PYTHON names no Python with PyTorch: no comparison with it")
		return nil
	}
	name = strings.Replace(name, "timm_", "timm:", 1)
	c := exec.Command(python, "testdata/speed.py", "time", name, strconv.Itoa(stdruntime.NumCPU()))
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
	b.Cleanup(func() {
		in.Close()
		// It ends when its input does; how is of no interest.
		_ = c.Wait()
	})
	t := &torch{in: in, out: bufio.NewScanner(out)}
	if !t.out.Scan() || t.out.Text() != "ready" {
		b.Fatalf("%s does not start: %q", python, t.out.Text())
	}
	t.round(b)
	return t
}

func (t *torch) round(b *testing.B) time.Duration {
	b.Helper()
	fmt.Fprintln(t.in)
	if !t.out.Scan() {
		b.Fatal("Python ended")
	}
	ms, err := strconv.ParseFloat(t.out.Text(), 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(ms * float64(time.Millisecond))
}

// BenchmarkSession is what a gradient session takes the first time (backward
// graph, serialising, the runtime's optimisation) and from the cache on disk.
// The bound for a ResNet-50 is 2 s, the first time.
func BenchmarkSession(b *testing.B) {
	lib := library(b)
	speedModels(b, lib, func(b *testing.B, m speedModel) {
		cache := &runtime.Cache{Dir: b.TempDir(), Limit: runtime.CacheLimit}
		build := func(key string) time.Duration {
			start := time.Now()
			s, _, err := cache.Session(lib, key, func() ([]byte, string, error) {
				return onnx.MarshalOutside(wholeProgram(b, m.p.One(), m.s).Model)
			}, []string{m.p.Input, grad.SeedName}, []string{m.s.Logits, grad.GradientName(m.p.Input)}, runtime.Options{Device: runtime.CPU, Kernels: true})
			if err != nil {
				b.Fatal(err)
			}
			took := time.Since(start)
			cache.Wait()
			s.Close()
			return took
		}
		direct := func() time.Duration {
			start := time.Now()
			prog := wholeProgram(b, m.p.One(), m.s)
			data, err := onnx.Marshal(prog.Model)
			if err != nil {
				b.Fatal(err)
			}
			s, err := lib.NewSession(data, []string{m.p.Input, prog.Seed}, []string{m.s.Logits, grad.GradientName(m.p.Input)}, runtime.Options{Device: runtime.CPU, Kernels: true})
			if err != nil {
				b.Fatal(err)
			}
			took := time.Since(start)
			s.Close()
			return took
		}
		build("first")
		var plain, saving, cached []time.Duration
		round := 0
		for b.Loop() {
			round++
			plain = append(plain, direct())
			saving = append(saving, build(fmt.Sprint(round)))
			cached = append(cached, build("first"))
		}
		b.ReportMetric(float64(median(plain).Milliseconds()), "build-ms")
		b.ReportMetric(float64(median(saving).Milliseconds()), "build-and-save-ms")
		b.ReportMetric(float64(median(cached).Milliseconds()), "from-disk-ms")
		b.ReportMetric(0, "ns/op")
	})
}

// BenchmarkMemory is the most memory that a process of its own held which ran
// one gradient, at batches of 1 and 8, beside that of the forward pass.
func BenchmarkMemory(b *testing.B) {
	lib := library(b)
	speedModels(b, lib, func(b *testing.B, m speedModel) {
		dir := b.TempDir()
		save := func(name string, model *onnx.Model) string {
			data, err := onnx.Marshal(model)
			if err != nil {
				b.Fatal(err)
			}
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				b.Fatal(err)
			}
			return path
		}
		forward := save("forward", grad.Forward(m.p, m.s.Logits))
		whole := save("whole", wholeProgram(b, m.p, m.s).Model)
		for b.Loop() {
			for _, n := range []int{1, 8} {
				b.ReportMetric(float64(peakOf(b, forward, n)>>20), fmt.Sprintf("forward-MB-batch-%d", n))
				b.ReportMetric(float64(peakOf(b, whole, n)>>20), fmt.Sprintf("gradient-MB-batch-%d", n))
			}
		}
		b.ReportMetric(0, "ns/op")
	})
}

// peakOf runs a model in a process of its own; see TestMemoryChild.
func peakOf(b *testing.B, path string, batch int) int64 {
	b.Helper()
	c := exec.Command(os.Args[0], "-test.run", "^TestMemoryChild$", "-test.v")
	c.Env = append(os.Environ(), fmt.Sprintf("SEEWHY_MEMORY_CHILD=%d %s", batch, path))
	out, err := c.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if _, text, ok := strings.Cut(line, "peak "); ok {
			if peak, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
				return peak
			}
		}
	}
	b.Skipf("the system does not tell: %s", out)
	return 0
}

// TestMemoryChild is the process that BenchmarkMemory measures.
func TestMemoryChild(t *testing.T) {
	batch, path, ok := strings.Cut(os.Getenv("SEEWHY_MEMORY_CHILD"), " ")
	if !ok {
		t.Skip("only BenchmarkMemory calls it")
	}
	n, err := strconv.Atoi(batch)
	if err != nil {
		t.Fatal(err)
	}
	lib := library(t)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ins, outs, err := lib.Describe(data)
	if err != nil {
		t.Fatal(err)
	}
	var inputs, outputs []string
	var xs []tensor.Tensor
	for _, v := range ins {
		shape := append([]int{n}, v.Shape[1:]...)
		inputs, xs = append(inputs, v.Name), append(xs, tensor.New(shape...))
	}
	for _, v := range outs {
		outputs = append(outputs, v.Name)
	}
	s, err := lib.NewSession(data, inputs, outputs, runtime.Options{Device: runtime.CPU, Kernels: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// What loading took for a moment must not hide what running takes.
	data = nil
	stdruntime.GC()
	for range 2 {
		if _, err := s.Run(context.Background(), xs); err != nil {
			t.Fatal(err)
		}
	}
	if _, peak, ok := runtime.ResidentMemory(); ok {
		fmt.Printf("peak %d\n", peak)
	}
}

// BenchmarkGrowth shows that a gradient's cost grows in proportion to depth
// and to batch: residual blocks of two 3x3 convolutions on 64 maps of 28x28,
// the time a block and sample over that of eight blocks and one sample. It
// needs no exported network.
func BenchmarkGrowth(b *testing.B) {
	lib := library(b)
	type size struct{ blocks, batch int }
	list := []size{{8, 1}, {16, 1}, {32, 1}, {64, 1}, {8, 2}, {8, 4}, {8, 8}}
	runs := make([]func() time.Duration, len(list))
	for i, c := range list {
		m := residual(c.blocks)
		facts, err := grad.InferFacts(m, oracle{lib})
		if err != nil {
			b.Fatal(err)
		}
		p, s := &grad.Prepared{Model: m, Facts: facts, Input: "x"}, grad.Scores{Logits: "y"}
		prog := wholeProgram(b, p, s)
		whole := session(b, lib, prog.Model, []string{"x", prog.Seed}, []string{"y", grad.GradientName("x")})
		x, u := feeds(p, s, c.batch)
		runs[i] = func() time.Duration { return timed(b, whole, x, u) }
		runs[i]()
	}
	times := make([][]time.Duration, len(list))
	for b.Loop() {
		for i, run := range runs {
			times[i] = append(times[i], run())
		}
	}
	unit := float64(median(times[0])) / 8
	for i, c := range list {
		per := float64(median(times[i])) / float64(c.blocks*c.batch)
		b.ReportMetric(per/unit, fmt.Sprintf("%d-blocks-batch-%d", c.blocks, c.batch))
	}
	b.ReportMetric(0, "ns/op")
}

// residual is a network of residual blocks and a mean over space.
func residual(blocks int) *onnx.Model {
	const maps, side = 64, 28
	r := rand.New(rand.NewPCG(3, 4))
	g := &onnx.Graph{
		Name: "residual", Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{}, Outputs: []onnx.Value{{Name: "y"}},
		Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, maps, side, side)}},
	}
	op := func(op, out string, attrs grad.A, in ...string) string {
		g.Nodes = append(g.Nodes, &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: attrs})
		return out
	}
	conv := func(out, in string) string {
		w := make([]float32, maps*maps*9)
		for i := range w {
			w[i] = float32(r.NormFloat64()) / 48
		}
		g.Init[out+".w"] = onnx.NewFloats(out+".w", []int64{maps, maps, 3, 3}, w)
		return op("Conv", out, grad.A{"kernel_shape": onnx.Ints(3, 3), "pads": onnx.Ints(1, 1, 1, 1)}, in, out+".w")
	}
	at := "x"
	for i := range blocks {
		n := fmt.Sprintf("b%d", i)
		h := op("Relu", n+".r", grad.A{}, conv(n+".1", at))
		at = op("Relu", n+".o", grad.A{}, op("Add", n+".s", grad.A{}, conv(n+".2", h), at))
	}
	op("Flatten", "y", grad.A{}, op("GlobalAveragePool", "mean", grad.A{}, at))
	return &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: g}
}
