package target

import "seewhy/analysis/task"

// LogProbability is the logarithm of the class's probability.
const LogProbability task.TargetKind = "log-probability"

func init() {
	register(Target{
		ID: LogProbability, Order: 4, Derived: true,
		Title:     "Log-probability",
		Summary:   "The logarithm of the class's probability: like the score, but what speaks for other classes counts against it.",
		Formula:   "log p_c",
		Explained: "the log-probability, %s", Unit: "Relevance, in units of the log-probability", Foot: "log-probability %[1]s, %[2]s",
		hinders: certain,
		score: func(a Answer, t task.Target) Score {
			s := Score{Row: LogProbabilities, Weights: class(t.Class)}
			if -s.Value(a) < nothing {
				s.Notes = []task.Note{{Warning: true, Key: "The probability is 1 to the last digit, and its logarithm hardly changes: explain the score instead."}}
			}
			return s
		},
	})
}

// likeness is the reason of scores that are no logits.
const likeness = "the score is a likeness to another picture, not a class of several, and has no probability"

// certain is the reason of a Softmax over one class.
func certain(m Model) string {
	if m.Plain {
		return likeness
	}
	if m.Classes < 2 && !m.Sigmoid {
		return "the model has one class only, whose probability is always 1"
	}
	return ""
}
