package target

import "seewhy/analysis/task"

// ReST is the score and the log-probability together.
const ReST task.TargetKind = "rest"

func init() {
	register(Target{
		ID: ReST, Order: 6, Derived: true,
		Title:     "ReST",
		Summary:   "The class's score plus its log-probability: what speaks for it counts twice, for others against it.",
		Formula:   "z_c + log p_c",
		Paper:     "Shapley-CAM, arXiv:2501.06261 (Residual Softmax Target)",
		Explained: "the score and the log-probability (ReST), %s", Unit: "Relevance, in units of the score and the log-probability", Foot: "ReST %[1]s, %[2]s",
		hinders: exclusive,
		score: func(_ Answer, t task.Target) Score {
			return Score{Row: Add(Logits, LogProbabilities), Weights: class(t.Class)}
		},
	})
}
