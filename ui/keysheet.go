package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/widget"
)

// keyLine is a key, or several, and what it does. Where a menu has the same, it
// has the same words.
type keyLine struct{ keys, does string }

// keyGroup is a part of the sheet.
type keyGroup struct {
	title string
	lines []keyLine
}

// keySheet lists the keys, and what the mouse does, with what they do.
func keySheet() []keyGroup {
	return []keyGroup{
		{i18n.T("Everything"), []keyLine{
			{"Ctrl+K", i18n.T("Find anything…")},
			{"Ctrl+Z", i18n.T("Undo")},
			{"Ctrl+Y", i18n.T("Redo")},
			{"Ctrl+C", i18n.T("Copy the picture")},
			{"Ctrl+Shift+C", i18n.T("Copy the values")},
			{"Ctrl+V", i18n.T("Paste pictures")},
			{"Ctrl+O", i18n.T("Open picture…")},
			{"Ctrl+Shift+O", i18n.T("Open model…")},
			{"Ctrl+S", i18n.T("Save project…")},
			{"Ctrl+E", i18n.T("Export…")},
			{"Ctrl+,", i18n.T("Settings…")},
			{"J", i18n.T("What runs, and what was done")},
			{"Esc", i18n.T("Stop")},
			{"F1  ?", i18n.T("This sheet")},
			{"Ctrl+Q", i18n.T("Quit")},
		}},
		{i18n.T("Panes"), []keyLine{
			{"Ctrl+D", i18n.T("Compare")},
			{"P", i18n.T("Next pane")},
			{"S", i18n.T("Active pane alone")},
			{"X", i18n.T("Close the active pane")},
			{"Y", i18n.T("Every natural layer")},
			{"V", i18n.T("Graph of the model")},
			{"W", i18n.T("Before/after line")},
			{"[  ]", i18n.T("Less, more heat, or brush")},
			{"+", i18n.T("Zoom in")},
			{"−", i18n.T("Zoom out")},
			{"0", i18n.T("Fit")},
			{"1", i18n.T("Actual size")},
			{"L", i18n.T("Zoom and pan together")},
			{i18n.T("Space held"), i18n.T("The mouse moves the picture")},
			{"Shift+F10", i18n.T("The pane's menu")},
		}},
		{i18n.T("Pictures"), []keyLine{
			{"→", i18n.T("Next")},
			{"←", i18n.T("Previous")},
			{"Home  End", i18n.T("First and last picture")},
			{"PgUp  PgDn", i18n.T("A page of pictures")},
			{"F", i18n.T("Star the picture")},
			{"R", i18n.T("Reject the picture")},
			{"N", i18n.T("Note on the picture")},
			{"Ctrl+A", i18n.T("Select all pictures")},
			{"Del", i18n.T("Take from the filmstrip")},
			{"Ctrl+Shift+F", i18n.T("Find a picture")},
			{"Ctrl+F  /", i18n.T("Find a class")},
		}},
		{i18n.T("What if?"), []keyLine{
			{"I", i18n.T("What if? The tools")},
			{"B", i18n.T("Brush")},
			{"M", i18n.T("Box")},
			{"O", i18n.T("Lasso")},
			{"G", i18n.T("Pieces")},
			{"E", i18n.T("Eraser")},
			{i18n.T("H held"), i18n.T("The original for a moment")},
			{"C", i18n.T("The original beside the edited picture")},
			{"T", i18n.T("Name a region")},
			{"Backspace", i18n.T("Clear all edits")},
		}},
		{i18n.T("Mouse"), []keyLine{
			{i18n.T("Wheel"), i18n.T("Zoom; on the filmstrip, move it")},
			{i18n.T("Drag"), i18n.T("Move the picture")},
			{i18n.T("Double click"), i18n.T("Fit")},
			{i18n.T("Right click"), i18n.T("What can be done there")},
			{i18n.T("Shift+click"), i18n.T("Select from here to there")},
			{i18n.T("Ctrl+click"), i18n.T("Select one more")},
			{i18n.T("+ at a class"), i18n.T("Pin it as a pane")},
		}},
	}
}

// keysOf are the keys of what the menus do, by its words.
func keysOf() map[string]string {
	out := map[string]string{}
	for _, g := range keySheet() {
		for _, l := range g.lines {
			if out[l.does] == "" {
				out[l.does] = l.keys
			}
		}
	}
	return out
}

// showKeys opens the sheet of keys; a click beside it or Esc closes it.
func (w *Window) showKeys() {
	var blocks []fyne.CanvasObject
	for _, g := range keySheet() {
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

// keyColumns fills n columns with blocks, each as full as keeps all about even.
type keyColumns struct{ n int }

const keyGap float32 = 14

func (c keyColumns) place(o []fyne.CanvasObject, put func(k fyne.CanvasObject, column int, y float32)) (height float32) {
	all := float32(0)
	for _, k := range o {
		all += k.MinSize().Height + keyGap
	}
	column, y := 0, float32(0)
	for _, k := range o {
		h := k.MinSize().Height + keyGap
		// A block goes where most of it lies before the even height.
		if y > 0 && column < c.n-1 && y+h/2 > all/float32(c.n) {
			column, y = column+1, 0
		}
		put(k, column, y)
		y += h
		height = max(height, y-keyGap)
	}
	return height
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
