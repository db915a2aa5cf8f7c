package state

import (
	"slices"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

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

// without is a selection less a shape: a mask of cells, for shapes cannot be
// taken out of shapes; nil where nothing is left.
func (u *update) without(selection []task.Shape, gone task.Shape) []task.Shape {
	w, h := overlaySize(prep.Size{Width: u.Photo.Info.Ref.Width, Height: u.Photo.Info.Ref.Height}, hiddenSide)
	in, out := edit.Cover(selection, w, h).Pix, edit.Cover([]task.Shape{gone}, w, h).Pix
	stays := func(cell int) bool { return in[cell] >= 128 && out[cell] < 128 }
	for i := range in {
		if stays(i) {
			return []task.Shape{edit.MaskOf(w, h, stays)}
		}
	}
	return nil
}
