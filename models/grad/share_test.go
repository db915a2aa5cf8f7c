package grad_test

import (
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// The exact Gelu in every spelling is found (its four shared forward ops take
// the place of five) and has the right value and gradient; one whose parts are
// asked for is left alone.
func TestGeluSpellings(t *testing.T) {
	lib := library(t)
	scalar := func(name string, v float64) *onnx.Tensor { return onnx.NewFloats(name, nil, []float32{float32(v)}) }
	op := func(name, op string, in ...string) *onnx.Node {
		return &onnx.Node{Name: name, Op: op, In: in, Out: []string{name}, Attrs: grad.A{}}
	}
	spellings := map[string][]*onnx.Node{
		"x (1+e) 0.5":     {op("u", "Div", "x", "root"), op("e", "Erf", "u"), op("p", "Add", "e", "one"), op("m", "Mul", "x", "p"), op("y", "Mul", "m", "half")},
		"(1+e) 0.5 x":     {op("u", "Mul", "inverse", "x"), op("e", "Erf", "u"), op("p", "Add", "one", "e"), op("m", "Mul", "p", "half"), op("y", "Mul", "x", "m")},
		"(0.5 x) (1+e)":   {op("h", "Mul", "x", "half"), op("u", "Div", "x", "root"), op("e", "Erf", "u"), op("p", "Add", "e", "one"), op("y", "Mul", "h", "p")},
		"not a Gelu":      {op("u", "Div", "x", "one"), op("e", "Erf", "u"), op("p", "Add", "e", "one"), op("m", "Mul", "x", "p"), op("y", "Mul", "m", "half")},
		"e is asked for":  {op("u", "Div", "x", "root"), op("e", "Erf", "u"), op("p", "Add", "e", "one"), op("m", "Mul", "x", "p"), op("y", "Mul", "m", "half")},
		"p is read twice": {op("u", "Div", "x", "root"), op("e", "Erf", "u"), op("p", "Add", "e", "one"), op("m", "Mul", "x", "p"), op("k", "Mul", "m", "half"), op("y", "Mul", "k", "p")},
	}
	for name, nodes := range spellings {
		t.Run(name, func(t *testing.T) {
			m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
				Name: "gelu", Nodes: nodes, Values: map[string]onnx.Value{}, Outputs: []onnx.Value{{Name: "y"}},
				Init:   map[string]*onnx.Tensor{"root": scalar("root", math.Sqrt2), "inverse": scalar("inverse", math.Sqrt2/2), "one": scalar("one", 1), "half": scalar("half", 0.5)},
				Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 41)}},
			}}
			facts, err := grad.InferFacts(m, oracle{lib})
			if err != nil {
				t.Fatal(err)
			}
			q := grad.Query{Score: "y", Wants: []string{"x"}}
			found := name[0] != 'n' && name[0] != 'e' && name[:4] != "p is"
			if name[0] == 'e' {
				q.Values = []string{"e"}
			}
			p, err := grad.Build(m, facts, q)
			if err != nil {
				t.Fatal(err)
			}
			shared := p.Model.Graph.Producers()["y"].Op == "Identity"
			if shared != found {
				t.Errorf("found: %v, want %v", shared, found)
			}
			x := tensor.New(1, 41)
			for i := range x.Data {
				x.Data[i] = float32(i-20) / 4
			}
			u := tensor.New(1, 41)
			for i := range u.Data {
				u.Data[i] = 1
			}
			y, g := compile(t, lib, p, []string{"x"}, "y")([]tensor.Tensor{x}, u)
			f := func(v float64) float64 {
				s := math.Sqrt2
				if name[0] == 'n' {
					s = 1
				}
				cdf := (1 + math.Erf(v/s)) / 2
				if name[:4] == "p is" {
					return v * cdf * 2 * cdf
				}
				return v * cdf
			}
			for i, v := range x.Data {
				const h = 1e-5
				want, slope := f(float64(v)), (f(float64(v)+h)-f(float64(v)-h))/(2*h)
				// float32 through ten operations.
				if math.Abs(float64(y.Data[i])-want) > 2e-6 || math.Abs(float64(g[0].Data[i])-slope) > 2e-6 {
					t.Errorf("at %g: %g and slope %g, want %g and %g", v, y.Data[i], g[0].Data[i], want, slope)
				}
			}
		})
	}
}
