package grad_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// properties draw one use of an op each: shapes and attributes at random,
// which need not be valid together.
var properties = map[string]func(r *rand.Rand) vjpCase{}

// TestProperties draws uses of every op with many forms and compares <v,
// VJP(u)> with central differences, in float64 where the runtime has the
// kernel. What the runtime refuses is drawn again. Half of the draws leave the
// first dimension open, as models do; a rule that refuses that is asked again
// with it fixed.
//
// SEEWHY_DRAWS=N draws N of each op (8), SEEWHY_SEED=S others.
func TestProperties(t *testing.T) {
	lib := library(t)
	draws, seed := 8, uint64(1)
	if testing.Short() {
		draws = 2
	}
	if v, err := strconv.Atoi(os.Getenv("SEEWHY_DRAWS")); err == nil {
		draws = v
	}
	if v, err := strconv.ParseUint(os.Getenv("SEEWHY_SEED"), 10, 64); err == nil {
		seed = v
	}
	for _, op := range slices.Sorted(maps.Keys(properties)) {
		t.Run(op, func(t *testing.T) {
			h := fnv.New64a()
			h.Write([]byte(op))
			r := rand.New(rand.NewPCG(seed, h.Sum64()))
			var tally propertyTally
			for tally.valid < draws {
				if tally.drawn++; tally.drawn > 40*draws {
					t.Fatalf("the runtime takes %d of %d draws; the last refusal: %v", tally.valid, tally.drawn, tally.refusal)
				}
				c := properties[op](r)
				if err := checkDraw(lib, t, c, r, &tally); err != nil {
					t.Errorf("seed %d, draw %d: %s %s of %s: %v", seed, tally.drawn, c.node.Op, attrsText(c.node), inputsText(c), err)
				}
			}
			t.Logf("%d valid of %d draws, %d with an open batch, %d against float64", tally.valid, tally.drawn, tally.open, tally.double)
		})
	}
}

type propertyTally struct {
	valid, drawn, open, double int
	refusal                    error
}

func attrsText(n *onnx.Node) string {
	text := ""
	for _, k := range slices.Sorted(maps.Keys(n.Attrs)) {
		switch a := n.Attrs[k]; a.Kind {
		case onnx.KindInt:
			text += fmt.Sprintf(" %s=%d", k, a.I)
		case onnx.KindFloat:
			text += fmt.Sprintf(" %s=%g", k, a.F)
		case onnx.KindInts:
			text += fmt.Sprintf(" %s=%v", k, a.Ints)
		default:
			text += fmt.Sprintf(" %s=%s", k, a.S)
		}
	}
	return "{" + text + " }"
}

func inputsText(c vjpCase) string {
	text := ""
	for _, in := range c.inputs {
		text += fmt.Sprintf(" %s%v", in.name, in.shape)
	}
	for _, k := range c.consts {
		if v, err := k.Ints(); err == nil {
			text += fmt.Sprintf(" %s=%v", k.Name, v)
		} else if f, err := k.Floats(); err == nil && len(f) <= 8 {
			text += fmt.Sprintf(" %s=%v", k.Name, f)
		} else {
			text += fmt.Sprintf(" %s%v", k.Name, k.Dims)
		}
	}
	return text
}

// checkDraw checks one draw; what the runtime refuses is counted, not checked.
func checkDraw(lib *runtime.Library, t *testing.T, c vjpCase, r *rand.Rand, tally *propertyTally) error {
	open := r.IntN(2) == 0
	for _, in := range c.inputs {
		open = open && len(in.shape) > 1 && in.shape[0] == c.inputs[0].shape[0]
	}
	m, wants := drawnModel(c, open)
	m, facts, err := placed(lib, m)
	if err == nil && slices.ContainsFunc(m.Graph.Nodes[0].Out, func(o string) bool { return len(facts.Shapes[o]) == 0 || product(facts.Shapes[o]) == 0 }) {
		err = errors.New("an output is empty or a scalar")
	}
	if err != nil {
		tally.refusal = err
		return nil
	}
	q := grad.Query{Score: c.node.Out[0], Wants: wants}
	program, err := grad.Build(m, facts, q)
	if open && err != nil {
		open = false
		m, _ = drawnModel(c, false)
		if m, facts, err = placed(lib, m); err != nil {
			tally.refusal = err // of one sample it is no model
			return nil
		}
		program, err = grad.Build(m, facts, q)
	}
	if err != nil && strings.Contains(err.Error(), "is not offered; ") {
		// A refusal that is stated is an answer.
		tally.valid++
		return nil
	}
	if err != nil {
		return err
	}
	fixed, _ := drawnModel(c, false)
	fixed, whole, err := placed(lib, fixed)
	if err != nil {
		tally.refusal = err
		return nil
	}
	xs, vs := make([]tensor.Tensor, len(wants)), make([]tensor.Tensor, len(wants))
	for i, in := range c.inputs {
		xs[i], vs[i] = tensor.New(in.shape...), tensor.New(in.shape...)
		draw := in.draw
		if draw == nil {
			draw = (*rand.Rand).NormFloat64
		}
		for j := range xs[i].Data {
			xs[i].Data[j], vs[i].Data[j] = float32(draw(r)), float32(r.NormFloat64())
		}
	}
	u := tensor.New(whole.Shapes[q.Score]...)
	for j := range u.Data {
		u.Data[j] = float32(r.NormFloat64())
	}
	forward := grad.Forward(&grad.Prepared{Model: fixed, Facts: whole}, q.Score)
	// What fails when it is run, or runs to another shape than was inferred, is
	// refused like what fails to load.
	var want []float64
	double := false
	for _, try := range []struct {
		double bool
		step   float64
	}{{true, 1e-6}, {false, 1e-2}} {
		s, ok := newSlope(t, lib, forward, whole, wants, q.Score, try.double, try.step)
		if !ok {
			continue
		}
		v, err := s.at(xs, vs, u)
		if err != nil {
			tally.refusal = err
			return nil
		}
		want, double = append(want, v), double || try.double
	}
	tally.valid++
	if open {
		tally.open++
	}
	if double {
		tally.double++
	}
	run, err := tryCompile(t, lib, program, wants, q.Score)
	if err != nil {
		return err
	}
	_, grads, err := run(xs, u)
	if err != nil {
		return err
	}
	var got, size float64
	for i := range grads {
		if !slices.Equal(grads[i].Shape, xs[i].Shape) {
			return fmt.Errorf("gradient of %s has shape %v", wants[i], grads[i].Shape)
		}
		for j, g := range grads[i].Data {
			got += float64(g) * float64(vs[i].Data[j])
			size += float64(g) * float64(g)
		}
	}
	for _, w := range want {
		if math.Abs(got-w) <= 1e-3*max(math.Sqrt(size), 1e-3) {
			return nil
		}
	}
	return fmt.Errorf("<v, VJP(u)> = %.6g, central differences %.6g (float64 first: %v), |gradient| %.4g, open batch %v", got, want, double, math.Sqrt(size), open)
}

// placed is a model with the windows of its pools where the runtime has them, as
// in Prepare, and its facts.
func placed(lib *runtime.Library, m *onnx.Model) (*onnx.Model, grad.Facts, error) {
	facts, err := grad.InferFacts(m, oracle{lib})
	if err != nil {
		return m, facts, err
	}
	if out, changed := onnx.PlacePools(m, facts.Shapes); changed {
		m = out
		facts, err = grad.InferFacts(m, oracle{lib})
	}
	return m, facts, err
}

// drawnModel is a case as a model, with the first dimension of every input open if asked.
func drawnModel(c vjpCase, open bool) (*onnx.Model, []string) {
	n := c.node.Clone()
	m := &onnx.Model{IR: 10, Opsets: map[string]int64{"": max(c.opset, onnx.TargetOpset)}, Graph: &onnx.Graph{
		Name: "case", Nodes: []*onnx.Node{n}, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Outputs: []onnx.Value{{Name: n.Out[0]}},
	}}
	var wants []string
	for _, in := range c.inputs {
		shape := onnx.Fixed(in.shape...)
		if open {
			shape[0] = onnx.Dim{N: -1, Param: "N"}
		}
		m.Graph.Inputs = append(m.Graph.Inputs, onnx.Value{Name: in.name, Type: onnx.Float32, Ranked: true, Shape: shape})
		wants = append(wants, in.name)
	}
	for _, k := range c.consts {
		m.Graph.Init[k.Name] = k
	}
	return m, wants
}
