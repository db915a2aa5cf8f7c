package target

import "seewhy/analysis/task"

func init() {
	register(Target{
		ID: task.Logit, Order: 1, Quick: true,
		Title:     "Score",
		Summary:   "The class's raw score (the logit): what goes into a final Softmax or Sigmoid.",
		Formula:   "z_c",
		Explained: "the score (logit), %s", Unit: "Relevance, in units of the score", Foot: "score %[1]s, %[2]s",
		score: func(_ Answer, t task.Target) Score { return Score{Row: Logits, Weights: class(t.Class)} },
	})
}
