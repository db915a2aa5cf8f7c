package runtime

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seewhy/models/tensor"
)

// ONNX element types by number, as TensorProto.DataType has them.
const (
	tFloat, tUint8, tInt8, tUint16, tInt16, tInt32 = 1, 2, 3, 4, 5, 6
	tInt64, tString, tBool, tHalf, tDouble         = 7, 8, 9, 10, 11
)

func of(t *testing.T, data []float32, shape ...int) tensor.Tensor {
	t.Helper()
	x, err := tensor.Of(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestRunInTheOrderOfTheNames(t *testing.T) {
	nodes := appendNode(nil, "Sub", []string{"a", "b"}, "d")
	nodes = appendNode(nodes, "Add", []string{"a", "b"}, "s")
	m := model(nodes,
		[]value{{"a", tFloat, []int64{-1, 2}}, {"b", tFloat, []int64{-1, 2}}},
		[]value{{"d", tFloat, []int64{-1, 2}}, {"s", tFloat, []int64{-1, 2}}})
	s := session(t, m, []string{"b", "a"}, []string{"s", "d"})
	b, a := of(t, []float32{1, 2, 3, 4}, 2, 2), of(t, []float32{10, 20, 30, 40}, 2, 2)
	out, err := s.Run(t.Context(), []tensor.Tensor{b, a})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out[0].Data, []float32{11, 22, 33, 44}) || !slices.Equal(out[0].Shape, []int{2, 2}) {
		t.Errorf("sum = %v", out[0])
	}
	if !slices.Equal(out[1].Data, []float32{9, 18, 27, 36}) {
		t.Errorf("a - b = %v", out[1])
	}
	if !slices.Equal(a.Data, []float32{10, 20, 30, 40}) {
		t.Error("Run changed its feed")
	}
}

// Every element type goes in and comes out through an Identity.
func TestElementTypes(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	in := []float32{-1.5, 0, 2.5, 3.5, 300, 70000, 1e30, nan}
	for _, c := range []struct {
		name string
		elem int64
		want []float32
	}{
		{"float32", tFloat, in},
		{"float64", tDouble, in},
		{"float16", tHalf, []float32{-1.5, 0, 2.5, 3.5, 300, inf, inf, nan}},
		{"uint8", tUint8, []float32{0, 0, 2, 4, 255, 255, 255, 0}},
		{"int8", tInt8, []float32{-2, 0, 2, 4, 127, 127, 127, 0}},
		{"uint16", tUint16, []float32{0, 0, 2, 4, 300, 65535, 65535, 0}},
		{"int16", tInt16, []float32{-2, 0, 2, 4, 300, 32767, 32767, 0}},
		{"int32", tInt32, []float32{-2, 0, 2, 4, 300, 70000, math.MaxInt32, 0}},
		{"int64", tInt64, []float32{-2, 0, 2, 4, 300, 70000, math.MaxInt64, 0}},
		{"bool", tBool, []float32{1, 0, 1, 1, 1, 1, 1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model(appendNode(nil, "Identity", []string{"x"}, "y"),
				[]value{{"x", c.elem, []int64{-1}}}, []value{{"y", c.elem, []int64{-1}}})
			s := session(t, m, []string{"x"}, []string{"y"})
			out, err := s.Run(t.Context(), []tensor.Tensor{of(t, slices.Clone(in), len(in))})
			if err != nil {
				t.Fatal(err)
			}
			same := func(a, b float32) bool { return a == b || a != a && b != b }
			if !slices.EqualFunc(out[0].Data, c.want, same) {
				t.Errorf("got  %v\nwant %v", out[0].Data, c.want)
			}
			ins, outs, err := library(t).Describe(m)
			if err != nil {
				t.Fatal(err)
			}
			if ins[0].Type != c.name || outs[0].Type != c.name || !slices.Equal(ins[0].Shape, []int{-1}) {
				t.Errorf("Describe says %v -> %v", ins, outs)
			}
		})
	}
}

func TestScalarsAndOutputsWithoutType(t *testing.T) {
	m := model(appendNode(nil, "ReduceSum", []string{"x"}, "sum", intAttribute("keepdims", 0)),
		[]value{{"x", tFloat, []int64{-1, 3}}}, []value{{"sum", tFloat, []int64{}}})
	out, err := session(t, m, []string{"x"}, []string{"sum"}).Run(t.Context(), []tensor.Tensor{of(t, []float32{1, 2, 4}, 1, 3)})
	if err != nil {
		t.Fatal(err)
	}
	if len(out[0].Shape) != 0 || out[0].Data[0] != 7 {
		t.Errorf("scalar output = %v, want 7 of rank 0", out[0])
	}

	// The type is open in the file: float16 must still be recognised.
	m = model(appendNode(nil, "Neg", []string{"x"}, "y"),
		[]value{{"x", tHalf, []int64{-1, 3}}}, []value{{"y", 0, nil}})
	out, err = session(t, m, []string{"x"}, []string{"y"}).Run(t.Context(), []tensor.Tensor{of(t, []float32{1, 2, 4}, 1, 3)})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out[0].Shape, []int{1, 3}) || !slices.Equal(out[0].Data, []float32{-1, -2, -4}) {
		t.Errorf("open float16 output = %v", out[0])
	}
}

func TestSayWhatIsWrong(t *testing.T) {
	l := library(t)
	m := model(appendNode(nil, "Relu", []string{"x"}, "y"),
		[]value{{"x", tFloat, []int64{-1, 3, 2, 2}}}, []value{{"y", tFloat, []int64{-1, 3, 2, 2}}})
	bad := model(appendNode(nil, "NoSuchOp", []string{"x"}, "y"), []value{{"x", tFloat, []int64{1}}}, []value{{"y", tFloat, []int64{1}}})
	words := model(appendNode(nil, "Identity", []string{"x"}, "y"), []value{{"x", tString, []int64{1}}}, []value{{"y", tString, []int64{1}}})
	for _, c := range []struct {
		name    string
		model   []byte
		in, out string
		device  string
		want    string
	}{
		{"unknown input", m, "data", "y", "", `the model has no input "data"; it has "x"`},
		{"unknown output", m, "x", "prob", "", `the model has no output "prob"; it has "y"`},
		{"no model", []byte("GIF89a, not ONNX"), "x", "y", "", "not an ONNX model"},
		{"nothing", nil, "x", "y", "", "not an ONNX model"},
		{"cut off", m[:len(m)-5], "x", "y", "", "not an ONNX model"},
		{"unknown op", bad, "x", "y", "", "NoSuchOp"},
		{"strings", words, "x", "y", "", `output "y" holds string`},
		{"unknown device", m, "x", "y", "abacus", `no device is called "abacus"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := l.NewSession(c.model, []string{c.in}, []string{c.out}, Options{Device: c.device})
			if err == nil {
				s.Close()
				t.Fatal("want an error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q lacks %q", err, c.want)
			}
		})
	}
	if _, err := l.NewSession(m, []string{"x"}, []string{"y"}, Options{Device: "abacus"}); !errors.Is(err, ErrDevice) {
		t.Errorf("%v is no ErrDevice", err)
	}

	s := session(t, m, []string{"x"}, []string{"y"})
	for _, c := range []struct {
		feeds []tensor.Tensor
		want  string
	}{
		{[]tensor.Tensor{tensor.New(1, 2, 2, 3)}, `input "x": the model takes shape [? 3 2 2], and was given [1 2 2 3]: choose an input size that fits`},
		{[]tensor.Tensor{tensor.New(3, 2, 2)}, `was given [3 2 2]`},
		{[]tensor.Tensor{{Shape: []int{1, 3, 2, 2}, Data: make([]float32, 5)}}, "5 values do not fill shape"},
		{[]tensor.Tensor{{Shape: []int{1 << 62, 3, 2, 2}, Data: make([]float32, 12)}}, "do not fill shape"},
		{[]tensor.Tensor{{}}, "do not fill"},
		{[]tensor.Tensor{tensor.New(0, 3, 2, 2)}, "empty dimension"},
		{nil, "takes 1 inputs, got 0"},
	} {
		if _, err := s.Run(t.Context(), c.feeds); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Run: error %v, want %q in it", err, c.want)
		}
	}
}

func TestMemoryIsRecognised(t *testing.T) {
	// 2^46 floats: refused by any allocator, at once.
	m := model(appendNode(nil, "Expand", []string{"x", "n"}, "y"),
		[]value{{"x", tFloat, []int64{1}}, {"n", tInt64, []int64{1}}}, []value{{"y", tFloat, []int64{-1}}})
	s := session(t, m, []string{"x", "n"}, []string{"y"})
	_, err := s.Run(t.Context(), []tensor.Tensor{of(t, []float32{1}, 1), of(t, []float32{1 << 46}, 1)})
	if !errors.Is(err, ErrMemory) {
		t.Fatalf("error %v, want ErrMemory", err)
	}
}

// slowModel multiplies a 256x256 matrix by itself 2,000 times: 65 GMAC,
// seconds on one thread.
func slowModel() []byte { return products(2000) }

func products(n int) []byte {
	names := []string{"even", "odd"}
	nodes := appendNode(nil, "Identity", []string{"x"}, "even0")
	last := "even0"
	for i := range n {
		next := names[i%2] + string(rune('a'+i%26)) + strings.Repeat("i", i/26+1)
		nodes = appendNode(nodes, "MatMul", []string{last, "x"}, next)
		last = next
	}
	nodes = appendNode(nodes, "Identity", []string{last}, "y")
	return model(nodes, []value{{"x", tFloat, []int64{256, 256}}}, []value{{"y", tFloat, []int64{256, 256}}})
}

func TestCancel(t *testing.T) {
	s := session(t, slowModel(), []string{"x"}, []string{"y"})
	x := tensor.New(256, 256)
	for range 2 { // twice: a stopped run leaves the session usable
		ctx, cancel := context.WithCancel(t.Context())
		var ended time.Time
		time.AfterFunc(30*time.Millisecond, func() {
			ended = time.Now()
			cancel()
		})
		_, err := s.Run(ctx, []tensor.Tensor{x})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v, want context.Canceled", err)
		}
		if late := time.Since(ended); late > 200*time.Millisecond {
			t.Errorf("returned %v after the cancel, want under 200 ms", late)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Run(ctx, []tensor.Tensor{x}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want context.DeadlineExceeded", err)
	}
}

func TestManyRunsAndClose(t *testing.T) {
	m := model(appendNode(nil, "Mul", []string{"x", "x"}, "y"),
		[]value{{"x", tFloat, []int64{-1}}}, []value{{"y", tFloat, []int64{-1}}})
	s := session(t, m, []string{"x"}, []string{"y"})
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 50 {
				v := float32(g*50 + i)
				out, err := s.Run(t.Context(), []tensor.Tensor{{Shape: []int{1}, Data: []float32{v}}})
				if err != nil || out[0].Data[0] != v*v {
					t.Errorf("%g squared = %v, %v", v, out, err)
					return
				}
			}
		})
	}
	group.Wait()

	slow := session(t, slowModel(), []string{"x"}, []string{"y"})
	ctx, cancel := context.WithCancel(t.Context())
	running := make(chan error)
	go func() {
		_, err := slow.Run(ctx, []tensor.Tensor{tensor.New(256, 256)})
		running <- err
	}()
	time.Sleep(20 * time.Millisecond)
	closed := make(chan struct{})
	go func() {
		if err := slow.Close(); err != nil {
			t.Error(err)
		}
		close(closed)
	}()
	select {
	case <-closed:
		t.Error("Close did not wait for the run")
	case <-time.After(20 * time.Millisecond):
	}
	cancel()
	if err := <-running; !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v", err)
	}
	<-closed
	if _, err := slow.Run(t.Context(), []tensor.Tensor{tensor.New(256, 256)}); !errors.Is(err, ErrClosed) {
		t.Errorf("Run after Close: %v", err)
	}
}

func TestDescribeInfersWhatIsOpen(t *testing.T) {
	nodes := appendNode(nil, "Transpose", []string{"x"}, "t", intsAttribute("perm", 0, 2, 3, 1))
	nodes = appendNode(nodes, "ArgMax", []string{"t"}, "best", intAttribute("axis", 3))
	m := model(nodes, []value{{"x", tFloat, []int64{-1, 3, 8, 6}}}, []value{{"t", 0, nil}, {"best", 0, nil}})
	_, outs, err := library(t).Describe(m)
	if err != nil {
		t.Fatal(err)
	}
	if outs[0].Type != "float32" || !slices.Equal(outs[0].Shape, []int{-1, 8, 6, 3}) {
		t.Errorf("t is %v", outs[0])
	}
	if outs[1].Type != "int64" || !slices.Equal(outs[1].Shape, []int{-1, 8, 6, 1}) {
		t.Errorf("best is %v", outs[1])
	}
}

func BenchmarkRunOverhead(b *testing.B) {
	m := model(appendNode(nil, "Relu", []string{"x"}, "y"),
		[]value{{"x", tFloat, []int64{1}}}, []value{{"y", tFloat, []int64{1}}})
	s := session(b, m, []string{"x"}, []string{"y"})
	feeds := []tensor.Tensor{tensor.New(1)}
	for b.Loop() {
		if _, err := s.Run(b.Context(), feeds); err != nil {
			b.Fatal(err)
		}
	}
}

// Weights in a data file are read from the folder that is named, and from
// nowhere else.
func TestWeightsInAFolder(t *testing.T) {
	outer := t.TempDir()
	dir := filepath.Join(outer, "model")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 16)
	for i, v := range []float32{1, 2, 3, 4} {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	for _, path := range []string{filepath.Join(dir, "w.bin"), filepath.Join(outer, "secret.bin")} {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	linked := os.Symlink(filepath.Join(outer, "secret.bin"), filepath.Join(dir, "link.bin")) == nil
	l := library(t)
	at := func(location string) (*Session, error) {
		w := appendInt(appendInt(appendInt(nil, rawDims, 2), rawDims, 2), rawType, elemFloat)
		w = appendText(w, rawName, "w")
		for _, e := range [][2]string{{"location", location}, {"offset", "0"}, {"length", "16"}} {
			w = appendBytes(w, 13, appendText(appendText(nil, 1, e[0]), 2, e[1]))
		}
		graph := appendBytes(appendNode(nil, "MatMul", []string{"x", "w"}, "y"), graphInit, appendInt(w, 14, 1))
		m := model(graph, []value{{"x", tFloat, []int64{1, 2}}}, []value{{"y", tFloat, []int64{1, 2}}})
		return l.NewSession(m, []string{"x"}, []string{"y"}, Options{Folder: dir})
	}
	s, err := at("w.bin")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(t.Context(), []tensor.Tensor{of(t, []float32{1, 10}, 1, 2)})
	if err != nil || !slices.Equal(out[0].Data, []float32{31, 42}) {
		t.Errorf("%v, %v", out, err)
	}
	for _, location := range []string{"../secret.bin", filepath.Join(outer, "secret.bin"), "link.bin"} {
		if location == "link.bin" && !linked {
			continue
		}
		if s, err := at(location); err == nil {
			s.Close()
			t.Errorf("%q was read", location)
		}
	}
}
