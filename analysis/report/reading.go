package report

import "seewhy/analysis/task"

// words say what a subject's classes, percentages and scores are: of a
// segmentation the percentages are shares of the area, of an embedding there is
// one likeness.
func (s *subject) words() (heading, percentage, score, fact string) {
	switch {
	case s.Result.Task.Like != nil:
		return "Likeness to the reference", "similarity", "cosine", "Similarity"
	case s.Model.Output == task.Segmentation:
		return "Classes by area", "area", "score", "Share of the area"
	}
	return "Most probable classes", "probability", "score", "Probability"
}
