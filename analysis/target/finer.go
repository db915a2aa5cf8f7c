package target

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"seewhy/analysis/task"
)

// Finer is the score over the classes of the nearest scores.
const Finer task.TargetKind = "finer"

func init() {
	register(Target{
		ID: Finer, Order: 5, Derived: true,
		Title:   "Finer",
		Summary: "The class's score less those of the three classes nearest to it, weighted by their probabilities: what tells it from its likes.",
		Formula: "sum_i p_i (z_c - alpha z_i) / (sum_i p_i + 1e-9), i the three classes of the nearest scores, alpha 1 unless set",
		Param: &task.Param{
			ID: "alpha", Title: "Strength (alpha)", Help: "How strongly the nearest classes count against the class; 1 is the paper's.", Default: 1, Min: 0.1, Max: 2, Step: 0.1,
		},
		Paper:     "Zhang et al., Finer-CAM, CVPR 2025",
		Explained: "the score over its nearest classes (Finer), %s", Unit: "Relevance, in units of the score over the nearest classes", Foot: "over the nearest classes %[1]s, %[2]s",
		hinders: exclusive,
		score: func(a Answer, t task.Target) Score {
			near := nearest(a, t.Class)
			p := Mul(Probabilities, Pick(near...))
			sum := Sum(p)
			others := Sum(Mul(p, Logits))
			if alpha := t.Param; alpha != 0 && alpha != 1 {
				others = Mul(Const(alpha), others)
			}
			var notes []task.Note
			share, probabilities := 0.0, Probabilities.Row(a)
			for _, c := range near {
				share += probabilities[c]
			}
			if share < nothing {
				notes = []task.Note{{Warning: true, Key: "The classes compared have next to no probability, and Finer, weighted by it, next to nothing to say: explain the contrast instead."}}
			}
			if alpha := t.Param; alpha != 0 && alpha != 1 {
				notes = append(notes, task.Note{Key: "The nearest classes count with a strength (alpha) of %s; the paper's is 1.", Args: []any{strconv.FormatFloat(alpha, 'g', -1, 64)}})
			}
			return Score{
				Notes: notes, Row: Div(Sub(Mul(Logits, sum), others), Add(sum, Const(finerStabiliser))), Weights: class(t.Class), Compared: near,
			}
		},
	})
}

const (
	finerClasses = 3
	// finerStabiliser is pytorch-grad-cam's.
	finerStabiliser = 1e-9
)

// nearest are the classes of the nearest scores; of equally near ones the more
// probable, then the first.
func nearest(a Answer, to int) []int {
	others := slices.DeleteFunc(slices.Clone(a.Order), func(c int) bool { return c == to })
	slices.SortStableFunc(others, func(x, y int) int {
		return cmp.Compare(math.Abs(a.Logits[x]-a.Logits[to]), math.Abs(a.Logits[y]-a.Logits[to]))
	})
	return others[:min(finerClasses, len(others))]
}

// exclusive is the reason of models whose classes don't exclude each other.
func exclusive(m Model) string {
	switch {
	case m.Plain:
		return likeness
	case m.Classes < 2:
		return "the model has one class only, and nothing to compare it with"
	case m.Sigmoid:
		return "the model scores its classes one by one (Sigmoid), and this compares classes that share one Softmax"
	}
	return ""
}
