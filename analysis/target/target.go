// Package target holds what can be explained of a model's answer, one target a
// file, in a table: the command line, the window, session files, reports and
// the documentation read it, so that a new target is a new file.
//
//	t, err := target.ByID(Finer)
//	s, err := target.Resolve(answer, &question.Target)
//
// A target is a weighted sum of the entries of one row of numbers. The row is
// the model's scores, or a formula of them (expr.go) that the engine appends to
// the graph as ordinary nodes: every method then explains it like a logit.
package target

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"seewhy/analysis/task"
)

// Target is one thing that can be explained.
type Target struct {
	// ID is lower-case and never changes: tasks and sessions hold it. Order is its
	// place in lists.
	ID    task.TargetKind
	Order int
	// Title is for lists, Summary one sentence in plain words, Formula the
	// definition, and Paper the source, where it has one.
	Title, Summary, Formula, Paper string
	// Second says that it takes a second class, Target.Rather.
	Second bool
	// Quick ones stand open where a user picks; the others in a list.
	Quick bool
	// Explained is for a report, with the value (and before it, with Second, the
	// second class); Unit says what a map's numbers are; Foot stands under a map,
	// with the value and the class's probability. All are formats to be translated.
	Explained, Unit, Foot string
	// Param is the number that it takes, task.Target.Param; nil where it takes none.
	// Its least value is above 0.
	Param *task.Param
	// Derived says that it is no class score that relevance can start from, for
	// methods that hand a score down (LRP).
	Derived bool
	// hinders says in words what keeps it from a model; nil: nothing does.
	hinders func(m Model) string
	// score is the scalar for a class (and a second one) that has been resolved.
	score func(a Answer, t task.Target) Score
}

// Model is what is known of a model before anything runs.
type Model struct {
	Classes int
	// Sigmoid says that classes are scored one by one; else they share one Softmax.
	Sigmoid bool
	// Scale is what logits are multiplied by before their Softmax or Sigmoid; 0 is
	// 1. Plain says that scores are no logits: their probability is the score.
	Scale float64
	Plain bool
}

// Answer is a model's answer to the picture that is explained.
type Answer struct {
	Model
	// Logits are the scores by class; Order lists the classes, best first.
	Logits []float64
	Order  []int
}

// Score is the explained scalar: the sum of Weights times the entries of Row.
type Score struct {
	Row     *Expr
	Weights map[int]float64
	// Compared are classes that the formula holds fixed, nearest first.
	Compared []int
	// Notes are for the person about this answer.
	Notes []task.Note
}

// Why says in words what keeps a target from a model; empty where nothing does.
func (t Target) Why(m Model) string {
	if t.hinders == nil {
		return ""
	}
	return t.hinders(m)
}

var table []Target

func register(t Target) {
	table = append(table, t)
	slices.SortFunc(table, func(a, b Target) int { return cmp.Compare(a.Order, b.Order) })
}

// All lists the targets.
func All() []Target { return slices.Clone(table) }

// IDs lists their IDs.
func IDs() []string {
	ids := make([]string, len(table))
	for i, t := range table {
		ids[i] = string(t.ID)
	}
	return ids
}

// Known says whether there is such a target.
func Known(id task.TargetKind) bool {
	return slices.ContainsFunc(table, func(t Target) bool { return t.ID == id })
}

// ByID finds a target; the empty ID is the logit. The error lists what there is.
func ByID(id task.TargetKind) (Target, error) {
	if id == "" {
		id = task.Logit
	}
	for _, t := range table {
		if t.ID == id {
			return t, nil
		}
	}
	return Target{}, fmt.Errorf("target kind %q is unknown; there are: %s", id, strings.Join(IDs(), ", "))
}

// Of is ByID for what shows a result that may come from a file: an unknown
// target reads as the logit.
func Of(id task.TargetKind) Target {
	if t, err := ByID(id); err == nil {
		return t
	}
	t, _ := ByID(task.Logit)
	return t
}

// Setting is the number that a target is asked with: its default for 0, which is
// also that of a target without one. Others than it takes are an error.
func (t Target) Setting(v float64) (float64, error) {
	switch {
	case t.Param == nil && v != 0:
		return 0, fmt.Errorf("target %s takes no number, and was given %g", t.ID, v)
	case t.Param == nil:
		return 0, nil
	case v == 0:
		return t.Param.Default, nil
	case !(v >= t.Param.Min && v <= t.Param.Max):
		return 0, fmt.Errorf("target %s: %s is %g; it takes a number from %g to %g", t.ID, t.Param.ID, v, t.Param.Min, t.Param.Max)
	}
	return v, nil
}

// Resolve puts what t leaves open and gives the scalar that it means.
func Resolve(a Answer, t *task.Target) (Score, error) {
	what, err := ByID(t.Kind)
	if err != nil {
		return Score{}, err
	}
	if why := what.Why(a.Model); why != "" {
		return Score{}, fmt.Errorf("target %s: %s", what.ID, why)
	}
	t.Kind = what.ID
	if t.Class == task.AutoClass {
		t.Class = a.Order[0]
	}
	if t.Class < 0 || t.Class >= a.Classes {
		return Score{}, fmt.Errorf("class %d is outside the model's %d classes", t.Class, a.Classes)
	}
	if what.Second {
		if other := slices.IndexFunc(a.Order, func(c int) bool { return c != t.Class }); t.Rather == task.AutoClass && other >= 0 {
			t.Rather = a.Order[other]
		}
		if t.Rather < 0 || t.Rather >= a.Classes || t.Rather == t.Class {
			return Score{}, fmt.Errorf("a margin needs a second class other than %d", t.Class)
		}
	}
	if _, err := what.Setting(t.Param); err != nil {
		return Score{}, err
	}
	return what.score(a, *t), nil
}

// nothing is a share of probability next to which float32 holds no other.
const nothing = 1e-7

// class is the entry of one class.
func class(c int) map[int]float64 { return map[int]float64{c: 1} }
