package target

import "seewhy/analysis/task"

func init() {
	register(Target{
		ID: task.Margin, Order: 3, Quick: true, Second: true,
		Title:     "Contrast",
		Summary:   "The class's score less that of a second one: why this rather than that.",
		Formula:   "z_c - z_rather",
		Explained: "the margin over %s, %s", Unit: "Relevance, in units of the margin", Foot: "margin %[1]s",
		hinders: func(m Model) string {
			if m.Classes < 2 {
				return "the model has one class only, and a contrast needs two"
			}
			return ""
		},
		score: func(_ Answer, t task.Target) Score {
			return Score{Row: Logits, Weights: map[int]float64{t.Class: 1, t.Rather: -1}}
		},
	})
}
