package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/widget"
)

// keyLine is a key, or several, and what it does.
type keyLine struct{ keys, does string }

// keyGroup is a part of the sheet.
type keyGroup struct {
	title string
	lines []keyLine
}

// keySheet lists the keys, and what the mouse does, with what they do.
func (w *Window) keySheet() []keyGroup {
	var out []keyGroup
	for _, a := range w.table {
		if n := len(out); n == 0 || out[n-1].title != a.group {
			out = append(out, keyGroup{title: a.group})
		}
		last := &out[len(out)-1]
		last.lines = append(last.lines, keyLine{a.keys, a.title})
	}
	return append(out, keyGroup{i18n.T("Mouse"), []keyLine{
		{i18n.T("Wheel"), i18n.T("Zoom; on the filmstrip, move it")},
		{i18n.T("Drag"), i18n.T("Move the picture")},
		{i18n.T("Double click"), i18n.T("Fit")},
		{i18n.T("Right click"), i18n.T("What can be done there")},
		{i18n.T("Shift+click"), i18n.T("Select from here to there")},
		{i18n.T("Ctrl+click"), i18n.T("Select one more")},
		{i18n.T("+ at a class"), i18n.T("Pin it as a pane")},
	}})
}

// keysOf are the keys of what the menus do, by its words.
func (w *Window) keysOf() map[string]string {
	out := map[string]string{}
	for _, a := range w.table {
		out[a.title] = a.keys
	}
	return out
}

// showKeys opens the sheet of keys; a click beside it or Esc closes it.
func (w *Window) showKeys() {
	var blocks []fyne.CanvasObject
	for _, g := range w.keySheet() {
		rows := []fyne.CanvasObject{widget.NewText(g.title).Small().Bold()}
		for _, l := range g.lines {
			rows = append(rows, widget.NewText(l.keys).Bold(), widget.NewText(l.does))
		}
		blocks = append(blocks, container.New(keyRows{}, rows...))
	}
	room := w.win.Canvas().Size()
	n := min(max(int((room.Width-60)/keyColumn), 1), 3)
	body := container.New(keyColumns{n}, blocks...)
	size := fyne.NewSize(float32(n)*keyColumn+40, body.MinSize().Height+84)
	w.sheet(i18n.T("Keys"), body, size)
}

const (
	keyColumn float32 = 366
	keyWidth  float32 = 104
	keyRow    float32 = 24
)

// keyRows is a heading, and keys with what they do at their right.
type keyRows struct{}

func (keyRows) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(k fyne.CanvasObject, x, y, w float32) {
		k.Move(fyne.NewPos(x, y))
		k.Resize(fyne.NewSize(w, look.SizeText+8))
	}
	place(o[0], 0, 0, size.Width)
	for i, k := range o[1:] {
		y := keyRow * float32(1+i/2)
		if i%2 == 0 {
			place(k, 0, y, keyWidth-8)
		} else {
			place(k, keyWidth, y, size.Width-keyWidth)
		}
	}
}

func (keyRows) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(keyColumn-24, keyRow*float32(1+len(o)/2))
}

// keyColumns fills n columns with blocks, all about as full.
type keyColumns struct{ n int }

const keyGap float32 = 14

func (c keyColumns) place(o []fyne.CanvasObject, put func(k fyne.CanvasObject, column int, y float32)) (height float32) {
	// The highest go first, each to the column that is lowest so far.
	order := make([]int, len(o))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(o[b].MinSize().Height, o[a].MinSize().Height) })
	heights, column := make([]float32, c.n), make([]int, len(o))
	for _, i := range order {
		lowest := slices.Index(heights, slices.Min(heights))
		column[i] = lowest
		heights[lowest] += o[i].MinSize().Height + keyGap
	}
	// In a column, and from one column to the next, they keep their order.
	first := make([]int, c.n)
	for i := len(o) - 1; i >= 0; i-- {
		first[column[i]] = i
	}
	at := make([]int, c.n)
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(first[a], first[b]) })
	ys := make([]float32, c.n)
	for i, k := range o {
		put(k, slices.Index(at, column[i]), ys[column[i]])
		ys[column[i]] += k.MinSize().Height + keyGap
	}
	return max(slices.Max(heights)-keyGap, 0)
}

func (c keyColumns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := size.Width / float32(c.n)
	c.place(o, func(k fyne.CanvasObject, column int, y float32) {
		k.Move(fyne.NewPos(float32(column)*w, y))
		k.Resize(fyne.NewSize(w-16, k.MinSize().Height))
	})
}

func (c keyColumns) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(300, c.place(o, func(fyne.CanvasObject, int, float32) {}))
}
