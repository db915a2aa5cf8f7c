package target

import "seewhy/analysis/task"

func init() {
	register(Target{
		ID: task.Probability, Order: 2, Quick: true,
		Title:     "Probability",
		Summary:   "The class's probability: the share of the Softmax, or the Sigmoid.",
		Formula:   "p_c",
		Explained: "the probability, %s", Unit: "Relevance, in units of the probability", Foot: "probability %[2]s",
		score: func(_ Answer, t task.Target) Score { return Score{Row: Probabilities, Weights: class(t.Class)} },
	})
}
