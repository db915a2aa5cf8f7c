package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/widget"
)

// keySheet lists the keys with what they do.
func keySheet() [][2]string {
	return [][2]string{
		{"← →", i18n.T("Previous and next picture")},
		{"Home End", i18n.T("First and last picture")},
		{"+ −", i18n.T("Zoom in and out")},
		{"0  1", i18n.T("Fit, actual size")},
		{"[ ]", i18n.T("Less and more heat; with a brush, its size")},
		{"J", i18n.T("What runs, and what was done")},
		{"L", i18n.T("Zoom and pan together")},
		{"S", i18n.T("Active pane alone")},
		{"P", i18n.T("Next pane")},
		{"X", i18n.T("Close the active pane")},
		{"W", i18n.T("Before/after line")},
		{"Y", i18n.T("Every natural layer")},
		{"V", i18n.T("Graph of the model")},
		{"F", i18n.T("Star the picture")},
		{"R", i18n.T("Reject the picture")},
		{"N", i18n.T("Note on the picture")},
		{"PgUp PgDn", i18n.T("A page of pictures")},
		{"Shift+click", i18n.T("Select from here to there")},
		{"Ctrl+V", i18n.T("Paste pictures")},
		{"Ctrl+A", i18n.T("Select all pictures")},
		{"Del", i18n.T("Take from the filmstrip")},
		{"Ctrl+Shift+F", i18n.T("Find a picture")},
		{"I", i18n.T("What if? The tools")},
		{"B", i18n.T("Brush")},
		{"M", i18n.T("Box")},
		{"O", i18n.T("Lasso")},
		{"G", i18n.T("Pieces")},
		{"E", i18n.T("Eraser")},
		{"C", i18n.T("The original beside the edited picture")},
		{"H", i18n.T("Held: the original for a moment")},
		{"T", i18n.T("Name a region")},
		{"Backspace", i18n.T("Clear all edits")},
		{"/", i18n.T("Find a class")},
		{"Ctrl+K", i18n.T("Find anything…")},
		{"Ctrl+C", i18n.T("Copy the picture")},
		{"Ctrl+Shift+C", i18n.T("Copy the values")},
		{"Shift+F10", i18n.T("The pane's menu")},
		{"Ctrl+Z", i18n.T("Undo")},
		{"Ctrl+Y  Ctrl+Shift+Z", i18n.T("Redo")},
		{"Ctrl+D", i18n.T("Compare")},
		{"Ctrl+O", i18n.T("Open picture…")},
		{"Ctrl+Shift+O", i18n.T("Open model…")},
		{"Ctrl+S", i18n.T("Save project…")},
		{"Ctrl+,", i18n.T("Settings…")},
		{"Ctrl+E", i18n.T("Export…")},
		{"Esc", i18n.T("Stop")},
		{"F1  ?", i18n.T("This sheet")},
	}
}

// showKeys opens the sheet of keys; a click beside it or Esc closes it.
func (w *Window) showKeys() {
	var rows []fyne.CanvasObject
	for _, k := range keySheet() {
		rows = append(rows, widget.NewText(k[0]).Bold(), widget.NewText(k[1]))
	}
	rows = append(rows, widget.NewText(i18n.T("Mouse")).Bold(), widget.NewText(i18n.T("Wheel zooms, drag or Space moves, double click fits")))
	rows = append(rows, widget.NewText("+").Bold(), widget.NewText(i18n.T("Beside a class: pin it as a pane")))
	w.sheet(i18n.T("Keys"), container.New(keyRows{}, rows...), fyne.NewSize(1000, 84+keyRow*float32((len(rows)/2+1)/2)))
}

func (w *Window) showAbout() {
	text := i18n.T("SeeWhy shows why a vision model decides: exact gradients of any ONNX classifier, computed on this machine. Pictures and models never leave it.")
	version := w.loop.State().Version
	body := container.New(widget.Column{Width: 380, Gap: 10}, widget.NewText(text).Wrapped(0), widget.NewText(i18n.T("Version %s", version)).Small(), widget.NewText("Apache-2.0").Small())
	w.sheet("SeeWhy", body, fyne.NewSize(420, 210))
}

func (w *Window) sheet(title string, body fyne.CanvasObject, size fyne.Size) {
	c := w.win.Canvas()
	content := container.NewBorder(container.New(layout.NewCustomPaddedLayout(0, 10, 0, 0), widget.NewText(title).Bold().Sized(16)), nil, nil, nil, body)
	pop := fynewidget.NewPopUp(container.New(layout.NewCustomPaddedLayout(14, 14, 18, 18), content), c)
	room := c.Size()
	pop.Resize(size)
	pop.ShowAtPosition(fyne.NewPos((room.Width-size.Width)/2, (room.Height-size.Height)/2))
	pop.Resize(size)
}

// keyRows lays out keys with what they do at their right, in two columns.
type keyRows struct{}

const keyRow float32 = 25

func (keyRows) Layout(o []fyne.CanvasObject, size fyne.Size) {
	lines := (len(o)/2 + 1) / 2
	column := (size.Width - 20) / 2
	for i, k := range o {
		line, x, width := i/2, float32(0), float32(150)
		if i%2 == 1 {
			x, width = 160, column-160
		}
		if line >= lines {
			line, x = line-lines, x+column+20
		}
		k.Move(fyne.NewPos(x, float32(line)*keyRow))
		k.Resize(fyne.NewSize(width, look.SizeText+8))
	}
}

func (keyRows) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(600, float32((len(o)/2+1)/2)*keyRow)
}
