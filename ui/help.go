package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/widget"
)

func (w *Window) showAbout() {
	text := i18n.T("SeeWhy shows why a vision model decides: exact gradients of any ONNX classifier, computed on this machine. Pictures and models never leave it.")
	version := w.loop.State().Version
	body := container.New(widget.Column{Width: 380, Gap: 10}, widget.NewText(text).Wrapped(0), widget.NewText(i18n.T("Version %s", version)).Small(), widget.NewText("Apache-2.0").Small())
	w.sheet("SeeWhy", body, fyne.NewSize(420, 210))
}

func (w *Window) sheet(title string, body fyne.CanvasObject, size fyne.Size) {
	c := w.win.Canvas()
	content := container.NewBorder(container.New(layout.NewCustomPaddedLayout(0, 10, 0, 0), widget.NewText(title).Bold().Sized(16)), nil, nil, nil, container.NewVScroll(body))
	pop := fynewidget.NewPopUp(container.New(layout.NewCustomPaddedLayout(14, 14, 18, 18), content), c)
	room := c.Size()
	size = size.Min(room.SubtractWidthHeight(24, 24))
	pop.Resize(size)
	pop.ShowAtPosition(fyne.NewPos((room.Width-size.Width)/2, (room.Height-size.Height)/2))
	pop.Resize(size)
}
