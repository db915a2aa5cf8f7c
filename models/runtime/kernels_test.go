package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"seewhy/models/fuse"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// everyLoop runs a test with each kind of vectors that the processor has.
func everyLoop(t *testing.T, f func(t *testing.T)) {
	for without, name := range []string{"all", "vectors of 8", "plain"} {
		t.Run(name, func(t *testing.T) {
			forceLoops(without)
			defer forceLoops(0)
			f(t)
		})
	}
}

// kernelModel is a graph of our own nodes between float inputs and outputs.
func kernelModel(nodes []*onnx.Node, inputs []tensor.Tensor, ranks ...int) *onnx.Model {
	g := &onnx.Graph{Name: "kernels", Nodes: nodes}
	for i, x := range inputs {
		g.Inputs = append(g.Inputs, onnx.Value{Name: fmt.Sprint("x", i), Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(slices.Repeat([]int{-1}, len(x.Shape))...)})
	}
	for i, r := range ranks {
		g.Outputs = append(g.Outputs, onnx.Value{Name: fmt.Sprint("y", i), Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(slices.Repeat([]int{-1}, r)...)})
	}
	return &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17, fuse.Domain: 1}, Graph: g}
}

// runKernels runs a graph of our own nodes.
func runKernels(t *testing.T, m *onnx.Model, inputs []tensor.Tensor) ([]tensor.Tensor, error) {
	t.Helper()
	if !library(t).Kernels() {
		t.Fatal("the library takes no kernels")
	}
	return runModel(t, m, inputs, Options{Device: CPU, optimised: true})
}

// runModel fetches all outputs of a model, fed in the order of its inputs.
func runModel(t *testing.T, m *onnx.Model, inputs []tensor.Tensor, o Options) ([]tensor.Tensor, error) {
	t.Helper()
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	names := func(list []onnx.Value) (out []string) {
		for _, v := range list {
			out = append(out, v.Name)
		}
		return out
	}
	s, err := library(t).NewSession(data, names(m.Graph.Inputs), names(m.Graph.Outputs), o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.Run(t.Context(), inputs)
}

// fused is a Fused node of the steps given by operation, operands and slot.
func fused(inputs int, steps []int64, numbers []float32, outputs ...int64) *onnx.Node {
	n := &onnx.Node{Op: "Fused", Domain: fuse.Domain, Attrs: map[string]onnx.Attr{
		"inputs": onnx.Int(int64(inputs)), "steps": onnx.Ints(steps...), "outputs": onnx.Ints(outputs...),
		"numbers": {Kind: onnx.KindFloats, Floats: numbers},
	}}
	for i := range inputs {
		n.In = append(n.In, fmt.Sprint("x", i))
	}
	for i := range outputs {
		n.Out = append(n.Out, fmt.Sprint("y", i))
	}
	return n
}

// The kernel's header numbers the operations as package fuse does.
func TestOperationsAreNumberedAlike(t *testing.T) {
	text, err := os.ReadFile("kernel.h")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^\tSEEWHY_([A-Z_]+),`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, strings.ToLower(strings.ReplaceAll(m[1], "_", "")))
	}
	var want []string
	for _, name := range fuse.Operations {
		want = append(want, strings.ToLower(name))
	}
	if want = append(want, "operations"); !slices.Equal(names, want) {
		t.Errorf("the header has\n%v, package fuse\n%v", names, want)
	}
}

// Each operation's values, for lengths that end within a vector and within a
// tile, are those of float64 within a few units of the last place.
func TestFusedOperations(t *testing.T) {
	const p, q = 0.75, -0.25
	inf, nan := math.Inf(1), math.NaN()
	elementwise := map[fuse.Operation]func(a, b float64) float64{
		fuse.Add: func(a, b float64) float64 { return a + b }, fuse.Sub: func(a, b float64) float64 { return a - b },
		fuse.Mul: func(a, b float64) float64 { return a * b }, fuse.Div: func(a, b float64) float64 { return a / b },
		fuse.Affine: func(a, _ float64) float64 { return p*a + q }, fuse.Relu: func(a, _ float64) float64 { return math.Max(a, 0) },
		fuse.Leaky: func(a, _ float64) float64 {
			if a < 0 {
				return p * a
			}
			return a
		},
		fuse.Clip:        func(a, _ float64) float64 { return math.Max(p, math.Min(a, q)) },
		fuse.HardSigmoid: func(a, _ float64) float64 { return math.Max(0, math.Min(p*a+q, 1)) },
		fuse.Sigmoid:     func(a, _ float64) float64 { return 1 / (1 + math.Exp(-a)) },
		fuse.Tanh:        func(a, _ float64) float64 { return math.Tanh(a) }, fuse.Erf: func(a, _ float64) float64 { return math.Erf(a) },
		fuse.Exp: func(a, _ float64) float64 { return math.Exp(a) }, fuse.Sqrt: func(a, _ float64) float64 { return math.Sqrt(a) },
		fuse.Reciprocal: func(a, _ float64) float64 { return 1 / a }, fuse.Abs: func(a, _ float64) float64 { return math.Abs(a) },
		fuse.Quotient: func(a, _ float64) float64 { return p / a },
	}
	everyLoop(t, func(t *testing.T) {
		for _, length := range []int{1, 7, 16, 47, 1024, 3001} {
			r := rand.New(rand.NewPCG(uint64(length), 7))
			a, b := tensor.New(length), tensor.New(length)
			for i := range a.Data {
				a.Data[i], b.Data[i] = float32(r.NormFloat64()*3), float32(r.NormFloat64())
			}
			for i, v := range []float64{0, inf, -inf, nan, 100, -100, 88.8, -103.5, 1e-30, 0.6249, -0.6251, 4.1, -5} {
				if i < length-1 {
					a.Data[i] = float32(v)
				}
			}
			for what, name := range fuse.Operations {
				what := fuse.Operation(what)
				reference, ok := elementwise[what]
				if !ok {
					continue
				}
				n := fused(2, []int64{int64(what), 0, 1, 0}, []float32{p, q}, 0)
				out, err := runKernels(t, kernelModel([]*onnx.Node{n}, []tensor.Tensor{a, b}, 1), []tensor.Tensor{a, b})
				if err != nil {
					t.Fatalf("%s of %d: %v", name, length, err)
				}
				for i, got := range out[0].Data {
					want := float32(reference(float64(a.Data[i]), float64(b.Data[i])))
					if math.IsNaN(float64(a.Data[i])) {
						// The library's own Relu and Clip say 0 and NaN by version.
						continue
					}
					// A product that is rounded before something is taken off it.
					slack := float32(0)
					if what == fuse.Affine || what == fuse.HardSigmoid {
						slack = 1e-7 * float32(math.Abs(p*float64(a.Data[i])))
					}
					if !near(got, want, 1e-6) && !(float32(math.Abs(float64(got-want))) <= slack) {
						t.Fatalf("%s of %d: at %d, %v and %v give %v, want %v", name, length, i, a.Data[i], b.Data[i], got, want)
					}
				}
			}
		}
	})
}

// near allows a relative error, and an absolute one of 2^-120 where numbers are
// no longer normal.
func near(got, want, relative float32) bool {
	g, w := float64(got), float64(want)
	if math.IsNaN(w) || math.IsInf(w, 0) {
		return g == w || math.IsNaN(g) && math.IsNaN(w)
	}
	return math.Abs(g-w) <= float64(relative)*math.Abs(w)+0x1p-120
}

// Reductions run over the last axis, of rows of any length.
func TestFusedReductions(t *testing.T) {
	everyLoop(t, func(t *testing.T) {
		for _, length := range []int{1, 3, 16, 50, 197, 1500} {
			r := rand.New(rand.NewPCG(uint64(length), 8))
			x := tensor.New(5, 3, length)
			for i := range x.Data {
				x.Data[i] = float32(r.NormFloat64()) + 0.5
			}
			steps := []int64{
				int64(fuse.Mean), 0, 0, 0,
				int64(fuse.Sum), 0, 0, 1,
				int64(fuse.Maximum), 0, 0, 2,
				int64(fuse.Sub), 0, 32, 3,
			}
			n := fused(1, steps, make([]float32, 8), 0, 1, 2, 3)
			out, err := runKernels(t, kernelModel([]*onnx.Node{n}, []tensor.Tensor{x}, 3, 3, 3, 3), []tensor.Tensor{x})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(out[0].Shape, []int{5, 3, 1}) || !slices.Equal(out[3].Shape, x.Shape) {
				t.Fatalf("shapes %v and %v", out[0].Shape, out[3].Shape)
			}
			for row := range 15 {
				sum, most := 0.0, math.Inf(-1)
				for _, v := range x.Data[row*length : (row+1)*length] {
					sum += float64(v)
					most = math.Max(most, float64(v))
				}
				// A sum of n numbers of size 1 is off by as many roundings at most.
				slack := 1e-7 * float64(length+10)
				if math.Abs(float64(out[0].Data[row])-sum/float64(length)) > slack || math.Abs(float64(out[1].Data[row])-sum) > slack*float64(length) || float64(out[2].Data[row]) != most {
					t.Fatalf("row %d of length %d: %v, %v, %v; want %v, %v, %v", row, length, out[0].Data[row], out[1].Data[row], out[2].Data[row], sum/float64(length), sum, most)
				}
				if got, want := out[3].Data[row*length], x.Data[row*length]-out[0].Data[row]; got != want {
					t.Fatalf("centred: %v, want %v", got, want)
				}
			}
		}
	})
}

// blocked brings [N, C, H, W] into blocks of channels, and back.
func blocked(x tensor.Tensor, block int, back bool) tensor.Tensor {
	out := tensor.New(x.Shape...)
	n, c, s := x.Shape[0], x.Shape[1], x.Shape[2]*x.Shape[3]
	for i := range n {
		for j := range c {
			for k := range s {
				plain, at := (i*c+j)*s+k, ((i*(c/block)+j/block)*s+k)*block+j%block
				if back {
					out.Data[plain] = x.Data[at]
				} else {
					out.Data[at] = x.Data[plain]
				}
			}
		}
	}
	return out
}

// The gradient goes to the first of a window's largest elements in row-major
// order, in every layout; values are few, so that ties are many.
func TestMaxPoolGrad(t *testing.T) {
	everyLoop(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 60 {
			block := []int{1, 8, 16}[r.IntN(3)]
			var kernel, stride, pad, in, out [2]int
			for k := range 2 {
				kernel[k], stride[k] = 1+r.IntN(4), 1+r.IntN(3)
				pad[k] = r.IntN(kernel[k])
				in[k] = kernel[k] + r.IntN(9)
				// Windows may end behind the input, as in ceil_mode.
				out[k] = (in[k]+pad[k]-1)/stride[k] + 1
			}
			n, c := 1+r.IntN(2), block*(1+r.IntN(2))
			x, g, want := tensor.New(n, c, in[0], in[1]), tensor.New(n, c, out[0], out[1]), tensor.New(n, c, in[0], in[1])
			for i := range x.Data {
				x.Data[i] = float32(r.IntN(5) - 2)
			}
			for i := range g.Data {
				g.Data[i] = float32(r.IntN(9) - 4)
			}
			for plane := range n * c {
				for h := range out[0] {
					for w := range out[1] {
						at, best := -1, float32(0)
						for a := range kernel[0] {
							for b := range kernel[1] {
								i, j := h*stride[0]-pad[0]+a, w*stride[1]-pad[1]+b
								if i < 0 || j < 0 || i >= in[0] || j >= in[1] {
									continue
								}
								if v := x.Data[(plane*in[0]+i)*in[1]+j]; at < 0 || v > best {
									at, best = (plane*in[0]+i)*in[1]+j, v
								}
							}
						}
						want.Data[at] += g.Data[(plane*out[0]+h)*out[1]+w]
					}
				}
			}
			node := &onnx.Node{Op: "MaxPoolGrad", Domain: fuse.Domain, In: []string{"x0", "x1"}, Out: []string{"y0"}, Attrs: map[string]onnx.Attr{
				"kernel": onnx.Ints(int64(kernel[0]), int64(kernel[1])), "stride": onnx.Ints(int64(stride[0]), int64(stride[1])),
				"pad": onnx.Ints(int64(pad[0]), int64(pad[1])), "block": onnx.Int(int64(block)),
			}}
			feeds := []tensor.Tensor{blocked(x, block, false), blocked(g, block, false)}
			got, err := runKernels(t, kernelModel([]*onnx.Node{node}, feeds, 4), feeds)
			if err != nil {
				t.Fatalf("kernel %v stride %v pad %v in %v: %v", kernel, stride, pad, in, err)
			}
			if !slices.Equal(blocked(got[0], block, true).Data, want.Data) {
				t.Fatalf("kernel %v stride %v pad %v in %v block %d: another gradient", kernel, stride, pad, in, block)
			}
		}
	})
}

// Phases come where they belong, those that are left out are zero.
func TestWeave(t *testing.T) {
	everyLoop(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for range 40 {
			block := []int{1, 8, 16}[r.IntN(3)]
			stride := [2]int{1 + r.IntN(4), 1 + r.IntN(4)}
			size := [2]int{1 + r.IntN(12), 1 + r.IntN(12)}
			each := [2]int{(size[0] + stride[0] - 1) / stride[0], (size[1] + stride[1] - 1) / stride[1]}
			n, c := 1+r.IntN(2), block*(1+r.IntN(2))
			node := &onnx.Node{Op: "Weave", Domain: fuse.Domain, Out: []string{"y0"}}
			var feeds []tensor.Tensor
			var places []int64
			parts := make([]*tensor.Tensor, stride[0]*stride[1])
			for p := range parts {
				if r.IntN(3) == 0 && (len(feeds) > 0 || p < len(parts)-1) {
					continue
				}
				x := tensor.New(n, c, each[0], each[1])
				for i := range x.Data {
					x.Data[i] = float32(r.NormFloat64())
				}
				parts[p] = &x
				node.In, places = append(node.In, fmt.Sprint("x", len(feeds))), append(places, int64(p))
				feeds = append(feeds, blocked(x, block, false))
			}
			node.Attrs = map[string]onnx.Attr{
				"stride": onnx.Ints(int64(stride[0]), int64(stride[1])), "size": onnx.Ints(int64(size[0]), int64(size[1])),
				"place": onnx.Ints(places...), "block": onnx.Int(int64(block)),
			}
			got, err := runKernels(t, kernelModel([]*onnx.Node{node}, feeds, 4), feeds)
			if err != nil {
				t.Fatal(err)
			}
			y := blocked(got[0], block, true)
			for plane := range n * c {
				for h := range size[0] {
					for w := range size[1] {
						want := float32(0)
						if p := parts[h%stride[0]*stride[1]+w%stride[1]]; p != nil {
							want = p.Data[(plane*each[0]+h/stride[0])*each[1]+w/stride[1]]
						}
						if v := y.Data[(plane*size[0]+h)*size[1]+w]; v != want {
							t.Fatalf("stride %v size %v block %d: at %d, %d %v, want %v", stride, size, block, h, w, v, want)
						}
					}
				}
			}
		}
	})
}

// What no program of package fuse holds is refused, when the session is made or
// when it runs, and touches no memory that it should not.
func TestKernelsRefuse(t *testing.T) {
	x := tensor.New(2, 16, 4, 4)
	y := tensor.New(2, 16, 3, 4)
	node := func(op string, inputs int, attrs map[string]onnx.Attr) *onnx.Node {
		n := &onnx.Node{Op: op, Domain: fuse.Domain, Out: []string{"y0"}, Attrs: attrs}
		for i := range inputs {
			n.In = append(n.In, fmt.Sprint("x", i))
		}
		return n
	}
	pool := func(kernel, stride, pad []int64, block int64) *onnx.Node {
		return node("MaxPoolGrad", 2, map[string]onnx.Attr{"kernel": onnx.Ints(kernel...), "stride": onnx.Ints(stride...), "pad": onnx.Ints(pad...), "block": onnx.Int(block)})
	}
	weave := func(stride, size, place []int64) *onnx.Node {
		return node("Weave", 2, map[string]onnx.Attr{"stride": onnx.Ints(stride...), "size": onnx.Ints(size...), "place": onnx.Ints(place...), "block": onnx.Int(16)})
	}
	two := []float32{1, 0}
	for name, n := range map[string]*onnx.Node{
		"an unknown operation":     fused(2, []int64{20, 0, 1, 0}, two, 0),
		"a negative operation":     fused(2, []int64{-1, 0, 1, 0}, two, 0),
		"an input beyond":          fused(2, []int64{0, 0, 2, 0}, two, 0),
		"a step beyond":            fused(2, []int64{0, 0, 33, 0}, two, 0),
		"its own value":            fused(2, []int64{0, 0, 32, 0}, two, 0),
		"a negative operand":       fused(2, []int64{0, -1, 0, 0}, two, 0),
		"a slot beyond":            fused(2, []int64{0, 0, 1, 64}, two, 0),
		"a negative slot":          fused(2, []int64{0, 0, 1, -1}, two, 0),
		"half a step":              fused(2, []int64{0, 0}, two, 0),
		"numbers missing":          fused(2, []int64{0, 0, 1, 0}, nil, 0),
		"an output beyond":         fused(2, []int64{0, 0, 1, 0}, two, 1),
		"too many steps":           fused(2, slices.Repeat([]int64{0, 0, 1, 0}, 129), slices.Repeat(two, 129), 0),
		"shapes that do not fit":   fused(2, []int64{0, 0, 1, 0}, two, 0),
		"a pool of windows beyond": pool([]int64{1, 1}, []int64{3, 1}, []int64{0, 0}, 16),
		"a pool without strides":   pool([]int64{2, 2}, []int64{0, 1}, []int64{0, 0}, 16),
		"a pool of pads alone":     pool([]int64{2, 2}, []int64{1, 1}, []int64{2, 0}, 16),
		"a pool of three axes":     pool([]int64{2, 2, 2}, []int64{1, 1}, []int64{0, 0}, 16),
		"a block of 4":             pool([]int64{2, 2}, []int64{1, 1}, []int64{0, 0}, 4),
		"phases of other shapes":   weave([]int64{1, 2}, []int64{4, 8}, []int64{0, 1}),
		"phases of no such size":   weave([]int64{2, 2}, []int64{4, 4}, []int64{0, 1}),
		"a place beyond":           weave([]int64{1, 2}, []int64{4, 8}, []int64{0, 2}),
		"a place missing":          weave([]int64{1, 2}, []int64{4, 8}, []int64{0}),
		"a stride of 5":            weave([]int64{5, 1}, []int64{20, 4}, []int64{0, 1}),
	} {
		feeds := []tensor.Tensor{x, y}
		if out, err := runKernels(t, kernelModel([]*onnx.Node{n}, feeds, 4), feeds); err == nil {
			t.Errorf("%s: gives %v", name, out[0].Shape)
		}
	}
}
