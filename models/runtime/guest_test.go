package runtime

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// contrib is a model of one node between x of a shape and y.
func contrib(t testing.TB, n *onnx.Node, shape []int, init ...*onnx.Tensor) []byte {
	t.Helper()
	n.Name = "node"
	if len(n.Out) == 0 {
		n.Out = []string{"y"}
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17, "com.microsoft": 1}, Graph: &onnx.Graph{
		Name: "contrib", Nodes: []*onnx.Node{n}, Init: map[string]*onnx.Tensor{},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(shape...)}},
		Outputs: []onnx.Value{{Name: "y"}},
	}}
	for _, v := range init {
		m.Graph.Init[v.Name] = v
	}
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// deadly are nodes on which the library that is pinned ends its process, found
// by trying: where a newer one does not, they are errors all the same.
var deadly = map[string]struct {
	node  *onnx.Node
	shape []int
	init  []*onnx.Tensor
	// standard says that the operator is ONNX's own.
	standard bool
}{
	"a convolution of a channels-last picture of rank 2": {
		node:  &onnx.Node{Op: "NhwcConv", In: []string{"x", "w"}},
		shape: []int{5, 5}, init: []*onnx.Tensor{onnx.NewFloats("w", []int64{5, 5, 7, 5}, make([]float32, 5*5*7*5))},
	},
	"a scalar to skip from": {
		node:  &onnx.Node{Op: "SkipLayerNormalization", In: []string{"s", "g", "x"}},
		shape: []int{5}, init: []*onnx.Tensor{onnx.NewFloats("s", nil, []float32{1}), onnx.NewFloats("g", []int64{8}, make([]float32, 8))},
	},
	"windows of rank 4 over a rank of 3": {
		node:  &onnx.Node{Op: "ConvTransposeWithDynamicPads", In: []string{"c", "x"}},
		shape: []int{1, 3, 8, 8}, init: []*onnx.Tensor{onnx.NewFloats("c", []int64{3, 1, 1}, make([]float32, 3))},
	},
	"a fused convolution over a rank of 2": {
		node:  &onnx.Node{Op: "FusedConv", In: []string{"x", "w"}},
		shape: []int{32, 32}, init: []*onnx.Tensor{onnx.NewFloats("w", []int64{3, 32, 1}, make([]float32, 96))},
	},
	"a place of no rank to unpool to": {
		node: &onnx.Node{Op: "MaxUnpool", In: []string{"x", "i"}, Attrs: map[string]onnx.Attr{"kernel_shape": onnx.Ints(4, 3)}}, standard: true,
		shape: []int{6, 8, 8, 6}, init: []*onnx.Tensor{scalar("i", 7)},
	},
}

func scalar(name string, v int64) *onnx.Tensor {
	t := onnx.NewInts(name, v)
	t.Dims = nil
	return t
}

// TestGuestSurvives: what ends the library's process is an error in this one,
// which names the operator.
func TestGuestSurvives(t *testing.T) {
	lib := library(t)
	for name, c := range deadly {
		t.Run(name, func(t *testing.T) {
			if !c.standard {
				c.node.Domain = "com.microsoft"
			}
			data := contrib(t, c.node, c.shape, c.init...)
			_, _, err := lib.Describe(data)
			s, also := lib.NewSession(data, []string{"x"}, []string{"y"}, Options{})
			if also == nil {
				defer s.Close()
				_, also = s.Run(context.Background(), []tensor.Tensor{tensor.New(c.shape...)})
			}
			t.Log(err)
			t.Log(also)
			if err == nil && also == nil {
				t.Error("neither loading nor running it is an error")
			}
			for _, e := range []error{err, also} {
				if errors.Is(e, ErrGuest) && !strings.Contains(e.Error(), c.node.Op) {
					t.Errorf("%v does not name %s", e, c.node.Op)
				}
			}
			if lib.Version() == Pinned && !errors.Is(errors.Join(err, also), ErrGuest) {
				t.Error("the pinned library does not end its process on it: nothing was tested")
			}
		})
	}
}

// gelu is y = x * (1 + erf(x / sqrt 2)) / 2, by the library's own operator.
func gelu(t testing.TB) []byte {
	return contrib(t, &onnx.Node{Op: "Gelu", Domain: "com.microsoft", In: []string{"x"}}, []int{-1, 3})
}

// TestGuestRuns: a model that runs apart answers as one that does not.
func TestGuestRuns(t *testing.T) {
	lib := library(t)
	data := gelu(t)
	in, out, err := lib.Describe(data)
	if err != nil || len(in) != 1 || len(out) != 1 || in[0].Name != "x" || out[0].Type != "float32" {
		t.Fatalf("described as %v, %v (%v)", in, out, err)
	}
	apart, err := lib.NewSession(data, []string{"x"}, []string{"y"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer apart.Close()
	if _, ok := apart.session.(*guest); !ok {
		t.Fatalf("it runs in this process, as a %T", apart.session)
	}
	here, err := lib.NewSession(data, []string{"x"}, []string{"y"}, Options{here: true})
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	for batch := 1; batch < 4; batch++ {
		x := tensor.New(batch, 3)
		for i := range x.Data {
			x.Data[i] = float32(i) - 2
		}
		want, err := here.Run(context.Background(), []tensor.Tensor{x})
		if err != nil {
			t.Fatal(err)
		}
		binding := apart.Bind()
		got, err := binding.Run(context.Background(), []tensor.Tensor{x}, []bool{true})
		binding.Close()
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range want[0].Data {
			if got[0].Data[i] != v {
				t.Fatalf("batch %d: %v, in this process %v", batch, got[0].Data, want[0].Data)
			}
		}
	}
	if _, err := apart.Run(context.Background(), []tensor.Tensor{tensor.New(1, 4)}); err == nil || !strings.Contains(err.Error(), "the model takes shape [? 3]") {
		t.Errorf("a wrong shape: %v", err)
	}
	if err := apart.Close(); err != nil {
		t.Error(err)
	}
	if _, err := apart.Run(context.Background(), []tensor.Tensor{tensor.New(1, 3)}); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed one: %v", err)
	}
}

// TestGuestComesAgain: a process that is gone is an error once, and started again.
func TestGuestComesAgain(t *testing.T) {
	lib := library(t)
	s, err := lib.NewSession(gelu(t), []string{"x"}, []string{"y"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g := s.session.(*guest)
	if err := g.p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	x := []tensor.Tensor{tensor.New(1, 3)}
	if _, err := s.Run(context.Background(), x); !errors.Is(err, ErrGuest) || !strings.Contains(err.Error(), "Gelu") {
		t.Errorf("a killed one: %v", err)
	}
	if _, err := s.Run(context.Background(), x); err != nil {
		t.Errorf("started again: %v", err)
	}
}

// TestGuestStops: a loop without end is ended with its context, and the
// session serves on.
func TestGuestStops(t *testing.T) {
	lib := library(t)
	long := &onnx.Graph{
		Name: "body", Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Inputs:  []onnx.Value{{Name: "i", Type: onnx.Int64, Ranked: true}, {Name: "c", Type: onnx.Bool, Ranked: true}, {Name: "v", Type: onnx.Float32}},
		Nodes:   []*onnx.Node{{Op: "Identity", In: []string{"c"}, Out: []string{"c1"}}, {Op: "Identity", In: []string{"v"}, Out: []string{"v1"}}},
		Outputs: []onnx.Value{{Name: "c1", Type: onnx.Bool, Ranked: true}, {Name: "v1", Type: onnx.Float32}},
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "loop", Init: map[string]*onnx.Tensor{"times": scalar("times", 1<<60)},
		Nodes:   []*onnx.Node{{Op: "Loop", In: []string{"times", "", "x"}, Out: []string{"y"}, Attrs: map[string]onnx.Attr{"body": {Kind: onnx.KindGraph, G: long}}}},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3)}},
	}}
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	s, err := lib.NewSession(data, []string{"x"}, []string{"y"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		begin := time.Now()
		_, err = s.Run(ctx, []tensor.Tensor{tensor.New(1, 3)})
		cancel()
		// The session leaves a run 120 ms after its context's end; the rest is a busy machine's.
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
			t.Fatalf("%v after %v", err, took)
		}
	}
}

// TestGuestKeepsNothing: this process would load what a guest optimised.
func TestGuestKeepsNothing(t *testing.T) {
	lib := library(t)
	cache := &Cache{Dir: t.TempDir(), Limit: 1 << 20}
	build := func() ([]byte, string, error) { return gelu(t), "", nil }
	for range 2 {
		s, cached, err := cache.Session(lib, "key", build, []string{"x"}, []string{"y"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if cached {
			t.Error("the session is from the cache")
		}
		s.Close()
		cache.Wait()
	}
	if left, err := os.ReadDir(cache.Dir); err != nil || len(left) > 0 {
		t.Errorf("the cache holds %v (%v)", left, err)
	}
}

// TestGuestProfiles: what the library writes at a session's end is written.
func TestGuestProfiles(t *testing.T) {
	placed, err := library(t).Placement(context.Background(), gelu(t), []string{"x"}, []string{"y"}, Options{}, []tensor.Tensor{tensor.New(1, 3)})
	if err != nil || len(placed) == 0 {
		t.Errorf("placed %v (%v)", placed, err)
	}
}

// TestUnproven: operators are found in branches too, and the note of the reader counts.
func TestUnproven(t *testing.T) {
	inner := &onnx.Graph{Name: "then", Init: map[string]*onnx.Tensor{}, Nodes: []*onnx.Node{
		{Op: "Relu", In: []string{"x"}, Out: []string{"a"}}, {Op: "Gelu", Domain: "com.microsoft", In: []string{"a"}, Out: []string{"b"}},
	}, Outputs: []onnx.Value{{Name: "b"}}}
	branch := &onnx.Node{Op: "If", In: []string{"x"}, Out: []string{"y"}, Attrs: map[string]onnx.Attr{
		"then_branch": {Kind: onnx.KindGraph, G: inner}, "else_branch": {Kind: onnx.KindGraph, G: inner},
	}}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "g", Init: map[string]*onnx.Tensor{}, Nodes: []*onnx.Node{branch}, Inputs: []onnx.Value{{Name: "x"}}, Outputs: []onnx.Value{{Name: "y"}},
	}}
	list := func(m *onnx.Model) string {
		t.Helper()
		data, err := onnx.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Unproven(data)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(got, "; ")
	}
	if got := list(m); got != "com.microsoft.Gelu" {
		t.Errorf("found %q", got)
	}
	plain := m.Shallow()
	plain.Graph.Nodes = inner.Nodes[:1]
	if got := list(plain); got != "" {
		t.Errorf("found %q in an ordinary model", got)
	}
	if got := list(plain.Apart(`node "n"`)); got != `node "n"` {
		t.Errorf("found %q where the reader noted a node", got)
	}
}

// BenchmarkUnproven is what each session of an ordinary model pays.
func BenchmarkUnproven(b *testing.B) {
	paths, _ := filepath.Glob("../../../shared/models/*.onnx")
	for _, path := range paths {
		m, err := onnx.ReadFile(path)
		if err != nil {
			continue
		}
		data, err := onnx.Marshal(m)
		if err != nil {
			continue
		}
		b.Run(filepath.Base(path), func(b *testing.B) {
			for range b.N {
				if _, err := Unproven(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
