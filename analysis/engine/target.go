package engine

import (
	"context"
	"fmt"

	"seewhy/analysis/method"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/grad"
)

// answerable refuses, before anything runs, a target that the model has none of
// or that the method cannot start from.
func (e *Engine) answerable(ctx context.Context, t task.Task, how method.Method) error {
	what, err := target.ByID(t.Target.Kind)
	if err != nil {
		return err
	}
	if what.Derived && grad.Composite(how.Needs.Composite).HandsDown() {
		return fmt.Errorf("%s hands a class score down to the picture, and target %s is none: choose the score, the probability or the contrast", how.Title, what.ID)
	}
	m, err := e.model(ctx, t.Model)
	if err != nil {
		return err
	}
	if m.noScores != nil {
		return nil // what comes next says so
	}
	if why := what.Why(m.kind()); why != "" {
		return fmt.Errorf("target %s cannot be had of %s: %s", what.ID, m.info.Ref.Name, why)
	}
	return nil
}

func (m *model) kind() target.Model {
	return target.Model{Classes: m.scores.Classes, Sigmoid: m.scores.Sigmoid, Scale: m.scores.Scale, Plain: m.scores.Plain}
}

func (w *work) answer() target.Answer {
	return target.Answer{Model: w.model.kind(), Logits: w.logits, Order: w.order()}
}

// target resolves the task's target and makes the scalar that is explained.
func (w *work) target() (method.Score, error) {
	var err error
	if w.explained, err = target.Resolve(w.answer(), &w.task.Target); err != nil {
		return method.Score{}, err
	}
	value, err := w.on.behind(w.explained.Row)
	weights := map[int]float64{}
	for class, v := range w.explained.Weights {
		weights[w.model.scores.At(class)] = v
	}
	return method.Score{Value: value, Weights: weights}, err
}

// comparedNote names the classes that a target compares with, each an argument
// of its own, so that names can be translated.
func (w *work) comparedNote() task.Note {
	n := task.Note{Key: "Compared with the class of the nearest score: %s."}
	switch len(w.explained.Compared) {
	case 2:
		n = task.Note{Key: "Compared with the classes of the nearest scores: %s, %s."}
	case 3:
		n = task.Note{Key: "Compared with the classes of the nearest scores: %s, %s, %s."}
	}
	for _, c := range w.explained.Compared {
		n.Args = append(n.Args, w.model.label(c))
	}
	return n
}

// behind names the value of a formula. One that is more than the scores is put
// behind them, in the session's own copy of the model: what several targets and
// tasks share stays as it is.
func (s *session) behind(row *target.Expr) (string, error) {
	f := formula{scores: s.m.scores, constants: map[string][]float32{}}
	value := f.value(row)
	if len(f.steps) == 0 {
		return value, nil
	}
	if s.row != nil && s.row.String() == row.String() {
		return value, nil
	}
	p, err := grad.Append(s.m.prepared, s.m.scores.Logits, f.constants, f.steps)
	if err != nil {
		return "", err
	}
	m := *s.m
	m.prepared = p
	s.plain, s.m, s.row = s.m, &m, row
	return value, nil
}

// formula turns an expression into nodes.
type formula struct {
	scores    grad.Scores
	constants map[string][]float32
	steps     []grad.Step
}

var formulaOps = map[target.Op]string{target.OpAdd: "Add", target.OpSub: "Sub", target.OpMul: "Mul", target.OpDiv: "Div"}

func (f *formula) value(e *target.Expr) string {
	name := "seewhy." + e.String()
	if f.scores.Read {
		// Two readings of one model must not share a session.
		name = f.scores.Logits + "." + e.String()
	}
	step := func(op string, in ...string) string {
		f.steps = append(f.steps, grad.Step{Op: op, In: in, Out: name})
		return name
	}
	switch e.Op {
	case target.OpLogits:
		return f.scores.Logits
	case target.OpProbabilities:
		return f.scores.Probabilities
	case target.OpLogProbabilities:
		logits := f.scores.Logits
		if k := f.scores.Scale; k != 0 && k != 1 {
			f.constants[name+".scale"] = []float32{float32(k)}
			f.steps = append(f.steps, grad.Step{Op: "Mul", In: []string{logits, name + ".scale"}, Out: name + ".scaled"})
			logits = name + ".scaled"
		}
		if f.scores.Sigmoid {
			// log sigmoid(z) = -softplus(-z)
			f.steps = append(f.steps, grad.Step{Op: "Neg", In: []string{logits}, Out: name + ".neg"},
				grad.Step{Op: "Softplus", In: []string{name + ".neg"}, Out: name + ".softplus"})
			return step("Neg", name+".softplus")
		}
		f.steps = append(f.steps, grad.Step{Op: "LogSoftmax", In: []string{logits}, Out: name, Along: true})
		return name
	case target.OpPick:
		row := make([]float32, f.scores.Classes)
		for _, c := range e.Classes {
			row[c] = 1
		}
		f.constants[name] = row
		return name
	case target.OpConst:
		f.constants[name] = []float32{float32(e.Value)}
		return name
	case target.OpSum:
		f.steps = append(f.steps, grad.Step{Op: "ReduceSum", In: []string{f.value(e.Args[0])}, Out: name, Sums: true})
		return name
	}
	return step(formulaOps[e.Op], f.value(e.Args[0]), f.value(e.Args[1]))
}
