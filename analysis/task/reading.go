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

// AskedRegion is the name of the region that a segmentation's scores are of.
const AskedRegion = "region"

// FoundBox is one of the boxes that a detector is sure of.
type FoundBox struct {
	// Class is the box's best one, Score its probability as the detector defines it.
	Class int     `json:"class"`
	Label string  `json:"label"`
	Score float64 `json:"score"`
	Shape Shape   `json:"shape"`
	// Asked says that the answer's scores are of this box.
	Asked bool `json:"asked,omitempty"`
}
