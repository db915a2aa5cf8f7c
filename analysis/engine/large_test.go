package engine

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// wide is the width of the large network's layers, of which only the first
// used units have weights: the rest of the file is a hole.
const (
	wide = 16384
	used = 256
)

// A model of 3 GB, whose weights lie in a data file: more than the one message
// that a runtime takes may hold. Scores and input gradient are those of the few
// units that have weights, computed here in float64; bounds for float32: 1e-4 of a
// score in which large terms cancel, 1e-5 of the length of the gradient.
//
// SEEWHY_LARGE=1 runs it: it reads the file several times.
func TestLargeModel(t *testing.T) {
	if os.Getenv("SEEWHY_LARGE") == "" {
		t.Skip("SEEWHY_LARGE is not set: the model has 3 GB")
	}
	e := newTestEngine(t, Options{})
	n := writeLarge(t)
	before := memory(t, "RssAnon")
	start := time.Now()
	s, info := openedAt(t, e, n.path)
	opened := time.Since(start)
	x := s.samples(1)
	score := method.Score{Value: s.m.scores.Logits, Weights: map[int]float64{3: 1}}
	start = time.Now()
	got, err := s.Run(context.Background(), x, score)
	if err != nil {
		t.Fatal(err)
	}
	forward := time.Since(start)
	start = time.Now()
	g, err := s.Gradient(context.Background(), x, score, method.GradientQuery{Input: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.2f GB of weights: opened in %v, scores %v, gradient %v; %d MB of memory taken, %d MB at most with the file's pages", 4*float64(info.Parameters)/(1<<30),
		opened.Round(time.Millisecond), forward.Round(time.Millisecond), time.Since(start).Round(time.Millisecond), memory(t, "RssAnon")-before, memory(t, "VmHWM"))
	want, grad := n.reference(x.Data, 3)
	if math.Abs(got[0]-want) > 1e-4*math.Abs(want) {
		t.Errorf("score %v, want %v", got[0], want)
	}
	var diff, size float64
	for i, v := range grad {
		diff += (float64(g.Input.Data[i]) - v) * (float64(g.Input.Data[i]) - v)
		size += v * v
	}
	if !(math.Sqrt(diff/size) < 1e-5) {
		t.Errorf("the gradient differs by %.1e", math.Sqrt(diff/size))
	}
	// Three at once: the batch of a large model works as any other's.
	many := tensor.New(append([]int{3}, x.Shape[1:]...)...)
	for i := range many.Data {
		many.Data[i] = x.Data[i%x.Len()] * float32(1+i/x.Len())
	}
	rows, err := s.Run(context.Background(), many, score)
	if err != nil || len(rows) != 3 || math.Abs(rows[0]-want) > 1e-4*math.Abs(want) {
		t.Errorf("three samples: %v, %v; want %v first", rows, err, want)
	}
}

// memory reads a line of /proc/self/status, in MB; 0 where there is none.
func memory(t *testing.T, key string) (mb int) {
	t.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, key+":"); ok {
			_, _ = fmt.Sscan(rest, &mb)
		}
	}
	return mb / 1024
}

// large is the network of the used units: layers of [in, out] weights with ReLUs between.
type large struct {
	path   string
	layers [][]float32
	in     []int
	out    []int
}

func (n *large) reference(x []float32, class int) (score float64, grad []float64) {
	at := make([]float64, len(x))
	for i, v := range x {
		at[i] = float64(v)
	}
	var acts [][]float64
	for l, w := range n.layers {
		next := make([]float64, n.out[l])
		for i, v := range at {
			for o := range next {
				next[o] += v * float64(w[i*n.out[l]+o])
			}
		}
		if l < len(n.layers)-1 {
			for o := range next {
				next[o] = max(next[o], 0)
			}
		}
		acts = append(acts, next)
		at = next
	}
	g := make([]float64, len(at))
	g[class] = 1
	for l := len(n.layers) - 1; l >= 0; l-- {
		if l < len(n.layers)-1 {
			for o, v := range acts[l] {
				if v <= 0 {
					g[o] = 0
				}
			}
		}
		below := make([]float64, n.in[l])
		for i := range below {
			for o, v := range g {
				below[i] += v * float64(n.layers[l][i*n.out[l]+o])
			}
		}
		g = below
	}
	return at[class], g
}

// writeLarge writes the model and its data file, of which most is a hole.
func writeLarge(t *testing.T) *large {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "weights.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := &large{path: filepath.Join(dir, "large.onnx")}
	text := func(b []byte, field protowire.Number, v string) []byte {
		return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), v)
	}
	number := func(b []byte, field protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
	}
	node := func(op, out string, in ...string) (b []byte) {
		for _, v := range in {
			b = text(b, 1, v)
		}
		return text(text(b, 2, out), 4, op)
	}
	value := func(name string, dims ...uint64) []byte {
		var shape []byte
		for i, d := range dims {
			if i == 0 {
				shape = text(shape, 1, string(text(nil, 2, "N")))
				continue
			}
			shape = text(shape, 1, string(number(nil, 1, d)))
		}
		tensor := text(number(nil, 1, 1), 2, string(shape))
		return text(text(nil, 1, name), 2, string(text(nil, 1, string(tensor))))
	}
	graph := text(nil, 2, "large")
	graph = text(graph, 1, string(node("Flatten", "h0", "x")))
	widths := []int{192, wide, wide, wide, wide, 10}
	small := []int{192, used, used, used, used, 10}
	offset, r := int64(0), rand.New(rand.NewPCG(1, 2))
	for l := range len(widths) - 1 {
		rows, cols, name := widths[l], widths[l+1], fmt.Sprintf("w%d", l)
		w := make([]float32, small[l]*small[l+1])
		for i := range w {
			w[i] = float32(r.NormFloat64() * math.Sqrt(2/float64(small[l])))
		}
		n.layers, n.in, n.out = append(n.layers, w), append(n.in, small[l]), append(n.out, small[l+1])
		for r := range small[l] {
			raw := make([]byte, 0, 4*small[l+1])
			for _, v := range w[r*small[l+1] : (r+1)*small[l+1]] {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
			}
			if _, err := f.WriteAt(raw, offset+4*int64(r)*int64(cols)); err != nil {
				t.Fatal(err)
			}
		}
		init := number(number(number(nil, 1, uint64(rows)), 1, uint64(cols)), 2, 1)
		init = text(init, 8, name)
		bytes := 4 * int64(rows) * int64(cols)
		for _, e := range [][2]string{{"location", "weights.bin"}, {"offset", fmt.Sprint(offset)}, {"length", fmt.Sprint(bytes)}} {
			init = text(init, 13, string(text(text(nil, 1, e[0]), 2, e[1])))
		}
		graph = text(graph, 5, string(number(init, 14, 1)))
		offset += bytes
		out := fmt.Sprintf("m%d", l)
		if l == len(widths)-2 {
			out = "y"
		}
		graph = text(graph, 1, string(node("MatMul", out, fmt.Sprintf("h%d", l), name)))
		if out != "y" {
			graph = text(graph, 1, string(node("Relu", fmt.Sprintf("h%d", l+1), out)))
		}
	}
	if err := f.Truncate(offset); err != nil {
		t.Fatal(err)
	}
	graph = text(graph, 11, string(value("x", 0, 3, 8, 8)))
	graph = text(graph, 12, string(value("y", 0, 10)))
	model := number(nil, 1, 8)
	model = text(model, 7, string(graph))
	model = text(model, 8, string(number(nil, 2, 17)))
	if err := os.WriteFile(n.path, model, 0o644); err != nil {
		t.Fatal(err)
	}
	return n
}
