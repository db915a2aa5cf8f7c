package task

import (
	"cmp"
	"math"
	"slices"
)

// Change is how one class's answer differs between two pictures.
type Change struct {
	Class int    `json:"class"`
	Label string `json:"label"`
	// Before and After are the class's scores.
	Before Score `json:"before"`
	After  Score `json:"after"`
}

// Probability is how much the probability rose, -1 to 1.
func (c Change) Probability() float64 { return c.After.Probability - c.Before.Probability }

// Logit is how much the logit rose.
func (c Change) Logit() float64 { return c.After.Logit - c.Before.Logit }

// Changes compares a model's answers to a picture before and after an edit: the
// classes that both have, those whose probability changed most first; of equal
// changes that of the larger change of the logit, then by class.
func Changes(before, after Prediction) []Change {
	n := min(len(before.Scores), len(after.Scores))
	out := make([]Change, n)
	for i := range out {
		b, a := before.Scores[i], after.Scores[i]
		out[i] = Change{Class: b.Class, Label: b.Label, Before: b, After: a}
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(math.Abs(b.Probability()), math.Abs(a.Probability())),
			cmp.Compare(math.Abs(b.Logit()), math.Abs(a.Logit())),
		)
	})
	return out
}
