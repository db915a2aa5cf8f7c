package task

import "testing"

func TestChangesAreSortedByHowMuchChanged(t *testing.T) {
	p := func(probabilities, logits [4]float64) Prediction {
		var out Prediction
		for c := range probabilities {
			out.Scores = append(out.Scores, Score{Class: c, Label: string(rune('a' + c)), Probability: probabilities[c], Logit: logits[c]})
		}
		return out
	}
	got := Changes(p([4]float64{0.75, 0.125, 0, 0.125}, [4]float64{4, 1, 1, 1}), p([4]float64{0.25, 0.125, 0.5, 0.125}, [4]float64{2, 1, 5, -1}))
	want := []struct {
		label              string
		probability, logit float64
	}{{"c", 0.5, 4}, {"a", -0.5, -2}, {"d", 0, -2}, {"b", 0, 0}}
	for i, w := range want {
		if g := got[i]; g.Label != w.label || g.Probability() != w.probability || g.Logit() != w.logit {
			t.Errorf("place %d: %+v, want %+v", i, g, w)
		}
	}
	if n := len(Changes(Prediction{}, p([4]float64{}, [4]float64{}))); n != 0 {
		t.Errorf("%d classes changed that only one prediction has", n)
	}
}
