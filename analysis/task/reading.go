package task

// Output is what a model answers with, and so what its scores are read from.
type Output string

// The kinds of answers that are read.
const (
	// Scores is a list of class scores: a classifier.
	Scores Output = "scores"
	// Segmentation is a map of scores for each class; the score of one is the sum
	// of its logit over a region.
	Segmentation Output = "segmentation"
	// Detection is a list of boxes; the scores are those of one of them.
	Detection Output = "detection"
)
