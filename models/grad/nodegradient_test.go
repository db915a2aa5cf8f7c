package grad_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// checkNodeGradient compares <v, VJP(u)> with a central difference for the
// first float output that an input reaches.
func checkNodeGradient(t *testing.T, lib *runtime.Library, p *grad.Prepared, c *nodeCase, fed map[string]tensor.Tensor, tally *nodeTally) {
	for _, o := range p.Model.Graph.Outputs {
		if product(p.Facts.Shapes[o.Name]) == 0 || p.Facts.Types[o.Name] != onnx.Float32 || p.Model.Graph.Init[o.Name] != nil {
			continue
		}
		var wants []string
		for _, v := range p.Model.Graph.FreeInputs() {
			if v.Type != onnx.Float32 || onKinks(c.name, v.Name) {
				continue
			}
			_, _, _, err := grad.Coverage(p.Model.Graph, grad.Query{Score: o.Name, Wants: []string{v.Name}})
			if err == nil {
				wants = append(wants, v.Name)
			}
		}
		wants = offeredInputs(t, p, o.Name, wants)
		if len(wants) == 0 {
			continue
		}
		checkGradientAt(t, lib, p, o.Name, wants, fed, tally)
		return
	}
	tally.flat++
}

// offeredInputs leaves out inputs through which a gradient is refused: they
// are weights and statistics, listed in refusedInputs.
func offeredInputs(t *testing.T, p *grad.Prepared, score string, wants []string) []string {
	t.Helper()
	if len(wants) == 0 {
		return nil
	}
	if _, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: wants}); err == nil {
		return wants
	}
	var offered []string
	for _, w := range wants {
		_, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: []string{w}})
		var missing *grad.MissingRuleError
		switch {
		case err == nil:
			offered = append(offered, w)
		case errors.As(err, &missing):
			t.Errorf("%v", err)
		case !refusedInput(err):
			t.Errorf("input %q: %v", w, err)
		}
	}
	return offered
}

// refusedInput says that the error is a refusal that docs/gradients.md states.
func refusedInput(err error) bool {
	return regexp.MustCompile(`is not offered`).MatchString(err.Error())
}

func checkGradientAt(t *testing.T, lib *runtime.Library, p *grad.Prepared, score string, wants []string, fed map[string]tensor.Tensor, tally *nodeTally) {
	t.Helper()
	// What gets no gradient is constant here.
	m := p.Model.Shallow()
	for _, v := range m.Graph.FreeInputs() {
		if !slices.Contains(wants, v.Name) {
			m.Graph.Init[v.Name] = constantOf(v, fed[v.Name])
		}
	}
	m.Graph.Inputs = m.Graph.FreeInputs()
	for _, x := range fed {
		if slices.ContainsFunc(x.Data, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
			tally.flat++
			return
		}
	}
	facts := p.Facts
	program, err := grad.Build(m, facts, grad.Query{Score: score, Wants: wants})
	if err != nil {
		t.Fatal(err)
	}
	run := compile(t, lib, program, wants, score)
	r := rand.New(rand.NewPCG(5, 9))
	xs, vs := make([]tensor.Tensor, len(wants)), make([]tensor.Tensor, len(wants))
	for i, w := range wants {
		xs[i], vs[i] = fed[w].Clone(), fed[w].Clone()
		for j := range xs[i].Data {
			// The stored inputs sit on kinks and ties: a small step off them.
			xs[i].Data[j] += float32(1e-3 * (1 + r.Float64()))
			vs[i].Data[j] = float32(r.NormFloat64())
		}
	}
	u := tensor.New(facts.Shapes[score]...)
	for j := range u.Data {
		u.Data[j] = float32(r.NormFloat64())
	}
	_, grads := run(xs, u)
	var got, size float64
	for i := range grads {
		for j, g := range grads[i].Data {
			got += float64(g) * float64(vs[i].Data[j])
			size += float64(g) * float64(g)
		}
	}
	forward := &grad.Prepared{Model: m, Facts: facts}
	graph := grad.Forward(forward, score)
	tries := ""
	for _, try := range []struct {
		double bool
		step   float64
	}{{true, 1e-7}, {false, 1e-2}, {false, 1e-3}} {
		s, ok := newSlope(t, lib, graph, facts, wants, score, try.double, try.step)
		if !ok {
			continue
		}
		want, err := s.at(xs, vs, u)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-want) <= 1e-3*max(math.Sqrt(size), 1e-3) || math.IsNaN(want) && math.IsNaN(got) {
			tally.gradients++
			if try.double {
				tally.doubles++
			}
			return
		}
		tries += fmt.Sprintf(" difference %.6g (step %g, float64 %v)", want, try.step, try.double)
	}
	t.Errorf("gradient of %q wrt %v: <v, VJP(u)> = %.6g, |gradient| %.4g;%s", score, wants, got, math.Sqrt(size), tries)
}

func constantOf(v onnx.Value, x tensor.Tensor) *onnx.Tensor {
	dims := make([]int64, len(x.Shape))
	for i, d := range x.Shape {
		dims[i] = int64(d)
	}
	if v.Type == onnx.Float32 {
		return onnx.NewFloats(v.Name, dims, x.Data)
	}
	ints := make([]int64, len(x.Data))
	for i, e := range x.Data {
		ints[i] = int64(e)
	}
	k := onnx.NewInts(v.Name, ints...)
	k.Dims = dims
	return k
}
