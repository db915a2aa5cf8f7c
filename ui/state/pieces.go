package state

import (
	"slices"

	"seewhy/assets/i18n"
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
