package grad_test

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// half rounds to float16, to nearest even; the weights at hand are far from its bounds.
func half(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, e, frac := uint16(bits>>16&0x8000), int(bits>>23&0xff)-112, bits&0x7fffff
	if e <= 0 {
		// Below 2^-14: in units of 2^-24.
		return sign | uint16(math.RoundToEven(math.Abs(float64(v))*(1<<24)))
	}
	return sign | uint16(e<<10) + uint16((frac+0xfff+frac>>13&1)>>13)
}

// brain rounds to bfloat16, to nearest even.
func brain(v float32) uint16 {
	bits := math.Float32bits(v)
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}

// narrowed is a float32 model in a narrower type, as a converter writes it:
// weights, inputs, outputs, constants and casts.
func narrowed(t *testing.T, m *onnx.Model, to onnx.Type) *onnx.Model {
	t.Helper()
	round := map[onnx.Type]func(float32) uint16{onnx.Float16: half, onnx.BFloat16: brain}[to]
	tensor := func(w *onnx.Tensor) *onnx.Tensor {
		if w == nil || w.Type != onnx.Float32 {
			return w
		}
		v, err := w.Floats()
		if err != nil {
			t.Fatal(err)
		}
		n := &onnx.Tensor{Name: w.Name, Type: to, Dims: w.Dims, Raw: []byte{}}
		for _, x := range v {
			n.Raw = binary.LittleEndian.AppendUint16(n.Raw, round(x))
		}
		return n
	}
	out := m.Shallow()
	g := out.Graph
	g.Values = map[string]onnx.Value{}
	for _, list := range [][]onnx.Value{g.Inputs, g.Outputs} {
		for i := range list {
			list[i].Type = to
		}
	}
	for k, w := range g.Init {
		g.Init[k] = tensor(w)
	}
	for i, n := range g.Nodes {
		c := n.Clone()
		for k, a := range c.Attrs {
			a.T = tensor(a.T)
			if n.Op == "Cast" && a.I == int64(onnx.Float32) {
				a.I = int64(to)
			}
			c.Attrs[k] = a
		}
		g.Nodes[i] = c
	}
	return out
}

// A model in float16 or bfloat16 is run in float32 with the weights that the
// file has: its gradients differ from those of the float32 file by the
// rounding of weights alone, 2^-11 and 2^-8 of their size. The bounds are four
// times that; the networks have no kinks. Measured: 6e-4 and 4e-3.
func TestNarrowModels(t *testing.T) {
	bounds := map[onnx.Type]float64{onnx.Float16: 4.0 / 2048, onnx.BFloat16: 4.0 / 256}
	for _, name := range []string{"efficientnet", "convnext", "vit", "swin", "pvt"} {
		stem := "testdata/small/" + name
		e := readExported(t, stem)
		m, err := onnx.ReadFile(stem + ".onnx")
		if err != nil {
			t.Fatal(err)
		}
		for typ, bound := range bounds {
			t.Run(filepath.Base(stem)+" "+typ.String(), func(t *testing.T) {
				data, err := onnx.Marshal(narrowed(t, m, typ))
				if err != nil {
					t.Fatal(err)
				}
				narrow, err := onnx.Read(data)
				if err != nil {
					t.Fatal(err)
				}
				in := narrow.Graph.FreeInputs()[0]
				p, err := grad.Prepare(narrow, in.Name, []int{int(in.Shape[0].N), 3, e.Size, e.Size}, oracle{library(t)})
				if err != nil {
					t.Fatal(err)
				}
				if !p.Widened || p.Facts.Types[p.Input] != onnx.Float32 {
					t.Errorf("widened %v, the input is %v", p.Widened, p.Facts.Types[p.Input])
				}
				for _, w := range p.Model.Graph.Init {
					if slices.Contains([]onnx.Type{onnx.Float16, onnx.BFloat16}, w.Type) {
						t.Errorf("weight %q is %s", w.Name, w.Type)
					}
				}
				_, diffs := compareExported(t, p, e, p.Model.Graph.Outputs[0].Name, blocksOf(p, e), waves(1, e.Size))
				for _, d := range diffs {
					t.Logf("%s: %.1e", d.Name, d.relative)
					if !(d.relative < bound) {
						t.Errorf("%s: differs by %.2e, bound %.2e", d.Name, d.relative, bound)
					}
				}
			})
		}
	}
}
