package screen

import "fyne.io/fyne/v2"

// split shares the stage between panes, in one row up to three; where the stage
// is much wider or higher than usual, in the columns that show the picture
// largest.
type split struct {
	// aspect is the picture's width by its height.
	aspect func() float32
}

// usualGrid is how so many panes lie.
func usualGrid(n int) (columns, rows int) {
	columns = max(n, 1)
	if n > 3 {
		columns = (n + 1) / 2
	}
	if n > 6 {
		columns = 3
	}
	return columns, (max(n, 1) + columns - 1) / columns
}

// worth is by how much another grid must show the picture larger than the usual
// one: what moves about without need is looked for.
const worth float32 = 1.25

// grid is how n panes lie on a stage of a size.
func (s split) grid(n int, size fyne.Size) (columns, rows int) {
	columns, rows = usualGrid(n)
	if n < 3 || s.aspect == nil {
		return columns, rows
	}
	// high is how high the picture is in a grid.
	high := func(columns int) float32 {
		rows := (n + columns - 1) / columns
		w, h := size.Width/float32(columns), size.Height/float32(rows)
		if w < compactWidth || h < compactHeight {
			h -= smallHeight + smallFoot
		} else {
			h -= pickersHeight + whoHeight + footBar + footLine
		}
		return min(w/s.aspect(), h)
	}
	best := high(columns) * worth
	for k := 1; k <= n; k++ {
		// A grid with an empty row or column is another one.
		if r := (n + k - 1) / k; (r-1)*k < n && (n+r-1)/r == k && high(k) > best {
			best, columns, rows = high(k), k, r
		}
	}
	return columns, rows
}

func (s split) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var shown []fyne.CanvasObject
	for _, k := range o {
		if k.Visible() {
			shown = append(shown, k)
		}
	}
	columns, rows := s.grid(len(shown), size)
	w, h := size.Width/float32(columns), size.Height/float32(rows)
	for i, k := range shown {
		put(k, float32(i%columns)*w, float32(i/columns)*h, w, h)
	}
}

func (split) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, 200) }
