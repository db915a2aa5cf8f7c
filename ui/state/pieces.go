package state

import (
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// SegmentPhoto divides a picture into about so many segments to be picked.
type SegmentPhoto struct {
	Job   JobID
	Image task.ImageRef
	About int
}

// Superpixelled is a picture's segments; Err says in words why there are none.
type Superpixelled struct {
	Job      JobID
	Segments task.Segments
	Err      string
}

func (Superpixelled) msg() {}
func (SegmentPhoto) cmd()  {}

const defaultPieces = 100

// Divisions are into about how many pieces the pick tool can divide the photo,
// the largest pieces first.
func Divisions() []int { return []int{12, 25, 50, defaultPieces, 200, 400, 800} }

// stepPieces makes the pieces of the pick tool larger, or smaller.
func (u *update) stepPieces(by int) {
	k, all := &u.Marking, Divisions()
	n := all[min(max(slices.Index(all, k.Pieces)-by, 0), len(all)-1)]
	if n == k.Pieces {
		return
	}
	u.cancel(&k.segmenting)
	k.Pieces, k.Segments, k.Stroke = n, nil, nil
	u.say(false, i18n.T("About %d pieces in the picture.", n))
}

// segmentAt is the segment at a place of the photo; -1 where there is none.
func (s State) segmentAt(x, y float64) int {
	g := s.Marking.Segments
	if g == nil || g.Count == 0 || x < 0 || y < 0 || x >= 1 || y >= 1 || len(g.Of) != g.Width*g.Height {
		return -1
	}
	return int(g.Of[int(y*float64(g.Height))*g.Width+int(x*float64(g.Width))])
}

// under is the segment under the pointer that the pick tool would take, or -1.
func (s State) under() int {
	if s.Marking.Tool != PickTool || !s.Pointer.On {
		return -1
	}
	return s.segmentAt(s.Pointer.X, s.Pointer.Y)
}
