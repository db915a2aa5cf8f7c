package target

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Op is what an expression does.
type Op string

// The operations. Leaves are rows of one number a class (or one number for
// all); the others work entry by entry, and OpSum makes one number of a row.
const (
	OpLogits           Op = "logits"
	OpProbabilities    Op = "probabilities"
	OpLogProbabilities Op = "logprobabilities"
	OpPick             Op = "pick"
	OpConst            Op = "const"
	OpAdd              Op = "add"
	OpSub              Op = "sub"
	OpMul              Op = "mul"
	OpDiv              Op = "div"
	OpSum              Op = "sum"
)

// Expr is a formula over a row of class scores. It can be written into a graph
// and computed here.
type Expr struct {
	Op   Op
	Args []*Expr
	// Classes are those that OpPick gives 1, all others 0.
	Classes []int
	// Value is OpConst's.
	Value float64
}

// The rows that formulas start from.
var (
	Logits           = &Expr{Op: OpLogits}
	Probabilities    = &Expr{Op: OpProbabilities}
	LogProbabilities = &Expr{Op: OpLogProbabilities}
)

// Pick is 1 at the given classes and 0 elsewhere.
func Pick(classes ...int) *Expr {
	return &Expr{Op: OpPick, Classes: slices.Sorted(slices.Values(classes))}
}

// Const is one number.
func Const(v float64) *Expr { return &Expr{Op: OpConst, Value: v} }

// Add is a + b.
func Add(a, b *Expr) *Expr { return &Expr{Op: OpAdd, Args: []*Expr{a, b}} }

// Sub is a - b.
func Sub(a, b *Expr) *Expr { return &Expr{Op: OpSub, Args: []*Expr{a, b}} }

// Mul is a b.
func Mul(a, b *Expr) *Expr { return &Expr{Op: OpMul, Args: []*Expr{a, b}} }

// Div is a / b.
func Div(a, b *Expr) *Expr { return &Expr{Op: OpDiv, Args: []*Expr{a, b}} }

// Sum adds up the classes.
func Sum(a *Expr) *Expr { return &Expr{Op: OpSum, Args: []*Expr{a}} }

// String is equal for equal formulas alone: it names the value in the graph, and
// so what is kept of it.
func (e *Expr) String() string {
	switch e.Op {
	case OpPick:
		return fmt.Sprintf("pick%v", e.Classes)
	case OpConst:
		return strconv.FormatFloat(e.Value, 'g', -1, 64)
	}
	if len(e.Args) == 0 {
		return string(e.Op)
	}
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	return string(e.Op) + "(" + strings.Join(args, ",") + ")"
}

// Row computes the formula in float64.
func (e *Expr) Row(a Answer) []float64 {
	row := make([]float64, a.Classes)
	switch e.Op {
	case OpLogits:
		copy(row, a.Logits)
		return row
	case OpProbabilities:
		return probabilities(a)
	case OpLogProbabilities:
		return logProbabilities(a)
	case OpPick:
		for _, c := range e.Classes {
			row[c] = 1
		}
		return row
	case OpConst:
		for c := range row {
			row[c] = e.Value
		}
		return row
	}
	x := e.Args[0].Row(a)
	if e.Op == OpSum {
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		for c := range row {
			row[c] = sum
		}
		return row
	}
	for c, y := range e.Args[1].Row(a) {
		switch e.Op {
		case OpAdd:
			row[c] = x[c] + y
		case OpSub:
			row[c] = x[c] - y
		case OpMul:
			row[c] = x[c] * y
		case OpDiv:
			row[c] = x[c] / y
		}
	}
	return row
}

// Value computes the scalar in float64.
func (s Score) Value(a Answer) float64 {
	sum, row := 0.0, s.Row.Row(a)
	for c := range row {
		if w, ok := s.Weights[c]; ok {
			sum += w * row[c]
		}
	}
	return sum
}

func probabilities(a Answer) []float64 {
	row := make([]float64, a.Classes)
	if a.Plain {
		copy(row, a.Logits)
		return row
	}
	a = a.scaled()
	if a.Sigmoid {
		for c, z := range a.Logits {
			row[c] = 1 / (1 + math.Exp(-z))
		}
		return row
	}
	top, sum := slices.Max(a.Logits), 0.0
	for c, z := range a.Logits {
		row[c] = math.Exp(z - top)
		sum += row[c]
	}
	for c := range row {
		row[c] /= sum
	}
	return row
}

func logProbabilities(a Answer) []float64 {
	row := make([]float64, a.Classes)
	a = a.scaled()
	if a.Sigmoid {
		for c, z := range a.Logits {
			// log sigmoid(z), without overflow on either side.
			row[c] = min(z, 0) - math.Log1p(math.Exp(-math.Abs(z)))
		}
		return row
	}
	top, sum := slices.Max(a.Logits), 0.0
	for _, z := range a.Logits {
		sum += math.Exp(z - top)
	}
	for c, z := range a.Logits {
		row[c] = z - top - math.Log(sum)
	}
	return row
}

// scaled is the answer with the logits that probabilities are made of.
func (a Answer) scaled() Answer {
	if a.Scale == 0 || a.Scale == 1 {
		return a
	}
	a.Logits = slices.Clone(a.Logits)
	for c := range a.Logits {
		a.Logits[c] *= a.Scale
	}
	return a
}
