package grad

import (
	"cmp"
	"slices"
)

// What Confident lists: boxes of at least the score at which detectors usually
// report one, of which two of a class overlap by less than the usual IoU.
const (
	confident   = 0.25
	sameObject  = 0.45
	mostPerList = 50
)

// Confident are the boxes that a detector would report, best first: those with a
// score of 0.25 and more that no better one of their class overlaps by an IoU
// above 0.45 (greedy non-maximum suppression), 50 at most. The first is the one
// that Pick(nil) takes, however sure it is.
func (d Detections) Confident() []Found {
	sorted := slices.Clone(d.Boxes)
	slices.SortStableFunc(sorted, func(a, b Found) int { return cmp.Compare(b.Score, a.Score) })
	var out []Found
	for i, f := range sorted {
		if i > 0 && f.Score < confident || len(out) == mostPerList {
			break
		}
		box := f.Box.Clipped()
		if !slices.ContainsFunc(out, func(o Found) bool { return o.Class == f.Class && o.Box.Clipped().IoU(box) > sameObject }) {
			out = append(out, f)
		}
	}
	return out
}
